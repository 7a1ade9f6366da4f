// locksmith report: a clean support report from what was already examined.
#include <fmt/core.h>

#include <memory>

#include "cli/command.h"
#include "cli/line_reader.h"
#include "doctor/intake/evidence_json.h"
#include "doctor/present/diagnosis_text.h"
#include "doctor/present/report.h"
#include "host/real_clock.h"
#include "knowledge/knowledge.h"
#include "vocabulary/limits/input.h"

namespace locksmith::cli {
namespace {

using model::diagnosis::Verdict;

struct Options {
  std::string file;
  bool html = false;
};

std::string to_json(const doctor::present::Report& report) {
  std::string text;
  wire::json::Writer out(text, true);
  out.begin_object().member("schema", "locksmith.report/1").member("made_at", std::string_view(to_rfc3339(report.made_at)));
  doctor::present::write_diagnosis(out, report.diagnosis, report.evidence, report.verdict, true);
  out.key("evidence");
  doctor::intake::write_evidence(out, report.evidence);
  out.end_object();
  return text + "\n";
}

int write_report(const Options& options, const Shell& shell) {
  const auto text = read_whole(options.file, limits::kEvidenceDocument);
  if (!text) return report(text.error(), shell);
  wire::json::Reader reader;
  const auto root = reader.parse(*text);
  if (!root) return report(root.error(), shell);
  auto summary = doctor::present::read_report(*root);
  if (!summary) return report(summary.error(), shell);
  const auto examiner = knowledge::make_examiner();
  if (!examiner) return report(examiner.error(), shell);
  if (summary->verdict == Verdict::problem) summary->diagnosis = (*examiner)->examine(summary->evidence);
  if (summary->diagnosis.findings.empty() && summary->verdict == Verdict::problem) summary->verdict = Verdict::undetermined;
  summary->made_at = host::RealClock().now();
  fmt::print("{}", shell.json ? to_json(*summary) : options.html ? to_html(*summary) : to_markdown(*summary));
  return ExitCode::healthy;
}

}  // namespace

void add_report(const Command& root, Shell& shell) {
  auto options = std::make_shared<Options>();
  const Command command = root.command("report", "Write a clean support report from an evidence document or a doctor run");
  command.option("FILE", options->file, "An evidence document or the output of doctor --json; - reads standard input").required();
  command.flag("--html", options->html, "One HTML file instead of Markdown");
  command.footer("Examples:\n  locksmith doctor --json | locksmith report -\n  locksmith report --html evidence.json > report.html");
  command.run([options, &shell] { shell.exit_code = write_report(*options, shell); });
}

}  // namespace locksmith::cli
