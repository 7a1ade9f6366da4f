// locksmith diagnose --log: a log of any size, read once, in bounded memory.
#include "cli/diagnose_inputs.h"
#include "doctor/intake/log.h"
#include "vocabulary/limits/input.h"

namespace locksmith::cli {
namespace {

constexpr std::uint64_t kLinesLookedAt = 8;  // whether the file is text at all

// What the lines showed, as cases.
std::vector<doctor::present::Case> cases_of(doctor::intake::LogReader& reader,
                                            const model::diagnosis::Examiner& examiner, const Known& known, Tally& tally) {
  std::vector<doctor::present::Case> cases;
  for (doctor::intake::LogGroup& group : reader.end()) {
    doctor::present::Case c;
    if (group.other_service.empty()) add_known(group.evidence, known);
    if (group.other_service.empty()) c.diagnosis = examiner.examine(group.evidence);
    c.verdict = count(c.diagnosis, group.evidence, tally);
    c.evidence = std::move(group.evidence);
    c.count = group.count;
    c.position = group.first_line;
    c.where = "line " + std::to_string(group.first_line);
    if (group.first) c.first = shown(*group.first);
    if (group.last) c.last = shown(*group.last);
    if (!group.other_service.empty())
      c.remarks.push_back("The entry speaks of " + group.other_service +
                          " and not of Claude: no cause was looked for.");
    else if (!group.names_claude)
      c.remarks.emplace_back("The entry does not name Claude: it may be another service's failure.");
    cases.push_back(std::move(c));
  }
  return cases;
}

}  // namespace

int diagnose_log(const model::diagnosis::Examiner& examiner, const std::string& file, const Known& known, const Shell& shell) {
  auto lines = LineReader::open(file, limits::kInputLine);
  if (!lines) return report(lines.error(), shell);
  const auto owners = doctor::intake::ErrorOwners::make();
  if (!owners) return report(owners.error(), shell);
  Tally tally;
  doctor::intake::LogReader reader(examiner, *owners, host::RealClock().now());
  {
    Progress progress(*lines, "lines");
    std::string_view line;
    for (auto outcome = lines->next(line); outcome != LineReader::Outcome::end; outcome = lines->next(line)) {
      if (outcome == LineReader::Outcome::failed) {
        complain(file, lines->line_number(), "reading stopped with an error.", tally);
        break;
      }
      if (outcome == LineReader::Outcome::too_long) {
        complain(file, lines->line_number(),
                 "the line is longer than " + to_words(limits::kInputLine) + "; it was skipped.", tally);
        reader.skipped_line();
        continue;
      }
      if (reader.lines() < kLinesLookedAt) {
        if (const auto text = doctor::intake::check_log_start(line.substr(0, limits::kLogExample)); !text) {
          Failure failure = text.error();
          failure.message = file + ": " + failure.message;
          return report(failure, shell);
        }
      }
      reader.line(line);
      progress.step(reader.lines());
    }
  }
  const auto cases = cases_of(reader, examiner, known, tally);
  std::string headline = std::to_string(reader.lines()) + (reader.lines() == 1 ? " line was read; " : " lines were read; ");
  if (cases.empty()) {
    headline += "none of them tells of a failing call.";
  } else {
    headline += std::to_string(reader.failures()) +
                (reader.failures() == 1 ? " entry tells" : " entries tell") + " of " +
                std::to_string(cases.size()) + (cases.size() == 1 ? " kind" : " kinds") + " of failure.";
  }
  if (reader.overflowed())
    headline += " There are more kinds; the first " + std::to_string(limits::kLogGroups) + " were kept.";
  return print_cases(cases, "log", headline, shell, tally);
}

}  // namespace locksmith::cli
