// What stands in one place of the program and is taken from there: each pattern, where it belongs, and what to take instead.
#include <array>

#include "checks.h"

namespace locksmith::tidy {
namespace {

struct OnePlace {
  std::string_view pattern;
  std::string_view belongs_to;  // beginnings of paths, separated by blanks
  std::string_view instead;
};

constexpr std::string_view kCharacters = "ask vocabulary/character.h: the C library's tests depend on the locale, those by hand drift apart";
constexpr std::string_view kCharactersStand = "src/vocabulary/character.h src/wire/http1/fields.h";
constexpr std::array kPlaces{
    OnePlace{">= '0'", kCharactersStand, kCharacters},
    OnePlace{">= 'a'", kCharactersStand, kCharacters},
    OnePlace{">= 'A'", kCharactersStand, kCharacters},
    OnePlace{"std::isalnum(", kCharactersStand, kCharacters},
    OnePlace{"std::isalpha(", kCharactersStand, kCharacters},
    OnePlace{"std::isdigit(", kCharactersStand, kCharacters},
    OnePlace{"std::isspace(", kCharactersStand, kCharacters},
    OnePlace{"std::isxdigit(", kCharactersStand, kCharacters},
    OnePlace{"std::tolower(", kCharactersStand, kCharacters},
    OnePlace{"std::toupper(", kCharactersStand, kCharacters},
    OnePlace{"\"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\"", "src/vocabulary/base64.h", "base64 is in vocabulary/base64.h"},
    OnePlace{".find(\"://\")", "src/doctor/survey/request_url.cc", "vocabulary/url.h takes a URL apart"},
    OnePlace{"\"api.anthropic.com\"", "src/model/evidence/claude_hosts.h", "the hosts of Claude are named in model/evidence/claude_hosts.h"},
    OnePlace{"\"https://api.anthropic.com\"", "src/model/evidence/claude_hosts.h", "the hosts of Claude are named in model/evidence/claude_hosts.h"},
};

// A flag in a sentence of an edge: whoever includes the edge may have no such flag.
bool names_a_flag(std::string_view line) {
  for (std::size_t open = line.find('"'); open != std::string_view::npos;) {
    const std::size_t close = line.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    const std::string_view text = line.substr(open, close - open);
    for (std::size_t at = text.find("--"); at != std::string_view::npos; at = text.find("--", at + 1)) {
      if (at + 2 < text.size() && text[at + 2] >= 'a' && text[at + 2] <= 'z') return true;
    }
    open = line.find('"', close + 1);
  }
  return false;
}

bool belongs(std::string_view path, std::string_view places) {
  for (const std::string_view place : words_of(places)) {
    if (path.starts_with(place)) return true;
  }
  return false;
}

}  // namespace

Violations check_one_place(const Tree& tree) {
  Violations out;
  for (const SourceFile& file : tree) {
    const bool cpp = file.extension() == ".cc" || file.extension() == ".h";
    if (!cpp || !file.path.starts_with("src/") || file.is_test()) continue;
    const bool edge = is_in(file.folder(), "src/host") || is_in(file.folder(), "src/store");
    std::size_t number = 0;
    for (const std::string_view line : lines_of(file.text)) {
      ++number;
      if (line.substr(std::min(line.find_first_not_of(' '), line.size())).starts_with("//")) continue;
      for (const OnePlace& one : kPlaces) {
        const bool there = line.find(one.pattern) != std::string_view::npos;
        if (there && !belongs(file.path, one.belongs_to)) out.push_back({file.path, number, std::string(one.instead)});
      }
      if (edge && names_a_flag(line)) out.push_back({file.path, number, "an edge knows no flags of the command line: say what to do, cli says how"});
    }
  }
  return out;
}

}  // namespace locksmith::tidy
