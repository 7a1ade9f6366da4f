#include "cli/run.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "cli/command.h"
#include "cli/fit_help.h"
#include "cli/tell.h"
#include "model/credential/credential.h"
#include "vocabulary/text.h"
#include "vocabulary/shown.h"
#include "wire/json/json.h"

namespace locksmith::cli {

int exit_code_of(model::diagnosis::Verdict verdict) {
  using model::diagnosis::Verdict;
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

// A message may quote what was given, and a key given as a path or an address is a common slip.
int report(const Failure& failure, const Shell& shell) {
  const std::string message = shown_lines(model::credential::redact(failure.message));
  const std::string next_step = shown_lines(model::credential::redact(failure.next_step));
  if (shell.json) {
    std::string out;
    wire::json::Writer(out)
        .begin_object()
        .member("schema", "locksmith.error/1")
        .member("code", failure.code.name())
        .member("message", std::string_view(message))
        .member("next_step", std::string_view(next_step))
        .end_object();
    fmt::print("{}\n", out);
  }
  tell("locksmith: {} [{}]\n", message, failure.code.name());
  if (!next_step.empty()) tell("  {}\n", next_step);
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
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string_view(value == nullptr ? "" : value);
  };
  return !shell.no_color && variable("NO_COLOR").empty() && variable("TERM") != "dumb" && isatty(STDOUT_FILENO) == 1;
}

namespace {

// Nobody reads on behind `| head -1`: the program ends as others do there, and says nothing. The loop has SIGPIPE ignored.
void end_by_broken_pipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
}

int output_failed(int error, Shell shell) {
  if (error == EPIPE) end_by_broken_pipe();
  shell.json = false;  // stdout is what fails
  return report(Failure{FailureCode("output_not_written"), "The output could not be written whole: " + std::string(std::strerror(error)) + ".",
                        "Check where the output goes and the space there, then run it again.", Blame::user},
                shell);
}

// A full disk or a closed pipe shows only when the last bytes are handed over.
int after_last_bytes(int code, const Shell& shell) {
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 ? code : output_failed(errno, shell);
}

int unexpected(const std::exception& error) {
  tell("locksmith: an unexpected error: {}\n  This is a defect; please report it.\n", error.what());
  return ExitCode::our_fault;
}

// Else the next file that is opened would get what is meant for a terminal. Output that nobody can get fails, messages do not.
void open_what_is_closed() {
  constexpr std::array<int, 3> kModes{O_RDONLY, O_RDONLY, O_WRONLY};
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) == -1) static_cast<void>(::open("/dev/null", kModes[static_cast<std::size_t>(descriptor)]));
  }
}

int print_help(const std::string& asked, const Shell& shell) {
  const std::string text = fit_help(asked);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return output_failed(errno, shell);
  return after_last_bytes(ExitCode::healthy, shell);
}

bool is_global(const std::string& word) {
  return word == "--json" || word == "--no-color" || word == "--plain" || word == "--help" || word == "-h";
}

// What people type for what is called otherwise here; and without a command, the doctor is what the program does.
std::vector<std::string> as_meant(std::vector<std::string> words) {
  const auto first = std::ranges::find_if_not(words, is_global);
  if (first == words.end()) return words;
  if (*first == "--version" || *first == "-V") {
    *first = "version";
  } else if (*first == "help") {
    words.erase(first);
    words.emplace_back("--help");
  } else if (first->starts_with("--")) {
    words.insert(words.begin(), "doctor");
  }
  return words;
}

// Of a mistyped command or flag, the one that was probably meant; empty where none is near.
std::string nearest_word(const CommandDescription& root, const std::vector<std::string>& words) {
  const CommandDescription* command = &root;
  std::vector<std::string> known;
  const auto learn_flags = [&] {
    for (const OptionDescription& option : command->options) {
      if (!option.is_argument()) known.insert(known.end(), option.names.begin(), option.names.end());
    }
  };
  learn_flags();
  for (const std::string& word : words) {
    const std::string name = word.substr(0, word.find('='));
    if (name.starts_with("--")) {
      if (std::ranges::find(known, name) == known.end()) return nearest(name, known);
      continue;
    }
    if (command->commands.empty() || name.starts_with('-')) continue;
    const auto named = std::ranges::find(command->commands, name, &CommandDescription::name);
    if (named == command->commands.end()) {
      std::vector<std::string> names;
      for (const CommandDescription& one : command->commands) names.push_back(one.name);
      return nearest(name, names);
    }
    command = &*named;
    learn_flags();
  }
  return {};
}

int wrong_words(const CommandLine& line, const std::vector<std::string>& words, const std::string& what, const Shell& shell) {
  const std::string meant = nearest_word(line.describe(), words);
  // The parser quotes what it did not understand, and that may be a key pasted in the wrong place.
  report(Failure{FailureCode("arguments_wrong"), what, meant.empty() ? "See: locksmith --help" : "Did you mean " + meant + "? See: locksmith --help", Blame::user}, shell);
  return ExitCode::wrong_use;
}

}  // namespace

int run(int argc, char** argv) {
  open_what_is_closed();
  Shell shell;
  CommandLine line("Finds out why a Claude API key does not work, and keeps it from happening again.", "locksmith");
  const Command root = line.root();
  root.flag("--json", shell.json, "One JSON document on stdout, for machines");
  root.flag("--no-color", shell.no_color, "No colour, even on a terminal");
  root.flag("--plain", shell.plain, "Words instead of signs, in ASCII; for screen readers");
  add_completions(root, line, shell);
  add_diagnose(root, shell);
  add_doctor(root, shell);
  add_emulate(root, shell);
  add_explain(root, shell);
  add_keys(root, shell);
  add_report(root, shell);
  add_scan(root, shell);
  add_serve(root, shell);
  add_status(root, shell);
  add_version(root, shell);
  try {
    const std::vector<std::string> words = as_meant(std::vector<std::string>(argv + 1, argv + argc));
    const CommandLine::Parsed parsed = line.parse(words);
    switch (parsed.outcome) {
      case CommandLine::Outcome::ran:
        return after_last_bytes(shell.exit_code, shell);
      case CommandLine::Outcome::nothing:
        return after_last_bytes(examine_by_default(shell), shell);
      case CommandLine::Outcome::help:
        return print_help(parsed.text, shell);
      case CommandLine::Outcome::wrong:
        return wrong_words(line, words, parsed.text, shell);
    }
    return ExitCode::our_fault;
  } catch (const std::system_error& error) {
    // fmt says by this that it could not print.
    if (std::ferror(stdout) != 0) return output_failed(error.code().value(), shell);
    return unexpected(error);
  } catch (const std::exception& error) {
    return unexpected(error);
  }
}

}  // namespace locksmith::cli
