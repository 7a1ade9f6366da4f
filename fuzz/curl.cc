// A pasted command line: words of three shells, curl's options, evidence, examination.
#include "doctor/intake/curl_command.h"
#include "doctor/intake/evidence_json.h"
#include "knowledge/knowledge.h"
#include "property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace locksmith;
  static const auto kExaminer = knowledge::make_examiner();
  const auto readings = doctor::intake::read_curl(fuzz::text_of(data, size));
  if (!readings) return 0;
  for (const auto& reading : *readings) {
    std::string out = reading.complaint;
    for (const std::string& remark : reading.remarks) out += remark;
    wire::json::Writer writer(out);
    doctor::intake::write_evidence(writer, reading.evidence);
    fuzz::must(!fuzz::shows_credential(out), "a curl command's evidence shows no credential");
    (*kExaminer)->examine(reading.evidence);
  }
  return 0;
}
