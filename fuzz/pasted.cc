// A pasted transcript: prompts, commands and their output, variables, whose error it is, and curl with its answer below.
#include "doctor/intake/evidence_json.h"
#include "doctor/intake/pasted.h"
#include "doctor/intake/transcript.h"
#include "knowledge/knowledge.h"
#include "property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace locksmith;
  static const auto kExaminer = knowledge::make_examiner();
  static const auto kOwners = doctor::intake::ErrorOwners::make();
  const std::string_view text = fuzz::text_of(data, size);
  std::size_t kept = 0;
  for (const auto& step : doctor::intake::read_steps(text)) kept += step.command.size() + step.output.size();
  fuzz::must(kept <= text.size() + 1, "a transcript's steps hold no more than the text");
  const auto shown = [](const model::evidence::Evidence& evidence) {
    std::string out;
    wire::json::Writer writer(out);
    doctor::intake::write_evidence(writer, evidence);
    return out;
  };
  const auto pasted = doctor::intake::read_pasted(text, *kOwners);
  fuzz::must(!fuzz::shows_credential(shown(pasted.evidence)), "a pasted text's evidence shows no credential");
  (*kExaminer)->examine(pasted.evidence);
  if (const auto readings = doctor::intake::read_pasted_curl(text)) {
    for (const auto& reading : *readings) fuzz::must(!fuzz::shows_credential(shown(reading.evidence)), "a curl command with its answer shows no credential");
  }
  return 0;
}
