// A log, line by line.
#include "doctor/intake/log.h"

#include "knowledge/knowledge.h"
#include "property.h"
#include "vocabulary/limits/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace locksmith;
  static const auto kExaminer = knowledge::make_examiner();
  static const auto kOwners = doctor::intake::ErrorOwners::make();
  static const Instant kLatest = Instant{std::chrono::seconds{1795628875}};
  doctor::intake::LogReader reader(**kExaminer, *kOwners, kLatest);
  std::string_view text = fuzz::text_of(data, size);
  while (!text.empty()) {
    const std::size_t end = text.find('\n') == std::string_view::npos ? text.size() : text.find('\n');
    reader.line(text.substr(0, end));
    text.remove_prefix(end < text.size() ? end + 1 : end);
  }
  const std::uint64_t failures = reader.failures();
  const auto groups = reader.end();
  fuzz::must(reader.failures() >= failures, "the end takes nothing back");
  fuzz::must(groups.size() <= limits::kLogGroups, "groups are bounded");
  std::uint64_t counted = 0;
  for (const auto& group : groups) {
    counted += group.count;
    fuzz::must(group.count > 0 && group.first_line > 0, "a group was seen somewhere");
    fuzz::must(!group.first || group.first->at <= group.last->at, "first is not after last");
    fuzz::must(!fuzz::shows_credential(group.evidence.error.text), "an example shows no credential");
  }
  fuzz::must(counted == reader.failures(), "each failure is counted once");
  return 0;
}
