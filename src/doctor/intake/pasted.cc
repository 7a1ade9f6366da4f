#include "doctor/intake/pasted.h"

#include <algorithm>
#include <array>
#include <optional>

#include "doctor/intake/request_shown.h"
#include "doctor/intake/surroundings.h"
#include "doctor/intake/transcript.h"
#include "model/credential/credential.h"
#include "model/evidence/error_text.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/text.h"

namespace locksmith::doctor::intake {
namespace {

using Source = Surroundings::Source;

template <class Visit>
void each_line(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// The first variable that a command names: "$NAME", "${NAME}", "%NAME%", "$env:NAME", "printenv NAME".
std::string named_variable(std::string_view command) {
  for (const std::string_view mark : {"$env:", "${", "$", "%", "printenv "}) {
    const std::size_t at = command.find(mark);
    if (at == std::string_view::npos) continue;
    std::size_t end = at + mark.size();
    while (end < command.size() && is_name_char(command[end])) ++end;
    const std::string_view name = command.substr(at + mark.size(), end - at - mark.size());
    if (name.size() > 3) return std::string(name);
  }
  return "";
}

// What a command that prints showed, by what it was asked to print.
class Printed {
 public:
  explicit Printed(Surroundings& around) : around_(around) {}

  void read(const Step& step) {
    const std::string_view command = step.command;
    around_.command(command.substr(0, command.find('\n')));
    const std::string_view out = trimmed(step.output);
    const std::string_view first = trimmed(out.substr(0, out.find('\n')));
    const bool echoes = contains(command, "echo ") || contains(command, "printenv ") || contains(command, "printf ");
    if (echoes && (contains(command, "| wc") || contains(command, "|wc"))) {
      std::size_t bytes = 0;
      const bool number = !first.empty() && first.size() < 8 && std::ranges::all_of(first, is_digit);
      for (const char c : first.substr(0, 8)) bytes = bytes * 10 + static_cast<std::size_t>(c - '0');
      // Without -n echo adds a line break of its own.
      if (number) around_.measured_length(named_variable(command), bytes - (contains(command, "echo -n") || contains(command, "printf") || bytes == 0 ? 0 : 1));
      return;
    }
    if (echoes && !contains(command, "|")) {
      if (const std::string name = named_variable(command); !name.empty()) around_.variable(name, first, Source::shell);
      return;
    }
    const bool lists = lists_environment(command);
    if (lists && out.empty() && names_claude(command)) around_.no_variable_listed();
    const Source source = lists ? Source::shell : source_of(command);
    each_line(out, [&](std::string_view line) { around_.line(line, source); });
    if (contains(command, "expiresAt") && first == "0") around_.observe("config.stored-login-lacks-expiry");
  }

 private:
  static bool lists_environment(std::string_view command) {
    constexpr std::array<std::string_view, 6> kWords{"env |", "env|", "printenv |", "printenv|", "set |", "Env:"};
    return std::ranges::any_of(kWords, [&](std::string_view word) { return contains(command, word); }) || command == "env" ||
           command == "printenv" || command.ends_with(" env");
  }
  static bool names_claude(std::string_view command) {
    const std::string lowered = lower_case(command);
    return contains(lowered, "anthropic") || contains(lowered, "claude");
  }
  static Source source_of(std::string_view command) {
    if (contains(command, ".env")) return Source::dotenv;
    if (contains(command, "settings") && contains(command, ".json")) return Source::settings;
    return Source::shell;
  }

  Surroundings& around_;
};

// A call that was made to see whether something is there at all says nothing of the one that fails.
bool is_the_call(std::string_view command) {
  const bool carries = contains(command, "-H ") || contains(command, "--header") || contains(command, "-d ") || contains(command, "--data");
  return carries && contains(command, "/v1/");
}

std::optional<int> status_line(std::string_view output) {
  std::optional<int> status;
  each_line(output, [&](std::string_view line) {
    line = trimmed(line);
    if (line.starts_with("< ")) line.remove_prefix(2);
    if (line.starts_with("HTTP/")) {
      const std::size_t space = line.find(' ');
      line = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1, 3);
    } else if (line.size() != 3) {
      return;  // a number alone is what -w '%{http_code}' writes
    }
    if (line.size() == 3 && std::ranges::all_of(line, is_digit) && line[0] >= '1' && line[0] <= '5') {
      status = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    }
  });
  return status;
}

void add_answer(model::evidence::Evidence& e, std::string_view output) {
  Surroundings around;
  each_line(output, [&](std::string_view line) { around.line(line); });
  around.add_to(e);
  const auto status = status_line(output);
  if (status && *status >= 400) e.error.status = status;
  e.error.text = model::credential::redact(output);
}

}  // namespace

Pasted read_pasted(std::string_view text, const ErrorOwners& owners) {
  Pasted out;
  // Of a longer text both ends are read, as its error is.
  std::string shortened;
  if (text.size() > limits::kErrorText) {
    shortened.append(text.substr(0, limits::kErrorText / 2)).append("\n").append(text.substr(text.size() - limits::kErrorText / 2));
    text = shortened;
  }
  out.other_service = owners.other_service(model::evidence::plain(text));
  const std::vector<Step> steps = read_steps(text);
  Surroundings around;
  Printed printed(around);
  model::evidence::Evidence& e = out.evidence;
  for (const Step& step : steps) {
    if (step.to_shell) {
      printed.read(step);
    } else {
      around.line(step.command);
      each_line(step.output, [&](std::string_view line) { around.line(line); });
    }
    if (!step.to_shell || !is_the_call(step.command) || !e.request.url.empty()) continue;
    if (auto readings = read_curl(step.command); readings && !readings->empty()) e = std::move(readings->front().evidence);
  }
  around.add_to(e);
  // What was typed into a shell is not what came back: "grep API_KEY .env" speaks of no missing key.
  std::string came_back;
  if (std::ranges::any_of(steps, &Step::to_shell)) {
    for (const Step& step : steps) {
      if (!step.to_shell && !step.command.empty()) came_back.append(step.command).append("\n");
      came_back += step.output;
    }
  }
  e.error.text = model::credential::redact(trimmed(came_back).empty() ? text : std::string_view(came_back));
  return out;
}

Result<std::vector<CurlReading>> read_pasted_curl(std::string_view text) {
  text = text.substr(0, limits::kCommandText.value);
  const std::vector<Step> steps = read_steps(text);
  const bool answered = std::ranges::any_of(steps, [](const Step& step) {
    const model::evidence::ReadError read = model::evidence::read_error(model::evidence::plain(step.output));
    return step.to_shell && (read.status || read.json || read.html || contains(step.output, "curl: ("));
  });
  if (!answered) return read_curl(text);
  auto readings = read_curl(commands_of(steps));
  if (!readings) return read_curl(text);
  // Readings and answers stand in the same order; where their numbers differ, the last answer belongs to the last command.
  std::vector<std::string_view> answers;
  for (const Step& step : steps) {
    if (step.to_shell && contains(step.command, "curl")) answers.push_back(step.output);
  }
  for (std::size_t i = 0; i < readings->size(); ++i) {
    const std::size_t at = answers.size() == readings->size() ? i : i + 1 == readings->size() ? answers.size() - 1 : answers.size();
    if (at < answers.size() && !trimmed(answers[at]).empty()) add_answer((*readings)[i].evidence, answers[at]);
  }
  return readings;
}

}  // namespace locksmith::doctor::intake
