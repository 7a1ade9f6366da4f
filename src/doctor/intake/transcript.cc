#include "doctor/intake/transcript.h"

#include <algorithm>
#include <array>

#include "vocabulary/text.h"

namespace locksmith::doctor::intake {
namespace {

// The sides of a box that a terminal program draws around its text.
std::string_view without_frame(std::string_view line) {
  constexpr std::array<std::string_view, 3> kSides{"│", "┃", "║"};
  const std::string_view inner = trimmed(line);
  for (const std::string_view side : kSides) {
    if (!inner.starts_with(side)) continue;
    std::string_view content = inner.substr(side.size());
    if (content.ends_with(side)) content.remove_suffix(side.size());
    return trimmed(content);
  }
  return line;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Mail and Markdown quote each line: "> text". A transcript has lines without it.
void unquote(std::vector<std::string_view>& lines) {
  std::size_t filled = 0;
  for (const std::string_view line : lines) {
    if (trimmed(line).empty()) continue;
    if (!line.starts_with(">")) return;
    ++filled;
  }
  if (filled < 2) return;
  for (std::string_view& line : lines) {
    if (line.starts_with(">")) line.remove_prefix(line.starts_with("> ") ? 2 : 1);
  }
}

enum class Prompt { none, shell, program };

// "user@host:~/x$ ", "(venv) $ ", "[me@box ~]# ", "PS C:\Users\me> ", "C:\Users\me>", "➜  dir git:(main) ✗ ", "❯ ", "> ".
Prompt prompt_of(std::string_view line, std::string_view& rest) {
  line = trimmed_left(line, is_blank);
  const auto taken = [&](std::size_t size, Prompt kind) {
    rest = trimmed(line.substr(size));
    return rest.empty() ? Prompt::none : kind;
  };
  // Behind the mark stands a letter, a variable or a path; "$ 5" and "# 1. Heading" are no commands.
  if (line.starts_with("$ ") || line.starts_with("% ")) return taken(2, Prompt::shell);
  if (line.starts_with("❯ ")) {
    const std::string_view typed = trimmed(line.substr(4));
    const bool shell = typed.starts_with("claude") || typed.starts_with("curl ") || typed.starts_with("echo ") ||
                       typed.starts_with("env") || typed.starts_with("export ");
    return taken(4, shell ? Prompt::shell : Prompt::program);
  }
  if (line.starts_with("> ") && line.size() > 2 && (is_letter(line[2]) || line[2] == '/')) return taken(2, Prompt::program);
  const auto closes = [](char c) { return c == '$' || c == '#' || c == '%' || c == '>'; };
  // The mark ends the first word or two of the line, which name a user, a host or a folder.
  const std::size_t limit = std::min<std::size_t>(line.size(), 80);
  for (std::size_t i = 1; i + 1 < limit; ++i) {
    const bool windows = line[i] == '>' && (line.starts_with("PS ") || (line.size() > 2 && line[1] == ':' && line[2] == '\\'));
    if (!closes(line[i]) || (line[i + 1] != ' ' && !windows)) continue;
    const std::string_view before = line.substr(0, i);
    const bool named = before.find('@') != std::string_view::npos &&
                       (before.find(':') != std::string_view::npos || before.starts_with("["));
    const bool language = line[i] == '>' && before.size() <= 3 && before.ends_with("$");  // R and its kin
    const bool venv = before.starts_with("(") && before.find(')') != std::string_view::npos && before.size() < 40;
    if (windows || named || venv) return taken(i + 1, Prompt::shell);
    if (language) return taken(i + 1, Prompt::program);
    if (line[i] == '>') break;
  }
  if (line.starts_with("➜ ")) {
    const std::size_t dir = line.find_first_not_of(' ', std::string_view("➜ ").size());
    const std::size_t end = dir == std::string_view::npos ? dir : line.find(' ', dir);
    if (end != std::string_view::npos) {
      std::string_view typed = trimmed(line.substr(end));
      if (typed.starts_with("git:(")) typed = trimmed(typed.substr(std::min(typed.find(')') + 1, typed.size())));
      if (typed.starts_with("✗ ")) typed = trimmed(typed.substr(4));
      rest = typed;
      return typed.empty() ? Prompt::none : Prompt::shell;
    }
  }
  return Prompt::none;
}

// "NAME=value word": a variable set for one command, or a shell's own way to set one.
bool begins_command(std::string_view line) {
  line = trimmed_left(line, is_blank);
  constexpr std::array<std::string_view, 8> kStarts{"curl ", "curl.exe ", "sudo curl ", "export ", "setx ", "set ANTHROPIC", "$env:", "time curl "};
  if (std::ranges::any_of(kStarts, [&](std::string_view start) { return line.starts_with(start); })) return true;
  std::size_t i = 0;
  while (i < line.size() && (is_upper(line[i]) || is_digit(line[i]) || line[i] == '_')) ++i;
  if (i < 5 || i >= line.size() || line[i] != '=') return false;
  const std::string_view value = line.substr(i);
  for (const std::string_view program : {" claude", " curl ", " python", " node ", " npx ", " npm "}) {
    if (value.find(program) != std::string_view::npos) return true;
  }
  return false;
}

// Whether a shell would wait for another line: an open quote, or the sign at the end.
class OpenCommand {
 public:
  void line(std::string_view text) {
    goes_on_ = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (quote_ == '\0' && (c == '\'' || c == '"')) {
        quote_ = c;
      } else if (c == quote_) {
        quote_ = '\0';
      } else if (c == '\\' && quote_ != '\'') {
        if (i + 1 >= text.size()) goes_on_ = true;
        ++i;
      }
    }
    const std::string_view end = trimmed(text);
    if (quote_ == '\0' && (end.ends_with("^") || end.ends_with(" `") || end.ends_with("|") || end.ends_with("&&"))) goes_on_ = true;
    // White space behind the sign is a slip of the one who pasted.
    if (quote_ == '\0' && end.ends_with("\\")) goes_on_ = true;
  }
  bool goes_on() const { return goes_on_ || quote_ != '\0'; }

 private:
  char quote_ = '\0';
  bool goes_on_ = false;
};

// A quote that never closes would take the answer with it: an answer begins like none of a command's lines.
bool begins_answer(std::string_view line) {
  line = trimmed(line);
  return line.starts_with("HTTP/1") || line.starts_with("HTTP/2") || line.starts_with("{\"type\":\"error\"") ||
         line.starts_with("{\"error\":") || line.starts_with("curl: (") || line.starts_with("< HTTP/");
}

// Behind a URL's line curl's options may stand on lines of their own, whose sign was lost.
bool is_option(std::string_view line) {
  line = trimmed_left(line, is_blank);
  return line.starts_with("-H ") || line.starts_with("-d ") || line.starts_with("--header") || line.starts_with("--data") ||
         line.starts_with("-X ") || line.starts_with("--json");
}

}  // namespace

std::vector<Step> read_steps(std::string_view text) {
  std::vector<std::string_view> lines = lines_of(text);
  for (std::string_view& line : lines) line = without_frame(line);
  unquote(lines);
  std::vector<Step> steps(1);
  OpenCommand open;
  bool in_command = false;
  for (const std::string_view line : lines) {
    if (in_command && ((open.goes_on() && !begins_answer(line)) || is_option(line))) {
      steps.back().command += '\n';
      steps.back().command += line;
      open.line(line);
      continue;
    }
    in_command = false;
    std::string_view typed;
    const Prompt prompt = prompt_of(line, typed);
    if (prompt != Prompt::none || begins_command(line)) {
      if (prompt == Prompt::none) typed = trimmed(line);
      steps.push_back({std::string(typed), {}, prompt != Prompt::program});
      open = {};
      if (steps.back().to_shell) open.line(typed);
      in_command = steps.back().to_shell;
      continue;
    }
    steps.back().output += line;
    steps.back().output += '\n';
  }
  return steps;
}

std::string commands_of(const std::vector<Step>& steps) {
  std::string out;
  for (const Step& step : steps) {
    if (!step.to_shell) continue;
    out += step.command;
    out += '\n';
  }
  return out;
}

}  // namespace locksmith::doctor::intake
