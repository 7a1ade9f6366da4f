// locksmith diagnose: from what the user has to the cause.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "cli/line_reader.h"
#include "doctor/intake/evidence_json.h"
#include "doctor/present/diagnosis_text.h"
#include "knowledge/knowledge.h"
#include "model/credential/credential.h"
#include "vocabulary/limits.h"

namespace locksmith::cli {
namespace {

using model::diagnosis::Diagnosis;
using model::diagnosis::Examiner;
using model::evidence::Evidence;

struct Options {
  std::string file;
  std::string error_text;
  bool jsonl = false;
};

// Counts what was seen, so that one exit code can say it.
struct Tally {
  std::uint64_t documents = 0, problems = 0, undetermined = 0, unreadable = 0;
  int exit_code() const {
    if (unreadable != 0) return ExitCode::wrong_use;
    if (problems != 0) return ExitCode::problem_found;
    return undetermined != 0 ? ExitCode::undetermined : ExitCode::healthy;
  }
};

bool tells_of_a_failure(const Evidence& e) {
  return e.error.status.value_or(0) >= 400 || !e.error.text.empty() || !e.error.type.empty() || !e.error.transport.empty();
}

std::string_view verdict(const Diagnosis& diagnosis, const Evidence& evidence, Tally& tally) {
  ++tally.documents;
  if (!diagnosis.findings.empty()) {
    ++tally.problems;
    return "problem";
  }
  if (evidence.error.status.value_or(0) / 100 == 2 && !tells_of_a_failure(evidence)) return "healthy";
  ++tally.undetermined;
  return "undetermined";
}

void print_document(const Examiner& examiner, const Evidence& evidence, const Shell& shell, Tally& tally) {
  const Diagnosis diagnosis = examiner.examine(evidence);
  const std::string_view word = verdict(diagnosis, evidence, tally);
  if (shell.json) {
    std::string out;
    wire::json::Writer writer(out, true);
    writer.begin_object().member("schema", "locksmith.diagnosis/1");
    doctor::present::write_diagnosis(writer, diagnosis, evidence, word, true);
    writer.key("evidence");
    doctor::intake::write_evidence(writer, evidence);
    writer.end_object();
    fmt::print("{}\n", out);
    return;
  }
  doctor::present::Page page({.color = use_color(shell), .width = 80});
  doctor::present::write_diagnosis(page, diagnosis, evidence);
  if (word == "undetermined") {
    page.line("  Add what is known (status, request id, where the key is set), or run: locksmith doctor");
  }
  fmt::print("{}", page.take());
}

Result<Evidence> parse(wire::json::Reader& reader, std::string_view text) {
  const auto root = reader.parse(text);
  if (!root) return std::unexpected(root.error());
  return doctor::intake::read_evidence(*root);
}

// A line on the terminal while a long input is read; nothing where stderr is not one.
class Progress {
 public:
  explicit Progress(const LineReader& lines) : lines_(lines), shown_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (printed_) fmt::print(stderr, "\r\x1b[K");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void step(std::uint64_t documents) {
    if (!shown_ || documents % 4096 != 0) return;
    printed_ = true;
    if (lines_.total_bytes() == 0) {
      fmt::print(stderr, "\r{} documents", documents);
    } else {
      fmt::print(stderr, "\r{:3d} %  {} documents", lines_.bytes_read() * 100 / lines_.total_bytes(), documents);
    }
  }

 private:
  const LineReader& lines_;
  bool shown_;
  bool printed_ = false;
};

void print_line(const Diagnosis& diagnosis, const Evidence& evidence, std::string_view word, bool json, std::string& out) {
  if (json) {
    wire::json::Writer writer(out);
    writer.begin_object();
    doctor::present::write_diagnosis(writer, diagnosis, evidence, word, false);
    writer.end_object();
  } else {
    out += evidence.id.empty() ? "-" : evidence.id;
    out += '\t';
    out += diagnosis.findings.empty() ? word : diagnosis.findings[0].code->name;
    out += '\t';
    out += diagnosis.findings.empty() ? "" : to_words(diagnosis.findings[0].certainty);
  }
  out += '\n';
}

int diagnose_lines(const Examiner& examiner, const Options& options, const Shell& shell) {
  auto lines = LineReader::open(options.file, limits::kInputLine);
  if (!lines) return report(lines.error(), shell);
  Tally tally;
  Progress progress(*lines);
  wire::json::Reader reader;
  std::string out;
  std::string_view line;
  const auto complain = [&](const std::string& message) {
    ++tally.unreadable;
    fmt::print(stderr, "locksmith: {}:{}: {}\n", options.file, lines->line_number(), message);
  };
  for (auto outcome = lines->next(line); outcome != LineReader::Outcome::end; outcome = lines->next(line)) {
    if (outcome == LineReader::Outcome::failed) {
      complain("reading stopped with an error.");
      break;
    }
    if (outcome == LineReader::Outcome::too_long) {
      complain("the line is longer than " + to_words(limits::kInputLine) + "; it was skipped.");
      continue;
    }
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    const auto evidence = parse(reader, line);
    if (!evidence) {
      complain(evidence.error().message);
      continue;
    }
    const Diagnosis diagnosis = examiner.examine(*evidence);
    print_line(diagnosis, *evidence, verdict(diagnosis, *evidence, tally), shell.json, out);
    progress.step(tally.documents);
    if (out.size() > 64 * 1024) {
      if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) return ExitCode::undetermined;
      out.clear();
    }
  }
  const bool written = std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0;
  return written ? tally.exit_code() : static_cast<int>(ExitCode::undetermined);
}

int diagnose(const Options& options, const Shell& shell) {
  const auto examiner = knowledge::make_examiner();
  if (!examiner) return report(examiner.error(), shell);
  if (options.jsonl) return diagnose_lines(**examiner, options, shell);
  Tally tally;
  if (!options.error_text.empty()) {
    Evidence evidence;
    evidence.error.text = model::credential::redact(options.error_text);
    print_document(**examiner, evidence, shell, tally);
    return tally.exit_code();
  }
  const auto text = read_whole(options.file, limits::kEvidenceDocument);
  if (!text) return report(text.error(), shell);
  wire::json::Reader reader;
  auto evidence = parse(reader, *text);
  if (!evidence) {
    Failure failure = evidence.error();
    failure.message = options.file + ": " + failure.message;
    return report(failure, shell);
  }
  print_document(**examiner, *evidence, shell, tally);
  return tally.exit_code();
}

}  // namespace

void add_diagnose(CLI::App& app, Shell& shell) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("diagnose", "Name the cause from an evidence document or an error text");
  command->add_option("FILE", options->file, "An evidence document (docs/evidence.md); - reads standard input");
  command->add_flag("--jsonl", options->jsonl, "FILE has one document a line; one line of output each");
  command->add_option("--error", options->error_text, "The error exactly as it was printed");
  command->footer(
      "Examples:\n"
      "  locksmith diagnose --error '401 {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid x-api-key\"}}'\n"
      "  locksmith diagnose evidence.json\n"
      "  locksmith diagnose --jsonl --json failures.jsonl\n"
      "Exit codes: 0 nothing found, 1 a cause was named, 2 unreadable input, 3 undetermined");
  command->callback([options, &shell] {
    if (options->file.empty() == options->error_text.empty()) {
      fmt::print(stderr, "locksmith: diagnose needs one input: a FILE, - or --error TEXT.\n  See: locksmith diagnose --help\n");
      shell.exit_code = ExitCode::wrong_use;
      return;
    }
    shell.exit_code = diagnose(*options, shell);
  });
}

}  // namespace locksmith::cli
