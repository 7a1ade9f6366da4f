// locksmith diagnose FILE, --jsonl and --error: evidence documents and error texts.
#include <fmt/core.h>

#include <cstdint>

#include "cli/diagnose_inputs.h"
#include "cli/page_style.h"
#include "doctor/intake/evidence_json.h"
#include "doctor/intake/pasted.h"
#include "doctor/present/diagnosis_text.h"
#include "vocabulary/limits/input.h"

namespace locksmith::cli {
namespace {

using model::diagnosis::Diagnosis;
using model::diagnosis::Examiner;
using model::evidence::Evidence;

void print_document(const Examiner& examiner, Evidence evidence, const Known& known, const Shell& shell, Tally& tally) {
  add_known(evidence, known);
  ask_on_terminal(examiner, evidence, known, shell);
  const Diagnosis diagnosis = examiner.examine(evidence);
  const model::diagnosis::Verdict verdict = count(diagnosis, evidence, tally);
  if (shell.json) {
    std::string out;
    wire::json::Writer writer(out, true);
    writer.begin_object().member("schema", "locksmith.diagnosis/1");
    doctor::present::write_diagnosis(writer, diagnosis, evidence, verdict, true);
    writer.key("evidence");
    doctor::intake::write_evidence(writer, evidence);
    writer.end_object();
    fmt::print("{}\n", out);
    return;
  }
  doctor::present::Page page(page_style(shell));
  doctor::present::write_diagnosis(page, diagnosis, evidence);
  if (verdict == model::diagnosis::Verdict::undetermined) {
    page.line("  Add what is known (status, request id, where the key is set), or run: locksmith doctor");
  }
  fmt::print("{}", page.take());
}

Result<Evidence> parse(wire::json::Reader& reader, std::string_view text) {
  const auto root = reader.parse(text);
  if (!root) return std::unexpected(root.error());
  return doctor::intake::read_evidence(*root);
}

void print_line(const Diagnosis& diagnosis, const Evidence& evidence, model::diagnosis::Verdict verdict, bool json, std::string& out) {
  if (json) {
    wire::json::Writer writer(out);
    writer.begin_object();
    doctor::present::write_diagnosis(writer, diagnosis, evidence, verdict, false);
    writer.end_object();
  } else {
    out += evidence.id.empty() ? "-" : evidence.id;
    out += '\t';
    out += diagnosis.findings.empty() ? to_words(verdict) : diagnosis.findings[0].code->name;
    out += '\t';
    out += diagnosis.findings.empty() ? "" : to_words(diagnosis.findings[0].certainty);
  }
  out += '\n';
}

// A line that gave no document is told on stderr, and to machines in its place, so that lines and answers can be matched.
void refuse_line(std::string_view file, std::uint64_t number, const Failure& failure, bool json, std::string& out, Tally& tally) {
  complain(file, number, failure.message, tally);
  if (!json) return;
  wire::json::Writer writer(out);
  writer.begin_object().key("id").null().member("line", static_cast<std::int64_t>(number));
  writer.key("error").begin_object().member("code", failure.code.name()).member("message", std::string_view(failure.message)).end_object();
  writer.end_object();
  out += '\n';
}

}  // namespace

int diagnose_lines(const Examiner& examiner, const std::string& file, const Known& known, const Shell& shell) {
  auto lines = LineReader::open(file, limits::kInputLine);
  if (!lines) return report(lines.error(), shell);
  Tally tally;
  Progress progress(*lines, "documents");
  wire::json::Reader reader;
  std::string out;
  std::string_view line;
  for (auto outcome = lines->next(line); outcome != LineReader::Outcome::end; outcome = lines->next(line)) {
    if (outcome == LineReader::Outcome::failed) {
      const Failure stopped{FailureCode("file_unreadable"), "reading stopped with an error.", "", Blame::user};
      refuse_line(file, lines->line_number(), stopped, shell.json, out, tally);
      break;
    }
    if (outcome == LineReader::Outcome::too_long) {
      const Failure skipped{FailureCode("line_too_long"), "the line is longer than " + to_words(limits::kInputLine) + "; it was skipped.", "",
                            Blame::user};
      refuse_line(file, lines->line_number(), skipped, shell.json, out, tally);
      continue;
    }
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    auto evidence = parse(reader, line);
    if (!evidence) {
      refuse_line(file, lines->line_number(), evidence.error(), shell.json, out, tally);
      continue;
    }
    add_known(*evidence, known);
    const Diagnosis diagnosis = examiner.examine(*evidence, model::diagnosis::Depth::causes);
    print_line(diagnosis, *evidence, count(diagnosis, *evidence, tally), shell.json, out);
    progress.step(tally.documents);
    if (out.size() > 64 * 1024) {
      fmt::print("{}", out);
      out.clear();
    }
  }
  fmt::print("{}", out);
  return tally.exit_code();
}

int diagnose_error_text(const Examiner& examiner, const std::string& text, const Known& known, const Shell& shell) {
  const auto owners = doctor::intake::ErrorOwners::make();
  if (!owners) return report(owners.error(), shell);
  const doctor::intake::Pasted pasted = doctor::intake::read_pasted(text, *owners);
  if (!pasted.other_service.empty()) {
    return report(Failure{FailureCode("error_not_of_claude"),
                          "The error speaks of " + pasted.other_service + " and not of Claude: no cause was looked for.",
                          "If a call to Claude failed with it, say so in an evidence document (request.url, error.text), "
                          "and run: locksmith diagnose FILE",
                          Blame::outside},
                  shell);
  }
  Tally tally;
  print_document(examiner, pasted.evidence, known, shell, tally);
  return tally.exit_code();
}

int diagnose_document(const Examiner& examiner, const std::string& file, const Known& known, const Shell& shell) {
  Tally tally;
  const auto text = read_whole(file, limits::kEvidenceDocument);
  if (!text) return report(text.error(), shell);
  wire::json::Reader reader;
  const auto evidence = parse(reader, *text);
  if (!evidence) {
    Failure failure = evidence.error();
    failure.message = file + ": " + failure.message;
    return report(failure, shell);
  }
  print_document(examiner, *evidence, known, shell, tally);
  return tally.exit_code();
}

}  // namespace locksmith::cli
