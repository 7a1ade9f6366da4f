// locksmith doctor: the examination of this machine.
#include <fmt/core.h>

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <variant>

#include "cli/command.h"
#include "cli/doctor_run.h"
#include "cli/doctor_try.h"
#include "cli/doctor_watch.h"
#include "cli/line_reader.h"
#include "cli/page_style.h"
#include "cli/run.h"
#include "cli/tell.h"
#include "cli/whole_file.h"
#include "doctor/present/examination_text.h"
#include "doctor/present/report.h"
#include "vocabulary/limits/input.h"

namespace locksmith::cli {
namespace {

using doctor::examination::Tried;
using doctor::present::Page;

struct Flags {
  RunFlags run;
  bool verbose = false;
  std::string report;
  std::string compare;
  std::string watch_for;
  bool watch = false;
  std::int64_t try_step = 0;  // 0: not asked for
  std::vector<std::string> command;
};

constexpr Duration kQuietFor = std::chrono::seconds(1);

Result<std::monostate> write_file(const std::string& path, std::string_view text) {
  if (write_whole(path, text)) return std::monostate{};
  return fail(FailureCode("report_not_written"), "The report could not be written to " + path + ": " + std::strerror(errno) + ".",
              "Check the folder, its permissions and the space on the disk.", Blame::user);
}

// A report's form by the ending of its file's name.
enum class Form { markdown, html, json };
Result<Form> form_of(const std::string& path) {
  if (path.ends_with(".md")) return Form::markdown;
  if (path.ends_with(".html")) return Form::html;
  if (path.ends_with(".json")) return Form::json;
  return fail(FailureCode("report_form_unknown"), "A report is written as .md, .html or .json; this name ends in none of them.",
              "For example: --report report.html", Blame::user);
}

std::string written_as(Form form, const doctor::present::Report& report, const std::string& json) {
  switch (form) {
    case Form::markdown:
      return doctor::present::to_markdown(report);
    case Form::html:
      return doctor::present::to_html(report);
    case Form::json:
      return json;
  }
  return json;
}

// The other machine's run, read before this one is examined: nobody wants to wait for a wrong file.
Result<doctor::present::Report> read_other(const std::string& path) {
  const auto text = read_whole(path, limits::kEvidenceDocument);
  if (!text) return std::unexpected(text.error());
  wire::json::Reader reader;
  const auto root = reader.parse(*text);
  if (!root) return std::unexpected(root.error());
  return doctor::present::read_run(*root);
}

void print(Page& page) {
  fmt::print("{}", page.take());
  std::fflush(stdout);  // a step is worth seeing when it ends
}

int examine(const Flags& flags, const Shell& shell) {
  // Before the examination, not after it: nobody wants to wait for a wrong name.
  const bool lacks_command = flags.try_step != 0 && flags.command.empty();
  if (lacks_command || (flags.try_step == 0 && !flags.command.empty()) || (!flags.watch && !flags.watch_for.empty())) {
    return report(Failure{FailureCode("arguments_wrong"),
                          lacks_command ? "--try needs the command to run behind --." : flags.command.empty() ? "--for goes with --watch." : "A command goes with --try N.",
                          "For example: locksmith doctor --try 1 -- claude -p hi", Blame::user},
                  shell);
  }
  std::optional<Form> form;
  if (!flags.report.empty()) {
    const auto named = form_of(flags.report);
    if (!named) return report(named.error(), shell);
    form = *named;
  }
  std::optional<doctor::present::Report> other;
  if (!flags.compare.empty()) {
    auto read = read_other(flags.compare);
    if (!read) return report(read.error(), shell);
    other = std::move(*read);
  }
  auto doctor = Doctor::make(flags.run);
  if (!doctor) return report(doctor.error(), shell);
  if (flags.watch) return watch(**doctor, flags.watch_for, shell);
  const doctor::present::Style style = page_style(shell);
  // Steps that end after a second show a person that it goes on; on standard error, so that the result stays whole.
  std::function<void(const Tried&)> progress;
  const Instant began = (*doctor)->now();
  if (!shell.json && isatty(STDERR_FILENO) == 1) {
    progress = [&](const Tried& tried) {
      if ((*doctor)->now() - began < kQuietFor) return;
      Page step(style);
      doctor::present::write_tried(step, tried);
      const std::string text = step.take();
      tell("{}", text);
    };
  }
  const auto run = (*doctor)->run(progress);
  if (!run) return report(run.error(), shell);
  const auto& [examination, diagnosis, verdict] = *run;
  if (flags.try_step != 0) return try_remedy(*run, flags.try_step, flags.command, shell);
  const auto summary = doctor::present::make_report(examination, diagnosis, verdict, (*doctor)->now());
  std::optional<doctor::present::Comparison> comparison;
  if (other) comparison = {flags.compare, doctor::present::compare(summary, *other)};
  const std::string json = doctor::present::examination_json(examination, diagnosis, verdict, comparison ? &*comparison : nullptr);
  if (shell.json) {
    fmt::print("{}", json);
  } else {
    Page page(style);
    if (flags.verbose) {
      doctor::present::write_verdict_line(page, examination, diagnosis, verdict);
      page.line();
      doctor::present::write_examined(page, examination);
      page.line();
    }
    doctor::present::write_outcome(page, examination, diagnosis, verdict);
    if (comparison) doctor::present::write_comparison(page, *comparison);
    print(page);
  }
  if (form) {
    if (const auto saved = write_file(flags.report, written_as(*form, summary, json)); !saved) {
      Shell plain = shell;
      plain.json = false;  // one document stands on stdout already
      return report(saved.error(), plain);
    }
    tell("The report is in {} (redacted; it holds no credential).\n", flags.report);
  }
  return exit_code_of(verdict);
}

}  // namespace

void add_doctor(const Command& root, Shell& shell) {
  auto flags = std::make_shared<Flags>();
  const Command command = root.command("doctor", "Examine this machine: which credential goes out, and why it fails");
  command.option("--as", flags->run.client, "Look for credentials exactly as this client does: claude-code, sdk-typescript-0, sdk-typescript-1, sdk-python-0, sdk-python (2.x), ant, curl");
  command.option("--base-url", flags->run.base_url, "Ask this address instead of ANTHROPIC_BASE_URL");
  command.option("--model", flags->run.model, "The model to ask for");
  command.flag("--offline", flags->run.offline, "No network at all: judge the credential's form and place only");
  command.flag("--deep", flags->run.deep, "Also send a request that costs a few tokens, and a streamed one");
  command.flag("-v,--verbose", flags->verbose, "Also what was looked at and tried, step by step");
  command.flag("--account", flags->run.account, "Also look the key up in the Admin API, with the Admin key in ANTHROPIC_ADMIN_KEY");
  auto pid = command.option("--pid", flags->run.where.pid, "Look at this running process's environment instead of the shell's").positive();
  auto unit = command.option("--systemd", flags->run.where.unit, "Look at what this systemd unit is given: UNIT.service, or a unit file");
  auto inspect = command.option("--inspect", flags->run.where.inspect, "Look at what a container is given: what docker inspect printed, or -");
  pid.excludes(unit).excludes(inspect);
  unit.excludes(inspect);
  command.flag("--run-helper", flags->run.run_helper, "Run Claude Code's key helper (apiKeyHelper) and examine what it prints, which is never shown").excludes(pid).excludes(unit).excludes(inspect);
  command.option("--echo", flags->run.echo, "A locksmith emulate behind the gateway in question: ask it which headers arrived");
  command.option("--report", flags->report, "Write a redacted report: FILE.md, FILE.html or FILE.json");
  command.option("--compare", flags->compare, "Show what differs from another machine's doctor --json");
  command.flag("--watch", flags->watch, "Go on, and print a line whenever the verdict changes; ends with the worst that was seen");
  command.option("--for", flags->watch_for, "How long --watch goes on: 30s, 10m, 2h; else until Ctrl-C").takes("DURATION");
  command.option("--try", flags->try_step, "Run the command behind -- as it is, then under this step of the remedy, and say whether it helped").takes("N").positive();
  command.rest(flags->command, "COMMAND");
  command.footer(
      "Examples:\n"
      "  locksmith doctor\n"
      "  locksmith doctor --try 1 -- claude -p hi\n"
      "  locksmith doctor --watch --for 10m\n"
      "  locksmith doctor --as claude-code --json\n"
      "  locksmith doctor --report report.html\n"
      "  locksmith doctor --systemd web.service --offline\n"
      "Sends the credential only to the address that the client itself would ask. Costs no tokens unless --deep.\n"
      "Exit codes: 0 it works, 1 a cause was named, 2 wrong use, 3 no cause could be named");
  command.run([flags, &shell] { shell.exit_code = examine(*flags, shell); });
}

int examine_by_default(const Shell& shell) { return examine(Flags{}, shell); }

}  // namespace locksmith::cli
