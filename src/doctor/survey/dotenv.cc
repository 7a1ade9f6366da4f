#include "doctor/survey/dotenv.h"

#include <algorithm>

#include "vocabulary/limits.h"

namespace locksmith::doctor::survey {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view trim_left(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

std::string_view without_words(std::string_view line) {
  // fish: set -gx NAME value; csh: setenv NAME value
  for (const std::string_view word : {"export ", "set -x ", "set -gx ", "set -Ux ", "setenv ", "declare -x ", "typeset -x "}) {
    if (line.starts_with(word)) return trim_left(line.substr(word.size()));
  }
  return line;
}

std::string_view unquote(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'')) {
    const std::size_t end = value.find(value.front(), 1);
    const std::string_view behind = end == std::string_view::npos ? "" : trim_left(value.substr(end + 1));
    const bool only_comment = behind.empty() || behind.starts_with('#') || behind.starts_with(';') || behind == "\r";
    if (end != std::string_view::npos && only_comment) return value.substr(1, end - 1);
    return value;  // an open quote stays: it goes out as part of the credential
  }
  const std::size_t comment = value.find(" #");
  value = value.substr(0, comment);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return value;
}

}  // namespace

bool looks_like_text(std::string_view text) {
  const std::string_view head = text.substr(0, 4096);
  if (head.find('\0') != std::string_view::npos) return false;
  const auto control = std::ranges::count_if(head, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\x1b' && c != '\f';
  });
  return control * 20 <= static_cast<std::ptrdiff_t>(head.size());
}

std::vector<Assignment> read_assignments(std::string_view text) {
  std::vector<Assignment> found;
  std::size_t number = 0;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty() && found.size() < limits::kEntriesPerFile) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trim_left(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::string_view bare = without_words(line);
    std::size_t name_end = 0;
    while (name_end < bare.size() && is_name_char(bare[name_end])) ++name_end;
    if (name_end == 0 || name_end == bare.size()) continue;
    const bool spaced = bare[name_end] == ' ' && bare.data() != line.data();  // fish and csh
    if (bare[name_end] != '=' && !spaced) continue;
    const std::string name(bare.substr(0, name_end));
    const std::string_view value = unquote(trim_left(bare.substr(name_end + 1)));
    const auto same = std::ranges::find(found, name, &Assignment::name);
    if (same != found.end()) {
      same->value = Secret(value);
      same->line = number;
    } else {
      found.push_back({name, Secret(value), number});
    }
  }
  return found;
}

}  // namespace locksmith::doctor::survey
