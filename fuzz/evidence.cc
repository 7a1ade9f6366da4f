// An evidence document as JSON: read, written, read again, examined.
#include "doctor/intake/evidence_json.h"
#include "knowledge/knowledge.h"
#include "property.h"

namespace {

std::string written(const locksmith::model::evidence::Evidence& evidence) {
  std::string out;
  locksmith::wire::json::Writer writer(out);
  locksmith::doctor::intake::write_evidence(writer, evidence);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace locksmith;
  static const auto kExaminer = knowledge::make_examiner();
  wire::json::Reader reader;
  const auto root = reader.parse(fuzz::text_of(data, size));
  if (!root) return 0;
  const auto evidence = doctor::intake::read_evidence(*root);
  if (!evidence) return 0;
  const std::string first = written(*evidence);
  fuzz::must(!fuzz::shows_credential(first), "evidence shows no credential");
  const auto again = reader.parse(first);
  fuzz::must(again.has_value(), "what is written is JSON");
  const auto second = doctor::intake::read_evidence(*again);
  fuzz::must(second.has_value(), "what is written can be read");
  fuzz::must(written(*second) == first, "reading what was written changes nothing");
  (*kExaminer)->examine(*evidence);
  return 0;
}
