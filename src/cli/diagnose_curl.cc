// locksmith diagnose --curl: a pasted curl command, judged without being run.
#include "cli/diagnose_inputs.h"
#include "doctor/intake/pasted.h"
#include "vocabulary/limits/input.h"

namespace locksmith::cli {
int diagnose_curl(const model::diagnosis::Examiner& examiner, const std::string& text, const Known& known, const Shell& shell) {
  std::string pasted = text;
  if (text == "-") {
    auto read = read_whole("-", limits::kCommandText);
    if (!read) return report(read.error(), shell);
    pasted = std::move(*read);
  }
  auto readings = doctor::intake::read_pasted_curl(pasted);
  if (!readings) return report(readings.error(), shell);
  Tally tally;
  std::vector<doctor::present::Case> cases;
  for (doctor::intake::CurlReading& reading : *readings) {
    if (!reading.complaint.empty()) complain("curl command", 0, reading.complaint, tally);
    doctor::present::Case c;
    add_known(reading.evidence, known);
    if (readings->size() == 1) ask_on_terminal(examiner, reading.evidence, known, shell);
    c.diagnosis = examiner.examine(reading.evidence);
    c.evidence = std::move(reading.evidence);
    c.remarks = std::move(reading.remarks);
    c.position = cases.size() + 1;
    if (readings->size() > 1) c.where = "command " + std::to_string(c.position);
    if (c.diagnosis.findings.empty()) {
      // Nothing is wrong with it: that is an answer. What the API says to it, only sending it can tell.
      ++tally.documents;
      c.verdict = model::diagnosis::Verdict::healthy;
    } else {
      c.verdict = count(c.diagnosis, c.evidence, tally);
    }
    cases.push_back(std::move(c));
  }
  if (tally.problems == 0 && !shell.json) {
    std::string headline =
        "Nothing is wrong with the command as it stands. Whether the API takes its credential, only the API "
        "can say: run it, and give "
        "its answer to locksmith diagnose --error.";
    for (const doctor::present::Case& c : cases) {
      for (const std::string& remark : c.remarks) headline += " " + remark;
    }
    return print_cases({}, "curl", headline, shell, tally);
  }
  const std::string headline =
      cases.size() > 1 ? std::to_string(cases.size()) + " requests stand in the text." : "";
  return print_cases(cases, "curl", headline, shell, tally);
}

}  // namespace locksmith::cli
