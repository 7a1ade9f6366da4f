// locksmith doctor: the examination of this machine.
#include <fmt/core.h>

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <variant>

#include "cli/command.h"
#include "cli/doctor_where.h"
#include "cli/page_style.h"
#include "cli/tell.h"
#include "cli/line_reader.h"
#include "doctor/examination/examination.h"
#include "doctor/examination/judge.h"
#include "doctor/examination/platform.h"
#include "doctor/present/examination_text.h"
#include "doctor/present/report.h"
#include "host/epoll_loop.h"
#include "host/machine.h"
#include "knowledge/knowledge.h"
#include "knowledge/models.h"
#include "vocabulary/limits.h"
#include "vocabulary/text.h"

namespace locksmith::cli {
namespace {

using doctor::examination::Examination;
using doctor::examination::Tried;
using doctor::examination::Verdict;
using doctor::present::Page;

struct Flags {
  std::string client;
  std::string base_url;
  std::string model;
  bool offline = false;
  bool deep = false;
  bool account = false;
  bool verbose = false;
  std::string report;
  std::string compare;
  std::string echo;
  Where where;
};

constexpr std::string_view kAdminVariable = "ANTHROPIC_ADMIN_KEY";
constexpr Duration kQuietFor = std::chrono::seconds(1);
constexpr std::string_view kMozillaRoots = "/usr/share/ca-certificates/mozilla";  // Debian's package ca-certificates
constexpr std::string_view kStatusVariable = "LOCKSMITH_STATUS_URL";

// Where the status page is asked: a company's own copy where one is named, the public ones only for the public API.
std::vector<std::string> status_pages(const doctor::survey::Survey& survey, const Flags& flags) {
  if (const auto own = host::RealEnvironment().variable(kStatusVariable); own && !own->empty()) return {std::string(own->reveal())};
  const doctor::survey::Setting* setting = survey.setting("ANTHROPIC_BASE_URL");
  const std::string_view base = !flags.base_url.empty() ? std::string_view(flags.base_url) : setting != nullptr ? std::string_view(setting->value) : "";
  if (!base.empty() && !base.starts_with("https://api.anthropic.com")) return {};
  return {doctor::examination::kStatusPages.begin(), doctor::examination::kStatusPages.end()};
}

// Written whole or not at all: to a file beside it first, then renamed.
Result<std::monostate> write_file(const std::string& path, std::string_view text) {
  const std::string draft = path + ".part";
  std::FILE* file = std::fopen(draft.c_str(), "wbxe");
  bool written = file != nullptr;
  if (written) {
    written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    written = std::fclose(file) == 0 && written;
    written = written && std::rename(draft.c_str(), path.c_str()) == 0;
    if (!written) std::remove(draft.c_str());
  }
  if (written) return std::monostate{};
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

int exit_code(Verdict verdict) {
  switch (verdict) {
    case Verdict::healthy:
      return ExitCode::healthy;
    case Verdict::problem:
      return ExitCode::problem_found;
    case Verdict::undetermined:
      return ExitCode::undetermined;
  }
  return ExitCode::our_fault;
}

void print(Page& page) {
  fmt::print("{}", page.take());
  std::fflush(stdout);  // a step is worth seeing when it ends
}

int examine(const Flags& flags, const Shell& shell) {
  auto client = doctor::survey::ClientKind::any;
  if (!flags.client.empty()) {
    const auto named = doctor::survey::client_named(flags.client);
    if (!named) {
      const std::string_view meant = nearest(flags.client, doctor::survey::client_names());
      std::string names;
      for (const std::string_view name : doctor::survey::client_names()) names += (names.empty() ? "" : ", ") + std::string(name);
      return report(Failure{FailureCode("client_unknown"), "There is no client of that name to examine as.",
                            (meant.empty() ? "" : "Did you mean " + std::string(meant) + "? ") + "Known: " + names + ".", Blame::user},
                    shell);
    }
    client = *named;
  }
  // Before the examination, not after it: nobody wants to wait for a wrong name.
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
  const auto examiner = knowledge::make_examiner();
  if (!examiner) return report(examiner.error(), shell);

  host::EpollLoop loop;
  auto place = take_survey(flags.where, loop.now(), client);
  if (!place) return report(place.error(), shell);
  doctor::survey::Survey survey = std::move(place->survey);
  doctor::examination::Options options;
  options.offline = flags.offline || !place->is_reachable;
  if (!place->is_reachable) options.offline_because = "the network of " + survey.where + " is not this machine's";
  options.deep = flags.deep;
  options.examiner = examiner->get();
  if (const auto model = knowledge::smallest_model()) options.smallest_model = *model;
  if (host::RealFiles().facts(std::string(kMozillaRoots)).exists) options.bundled_roots = kMozillaRoots;
  options.status_pages = status_pages(survey, flags);
  if (const auto resolver = host::RealFiles().read("/etc/resolv.conf", limits::kTextFile)) options.resolv_conf = resolver->reveal();
  if (const auto hosts = host::RealFiles().read("/etc/hosts", limits::kTextFile)) options.hosts_file = hosts->reveal();
  if (flags.account) {
    auto admin = host::RealEnvironment().variable(kAdminVariable);
    if (!admin || admin->empty()) {
      return report(Failure{FailureCode("admin_key_missing"), "--account needs an Admin API key in ANTHROPIC_ADMIN_KEY.",
                            "Create one in the Console (Admin keys), or leave --account out.", Blame::user},
                    shell);
    }
    options.admin_key = std::move(*admin);
  }
  if (!flags.base_url.empty()) options.base_url = flags.base_url;
  if (!flags.echo.empty()) options.echo = flags.echo;
  if (!flags.model.empty()) options.model = flags.model;

  const doctor::present::Style style = page_style(shell);
  // Steps that end after a second show a person that it goes on; on standard error, so that the result stays whole.
  std::function<void(const Tried&)> progress;
  const Tick began = loop.tick();
  if (!shell.json && isatty(STDERR_FILENO) == 1) {
    progress = [&](const Tried& tried) {
      if (loop.tick() - began < kQuietFor) return;
      Page step(style);
      doctor::present::write_tried(step, tried);
      const std::string text = step.take();
      tell("{}", text);
    };
  }
  const Examination examination = doctor::examination::examine(loop, std::move(survey), options, progress);
  const auto diagnosis = (*examiner)->examine(examination.evidence);
  const Verdict verdict = doctor::examination::judge(examination, diagnosis, options.offline);
  const auto summary = doctor::present::make_report(examination, diagnosis, verdict, loop.now());
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
  return exit_code(verdict);
}

}  // namespace

void add_doctor(const Command& root, Shell& shell) {
  auto flags = std::make_shared<Flags>();
  const Command command = root.command("doctor", "Examine this machine: which credential goes out, and why it fails");
  command.option("--as", flags->client, "Look for credentials exactly as this client does: claude-code, sdk-typescript-0, sdk-typescript-1, sdk-python-0, sdk-python (2.x), ant, curl");
  command.option("--base-url", flags->base_url, "Ask this address instead of ANTHROPIC_BASE_URL");
  command.option("--model", flags->model, "The model to ask for");
  command.flag("--offline", flags->offline, "No network at all: judge the credential's form and place only");
  command.flag("--deep", flags->deep, "Also send a request that costs a few tokens, and a streamed one");
  command.flag("-v,--verbose", flags->verbose, "Also what was looked at and tried, step by step");
  command.flag("--account", flags->account, "Also look the key up in the Admin API, with the Admin key in ANTHROPIC_ADMIN_KEY");
  auto pid = command.option("--pid", flags->where.pid, "Look at this running process's environment instead of the shell's").positive();
  auto unit = command.option("--systemd", flags->where.unit, "Look at what this systemd unit is given: UNIT.service, or a unit file");
  auto inspect = command.option("--inspect", flags->where.inspect, "Look at what a container is given: what docker inspect printed, or -");
  pid.excludes(unit).excludes(inspect);
  unit.excludes(inspect);
  command.option("--echo", flags->echo, "A locksmith emulate behind the gateway in question: ask it which headers arrived");
  command.option("--report", flags->report, "Write a redacted report: FILE.md, FILE.html or FILE.json");
  command.option("--compare", flags->compare, "Show what differs from another machine's doctor --json");
  command.footer(
      "Examples:\n"
      "  locksmith doctor\n"
      "  locksmith doctor --as claude-code --json\n"
      "  locksmith doctor --report report.html\n"
      "  locksmith doctor --systemd web.service --offline\n"
      "Sends the credential only to the address that the client itself would ask. Costs no tokens unless --deep.\n"
      "Exit codes: 0 it works, 1 a cause was named, 2 wrong use, 3 no cause could be named");
  command.run([flags, &shell] { shell.exit_code = examine(*flags, shell); });
}

int examine_by_default(const Shell& shell) { return examine(Flags{}, shell); }

}  // namespace locksmith::cli
