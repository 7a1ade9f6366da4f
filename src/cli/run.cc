#include "cli/run.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "cli/command.h"
#include "model/credential/credential.h"
#include "wire/json/json.h"

namespace locksmith::cli {

int report(const Failure& failure, const Shell& shell) {
  if (shell.json) {
    std::string out;
    wire::json::Writer(out)
        .begin_object()
        .member("schema", "locksmith.error/1")
        .member("code", failure.code.name())
        .member("message", std::string_view(failure.message))
        .member("next_step", std::string_view(failure.next_step))
        .end_object();
    fmt::print("{}\n", out);
  }
  fmt::print(stderr, "locksmith: {} [{}]\n", failure.message, failure.code.name());
  if (!failure.next_step.empty()) fmt::print(stderr, "  {}\n", failure.next_step);
  switch (failure.blame) {
    case Blame::user:
      return ExitCode::wrong_use;
    case Blame::outside:
      return ExitCode::undetermined;
    case Blame::ours:
      return ExitCode::our_fault;
  }
  return ExitCode::our_fault;
}

bool use_color(const Shell& shell) {
  const char* refused = std::getenv("NO_COLOR");
  return !shell.no_color && (refused == nullptr || *refused == '\0') && isatty(STDOUT_FILENO) == 1;
}

namespace {

// A full disk or a closed pipe shows only when the last bytes are handed over.
bool all_written(const Shell& shell) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return true;
  if (errno != EPIPE) {
    report(Failure{FailureCode("output_not_written"), "The output could not be written whole: " + std::string(std::strerror(errno)) + ".",
                   "Check the space on the disk, then run it again.", Blame::outside},
           shell);
  }
  return false;
}

}  // namespace

int run(int argc, char** argv) {
  Shell shell;
  CLI::App app("Finds out why a Claude API key does not work, and keeps it from happening again.", "locksmith");
  app.require_subcommand(0, 1);
  app.fallthrough();
  app.add_flag("--json", shell.json, "One JSON document on stdout, for machines");
  app.add_flag("--no-color", shell.no_color, "No colour, even on a terminal");
  add_diagnose(app, shell);
  add_doctor(app, shell);
  add_emulate(app, shell);
  add_explain(app, shell);
  add_keys(app, shell);
  add_report(app, shell);
  add_serve(app, shell);
  add_status(app, shell);
  add_version(app, shell);
  try {
    // `locksmith --offline` is `locksmith doctor --offline`: the doctor is what the program does without a command.
    std::vector<std::string> words(argv + 1, argv + argc);
    const auto is_global = [](const std::string& word) {
      return word == "--json" || word == "--no-color" || word == "--help" || word == "-h";
    };
    const auto first = std::ranges::find_if_not(words, is_global);
    if (first != words.end() && first->starts_with("--")) words.insert(words.begin(), "doctor");
    std::ranges::reverse(words);  // as the parser takes them
    app.parse(std::move(words));
    const int code = app.get_subcommands().empty() ? examine_by_default(shell) : shell.exit_code;
    return all_written(shell) ? code : static_cast<int>(ExitCode::undetermined);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    // The parser quotes what it did not understand, and that may be a key pasted in the wrong place.
    report(Failure{FailureCode("arguments_wrong"), model::credential::redact(error.what()), "See: locksmith --help", Blame::user}, shell);
    return ExitCode::wrong_use;
  } catch (const std::exception& error) {
    fmt::print(stderr, "locksmith: an unexpected error: {}\n  This is a defect; please report it.\n", error.what());
    return ExitCode::our_fault;
  }
}

}  // namespace locksmith::cli
