// locksmith diagnose --har: a browser's recording.
#include "cli/diagnose_inputs.h"
#include "doctor/intake/har.h"
#include "vocabulary/limits/input.h"

namespace locksmith::cli {

int diagnose_har(const model::diagnosis::Examiner& examiner, const std::string& file, const Known& known, const Shell& shell) {
  const auto text = read_whole(file, limits::kHarFile);
  if (!text) return report(text.error(), shell);
  auto reading = doctor::intake::read_har(*text);
  if (!reading) {
    Failure failure = reading.error();
    failure.message = file + ": " + failure.message;
    return report(failure, shell);
  }
  Tally tally;
  if (!reading->complaint.empty()) complain(file, 0, reading->complaint, tally);
  std::vector<doctor::present::Case> cases;
  std::size_t failed = 0;
  std::string began;
  for (doctor::intake::HarFinding& finding : reading->findings) {
    doctor::present::Case c;
    add_known(finding.evidence, known);
    c.diagnosis = examiner.examine(finding.evidence);
    c.verdict = count(c.diagnosis, finding.evidence, tally);
    c.evidence = std::move(finding.evidence);
    c.count = finding.count;
    c.position = finding.first_entry;
    c.where = "entry " + std::to_string(finding.first_entry);
    if (finding.first) c.first = shown(*finding.first);
    if (finding.last) c.last = shown(*finding.last);
    if (finding.failed) {
      ++failed;
      if (began.empty()) began = c.first;
    }
    cases.push_back(std::move(c));
  }
  std::string headline = std::to_string(reading->entries) + " requests are recorded, " +
                         std::to_string(reading->to_claude) + " of them to Claude; ";
  headline += failed == 0 ? "none of these failed."
                          : std::to_string(failed) + (failed == 1 ? " kind" : " kinds") + " of failure";
  if (failed != 0) headline += began.empty() ? "." : ", the first at " + began + ".";
  for (const std::string& remark : reading->remarks) headline += " " + remark;
  return print_cases(cases, "har", headline, shell, tally);
}

}  // namespace locksmith::cli
