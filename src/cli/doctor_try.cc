#include "cli/doctor_try.h"

#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "model/diagnosis/remedy.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

using model::diagnosis::Grade;
using model::diagnosis::Step;

// Changes a shell's own variables and nothing else: what ends with the shell.
bool stays_in_shell(std::string_view command) {
  constexpr std::array<std::string_view, 3> kBegins{"export ", "unset ", "set -a; . ./"};
  return std::ranges::any_of(kBegins, [&](std::string_view begin) { return command.starts_with(begin); });
}

// "env -u NAME YOUR_COMMAND" is the same said for one command.
std::string as_shell(std::string command) {
  constexpr std::string_view kCommand = " YOUR_COMMAND";
  if (!command.starts_with("env -u ") || !command.ends_with(kCommand)) return command;
  command.resize(command.size() - kCommand.size());
  std::string names;
  for (std::size_t at = command.find("-u "); at != std::string::npos; at = command.find("-u ", at + 3)) {
    names += " " + command.substr(at + 3, command.find(' ', at + 3) - at - 3);
  }
  return "unset" + names;
}

// "YOUR_KEY", "FILE": something for a person to fill in.
bool has_placeholder(std::string_view command) {
  for (const std::string_view word : {"YOUR_", "FILE", "HOST:PORT", "CA.pem", "SECRET", "INTERFACE"}) {
    if (command.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// The exit code of the command, run by a shell behind `before`; 128 and the signal where one ended it.
int run_under(const std::string& before, const std::vector<std::string>& command) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) return 127;
  if (child == 0) {
    const std::string script = before + (before.empty() ? "" : "\n") + "exec \"$@\"";
    std::vector<std::string> words{"sh", "-c", script, "sh"};
    words.insert(words.end(), command.begin(), command.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv("/bin/sh", arguments.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int try_remedy(const DoctorRun& run, std::int64_t number, const std::vector<std::string>& command, const Shell& shell) {
  std::vector<Step> steps;
  if (!run.diagnosis.findings.empty()) {
    for (Step& step : model::diagnosis::remedy(*run.diagnosis.findings.front().code, run.examination.evidence).steps) {
      if (!step.command.empty()) steps.push_back(std::move(step));
    }
  }
  if (static_cast<std::size_t>(number) > steps.size()) {
    return report(Failure{FailureCode("remedy_unknown"), "The remedy has " + std::to_string(steps.size()) + " steps with a command.",
                          "See them: locksmith doctor", Blame::user}, shell);
  }
  const Step& step = steps[static_cast<std::size_t>(number) - 1];
  const std::string before = as_shell(step.command);
  if (!stays_in_shell(before) || has_placeholder(before)) {
    return report(Failure{FailureCode("remedy_not_tried"), "This step changes more than a shell's own variables, or has something to fill in: " + step.command,
                          "Do it yourself, then run your command again.", Blame::user}, shell);
  }
  const int as_it_is = run_under("", command);
  const int under = run_under(before, command);
  const bool helped = as_it_is != 0 && under == 0;
  if (shell.json) {
    std::string out;
    wire::json::Writer(out).begin_object().member("schema", "locksmith.try/1").member("remedy", std::string_view(step.command)).member("exit_before", as_it_is).member("exit_under", under).member("helped", helped).end_object();
    fmt::print("{}\n", out);
  } else {
    fmt::print("{}\n  as it is: exit {}; under \"{}\": exit {}\n",
               helped ? "It helped: your command fails as it is, and works under this step." : as_it_is == 0 ? "There was nothing to mend: your command works as it is." : "It did not help.",
               as_it_is, step.command, under);
    if (helped) fmt::print("  Nothing was changed. To keep it: {}\n", step.text);
  }
  return helped || (as_it_is == 0 && under == 0) ? ExitCode::healthy : ExitCode::problem_found;
}

}  // namespace locksmith::cli
