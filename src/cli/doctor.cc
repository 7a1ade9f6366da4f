// locksmith doctor: the examination of this machine.
#include <fmt/core.h>

#include <memory>

#include "cli/command.h"
#include "doctor/examination/examination.h"
#include "doctor/examination/judge.h"
#include "doctor/present/examination_text.h"
#include "host/epoll_loop.h"
#include "host/machine.h"
#include "knowledge/knowledge.h"

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
};

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
      std::string names;
      for (const std::string_view name : doctor::survey::client_names()) names += (names.empty() ? "" : ", ") + std::string(name);
      return report(Failure{FailureCode("client_unknown"), "There is no client of that name to examine as.", "Known: " + names + ".", Blame::user}, shell);
    }
    client = *named;
  }
  const auto examiner = knowledge::make_examiner();
  if (!examiner) return report(examiner.error(), shell);

  host::EpollLoop loop;
  doctor::survey::Survey survey = doctor::survey::take(host::RealEnvironment(), host::RealFiles(), loop.now(), client);
  doctor::examination::Options options{.base_url = {}, .model = {}, .offline = flags.offline, .deep = flags.deep};
  if (!flags.base_url.empty()) options.base_url = flags.base_url;
  if (!flags.model.empty()) options.model = flags.model;

  const doctor::present::Style style{.color = use_color(shell), .width = 80};
  std::function<void(const Tried&)> progress;
  if (!shell.json) {
    Page page(style);
    doctor::present::write_survey(page, survey);
    print(page);
    progress = [&style](const Tried& tried) {
      Page step(style);
      doctor::present::write_tried(step, tried);
      print(step);
    };
  }
  const Examination examination = doctor::examination::examine(loop, std::move(survey), options, progress);
  const auto diagnosis = (*examiner)->examine(examination.evidence);
  const Verdict verdict = doctor::examination::judge(examination, diagnosis, flags.offline);
  if (shell.json) {
    fmt::print("{}", doctor::present::examination_json(examination, diagnosis, verdict));
  } else {
    Page page(style);
    doctor::present::write_outcome(page, examination, diagnosis, verdict);
    print(page);
  }
  return exit_code(verdict);
}

}  // namespace

void add_doctor(CLI::App& app, Shell& shell) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("doctor", "Examine this machine: which credential goes out, and why it fails");
  command->add_option("--as", flags->client, "Look for credentials exactly as this client does: claude-code, sdk-typescript-0, sdk-typescript-1, sdk-python, curl");
  command->add_option("--base-url", flags->base_url, "Ask this address instead of ANTHROPIC_BASE_URL");
  command->add_option("--model", flags->model, "The model to ask for");
  command->add_flag("--offline", flags->offline, "No network at all: judge the credential's form and place only");
  command->add_flag("--deep", flags->deep, "Also send a request that costs a few tokens, and a streamed one");
  command->footer(
      "Examples:\n"
      "  locksmith doctor\n"
      "  locksmith doctor --as claude-code --json\n"
      "Sends the credential only to the address that the client itself would ask. Costs no tokens unless --deep.\n"
      "Exit codes: 0 it works, 1 a cause was named, 2 wrong use, 3 no cause could be named");
  command->callback([flags, &shell] { shell.exit_code = examine(*flags, shell); });
}

int examine_by_default(const Shell& shell) { return examine(Flags{}, shell); }

}  // namespace locksmith::cli
