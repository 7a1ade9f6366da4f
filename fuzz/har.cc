// A HAR file, whole or broken.
#include "doctor/intake/har.h"

#include "doctor/intake/evidence_json.h"
#include "knowledge/knowledge.h"
#include "property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace locksmith;
  static const auto kExaminer = knowledge::make_examiner();
  const auto reading = doctor::intake::read_har(fuzz::text_of(data, size));
  if (!reading) return 0;
  for (const auto& finding : reading->findings) {
    std::string out;
    wire::json::Writer writer(out);
    doctor::intake::write_evidence(writer, finding.evidence);
    fuzz::must(!fuzz::shows_credential(out), "a HAR file's evidence shows no credential");
    fuzz::must(finding.count > 0, "what is found was seen");
    (*kExaminer)->examine(finding.evidence);
  }
  return 0;
}
