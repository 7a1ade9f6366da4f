#include "cli/diagnose_inputs.h"
#include "cli/page_style.h"

#include <fmt/core.h>
#include <unistd.h>

#include "cli/run.h"
#include "cli/tell.h"

namespace locksmith::cli {

using model::diagnosis::Diagnosis;
using model::diagnosis::Verdict;
using model::evidence::Evidence;

int Tally::exit_code() const { return unreadable != 0 ? ExitCode::wrong_use : exit_code_of(verdict()); }

Verdict Tally::verdict() const {
  if (problems != 0) return Verdict::problem;
  return undetermined != 0 ? Verdict::undetermined : Verdict::healthy;
}

Verdict count(const Diagnosis& diagnosis, const Evidence& evidence, Tally& tally) {
  const Verdict verdict = verdict_on(diagnosis, evidence);
  ++tally.documents;
  if (verdict == Verdict::problem) ++tally.problems;
  if (verdict == Verdict::undetermined) ++tally.undetermined;
  return verdict;
}

Progress::Progress(const LineReader& lines, std::string_view noun)
    : lines_(lines), noun_(noun), start_(clock_.tick()), shown_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (printed_) tell("\r\x1b[K");
}

void Progress::step(std::uint64_t done) {
  if (!shown_ || done % 65536 != 0) return;
  printed_ = true;
  const std::uint64_t total = lines_.total_bytes();
  const std::uint64_t read = lines_.bytes_read();
  if (total == 0 || read == 0) {
    tell("\r{} {}, {}\x1b[K", done, noun_, to_words(ByteCount{read}));
    return;
  }
  const double spent = std::chrono::duration<double>(clock_.tick() - start_).count();
  const double left = spent * static_cast<double>(total - std::min(read, total)) / static_cast<double>(read);
  tell("\r{:3d} % of {}, {} {}, {:.0f} s left\x1b[K", read * 100 / total,
       to_words(ByteCount{total}), done, noun_, left);
}

void complain(std::string_view input, std::uint64_t line, std::string_view message, Tally& tally) {
  ++tally.unreadable;
  if (line == 0) {
    tell("locksmith: {}: {}\n", input, message);
  } else {
    tell("locksmith: {}:{}: {}\n", input, line, message);
  }
}

int print_cases(const std::vector<doctor::present::Case>& cases, std::string_view input,
                const std::string& headline, const Shell& shell, const Tally& tally) {
  if (shell.json) {
    std::string out;
    wire::json::Writer writer(out, true);
    writer.begin_object().member("schema", "locksmith.diagnoses/1").member("input", input);
    if (!headline.empty()) writer.member("summary", std::string_view(headline));
    doctor::present::write_cases(writer, cases, tally.verdict());
    writer.end_object();
    fmt::print("{}\n", out);
    return tally.exit_code();
  }
  doctor::present::Page page(page_style(shell));
  if (!headline.empty()) {
    page.paragraph("", 2, headline);
    if (!cases.empty()) page.line();
  }
  doctor::present::write_cases(page, cases);
  fmt::print("{}", page.take());
  return tally.exit_code();
}

}  // namespace locksmith::cli
