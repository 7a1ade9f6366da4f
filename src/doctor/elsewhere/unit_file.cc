#include "doctor/elsewhere/unit_file.h"

#include <algorithm>

#include "vocabulary/character.h"

namespace locksmith::doctor::elsewhere {
namespace {

// Lines with their continuations joined; comments and empty lines left out.
std::vector<std::string> logical_lines(std::string_view text, std::string_view joint) {
  std::vector<std::string> lines;
  std::string open;
  bool continues = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view bare = trimmed(line);
    if (bare.starts_with('#') || bare.starts_with(';') || (bare.empty() && !continues)) continue;
    line = continues ? line : bare;
    const bool goes_on = trimmed(line).ends_with('\\');
    if (goes_on) line = line.substr(0, line.rfind('\\'));
    open += line;
    continues = goes_on;
    if (goes_on) {
      open += joint;
    } else {
      lines.push_back(std::move(open));
      open.clear();
    }
  }
  if (!open.empty()) lines.push_back(std::move(open));
  return lines;
}

char unescaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 's':
      return ' ';
    default:
      return c;
  }
}

void add_words(std::string_view value, std::vector<std::string>& into) {
  if (value.empty()) return into.clear();
  for (std::string& word : split_words(value)) into.push_back(std::move(word));
}

void assign(std::string_view name, std::string_view value, UnitFile& unit) {
  if (name == "Environment") return add_words(value, unit.environment);
  if (name == "PassEnvironment") return add_words(value, unit.passed);
  if (name == "UnsetEnvironment") return add_words(value, unit.unset);
  if (name == "EnvironmentFile") {
    if (value.empty()) return unit.environment_files.clear();
    const bool optional = value.starts_with('-');
    unit.environment_files.push_back({std::string(value.substr(optional ? 1 : 0)), optional});
  } else if (name == "User") {
    unit.user = value;
  } else if (name == "WorkingDirectory") {
    unit.folder = value.substr(value.starts_with('-') ? 1 : 0);
  } else if (name == "LoadCredential" || name == "LoadCredentialEncrypted" || name == "SetCredential") {
    unit.credentials.emplace_back(value.substr(0, value.find(':')));
  }
}

}  // namespace

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && is_blank(c)) {
      if (inside) words.push_back(std::move(word));
      word.clear();
      inside = false;
      continue;
    }
    inside = true;
    if (c == '\\' && i + 1 < text.size()) {
      word += unescaped(text[++i]);
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else {
      word += c;
    }
  }
  if (inside) words.push_back(std::move(word));
  return words;
}

void read_unit_file(std::string_view text, UnitFile& unit) {
  bool service = false;
  for (const std::string& line : logical_lines(text, " ")) {
    if (line.starts_with('[')) {
      service = line.starts_with("[Service]");
      continue;
    }
    const std::size_t equals = line.find('=');
    if (!service || equals == std::string::npos) continue;
    const std::string_view all = line;
    assign(trimmed(all.substr(0, equals)), trimmed(all.substr(equals + 1)), unit);
  }
}

std::vector<std::string> read_environment_file(std::string_view text) {
  std::vector<std::string> assignments;
  for (const std::string& line : logical_lines(text, "")) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view all = line;
    const std::string_view value = trimmed(all.substr(equals + 1));
    const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'');
    const std::size_t close = quoted ? value.find(value.front(), 1) : std::string_view::npos;
    const std::string_view inner = close == std::string_view::npos ? value : value.substr(1, close - 1);
    assignments.push_back(std::string(trimmed(all.substr(0, equals))) + "=" + std::string(inner));
  }
  return assignments;
}

}  // namespace locksmith::doctor::elsewhere
