// What no file may hold: names that say nothing, headers without an essay, notes to oneself, places on
// somebody's machine, and anything that looks like a whole key. The banned words are put together from parts
// here, so that this file passes its own check.
#include <algorithm>
#include <array>
#include <cctype>

#include "checks.h"

namespace locksmith::tidy {
namespace {

bool is_cpp(const SourceFile& file) {
  return file.extension() == ".cc" || file.extension() == ".h";
}

bool is_word_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// Recorded bytes: what the outside sent, kept as it was.
bool is_recording(const SourceFile& file) {
  return file.path.find("/testdata/") != std::string::npos ||
         file.path.find("/corpus/") != std::string::npos || file.extension() == ".patch" ||
         file.name() == "LICENSE";
}

bool has_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_word_part(line[at - 1])) && (end == line.size() || !is_word_part(line[end])))
      return true;
  }
  return false;
}

// A path that exists on one machine only. Homes of invented people are fine: /home/ada, /home/user,
// /home/you.
bool has_machine_path(std::string_view line) {
  static const std::string kWork = std::string("/wo") + "rk";
  static const std::string kRoot = std::string("/ro") + "ot";
  static const std::string kHome = std::string("/ho") + "me/";
  const auto starts_path = [&](std::size_t at) {
    return at == 0 || (!is_word_part(line[at - 1]) && line[at - 1] != '.' && line[at - 1] != '/' &&
                       line[at - 1] != '}' && line[at - 1] != '~' && line[at - 1] != '-');
  };
  for (const std::string& top : {kWork, kRoot}) {
    for (std::size_t at = line.find(top); at != std::string_view::npos; at = line.find(top, at + 1)) {
      const std::size_t end = at + top.size();
      if (starts_path(at) &&
          (end == line.size() || !(is_word_part(line[end]) || line[end] == '-' || line[end] == '.')))
        return true;
    }
  }
  for (std::size_t at = line.find(kHome); at != std::string_view::npos; at = line.find(kHome, at + 1)) {
    std::size_t end = at + kHome.size();
    while (end < line.size() && is_word_part(line[end])) ++end;
    const std::string_view who = line.substr(at + kHome.size(), end - at - kHome.size());
    if (starts_path(at) && !who.empty() && who != "ada" && who != "user" && who != "you") return true;
  }
  return false;
}

// c1-… or c2-… and three digits: the id of a report that this project measures itself against.
bool has_case_id(std::string_view line) {
  for (std::size_t at = 0; at + 6 <= line.size(); ++at) {
    if (line[at] != 'c' || (line[at + 1] != '1' && line[at + 1] != '2') || line[at + 2] != '-') continue;
    if (!is_digit(line[at + 3]) || !is_digit(line[at + 4]) || !is_digit(line[at + 5])) continue;
    const bool starts = at == 0 || !is_word_part(line[at - 1]);
    if (starts && (at + 6 == line.size() || !is_word_part(line[at + 6]))) return true;
  }
  return false;
}

// A prefix of the form sk-ant-<letters><two digits>-, 93 characters of base64url, then AA.
bool has_whole_key(std::string_view text, std::size_t& where) {
  static const std::string kPrefix = std::string("sk-") + "ant-";
  constexpr std::size_t kBody = 93;
  for (std::size_t at = text.find(kPrefix); at != std::string_view::npos; at = text.find(kPrefix, at + 1)) {
    std::size_t end = at + kPrefix.size();
    while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0) ++end;
    if (end + 3 + kBody + 2 > text.size() || !is_digit(text[end]) || !is_digit(text[end + 1]) ||
        text[end + 2] != '-')
      continue;
    const std::string_view body = text.substr(end + 3, kBody);
    const auto part = [](char c) { return is_word_part(c) || c == '-'; };
    if (std::ranges::all_of(body, part) && text.substr(end + 3 + kBody, 2) == "AA") {
      where = at;
      return true;
    }
  }
  return false;
}

}  // namespace

Violations check_names(const Tree& tree) {
  static constexpr std::string_view kEmptyWords[] = {"util",    "utils",  "utility", "utilities", "helper",
                                                     "helpers", "common", "misc",    "manager",   "managers"};
  Violations out;
  for (const SourceFile& file : tree) {
    std::string_view rest = file.path;
    while (!rest.empty()) {
      const std::size_t slash = rest.find('/');
      std::string_view part = rest.substr(0, slash);
      rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
      if (slash == std::string_view::npos) part = part.substr(0, part.find('.', 1));
      while (!part.empty()) {
        const std::size_t end = std::min(part.find_first_of("_-"), part.size());
        const std::string_view word = part.substr(0, end);
        if (std::ranges::find(kEmptyWords, word) != std::end(kEmptyWords)) {
          out.push_back({file.path, 0,
                         "\"" + std::string(word) +
                             "\" says nothing about what is in it: name it after the one thing it does"});
        }
        part.remove_prefix(std::min(end + 1, part.size()));
      }
    }
  }
  return out;
}

Violations check_headers(const Tree& tree) {
  Violations out;
  for (const SourceFile& file : tree) {
    if (file.extension() != ".h") continue;
    const auto lines = lines_of(file.text);
    std::size_t i = 0;
    while (i < lines.size() && lines[i].starts_with("//")) ++i;
    if (i == 0) {
      out.push_back({file.path, 1,
                     "a header starts with its essay: a // comment that says what it is for and what holds"});
    } else if (i >= lines.size() || lines[i] != "#pragma once") {
      out.push_back({file.path, i + 1, "#pragma once follows the essay at once"});
    }
    for (std::size_t n = 0; n < lines.size(); ++n) {
      const std::string_view code = lines[n].substr(0, lines[n].find("//"));
      if (code.find("using namespace") == std::string_view::npos) continue;
      const bool literals = file.path.starts_with("src/vocabulary/") &&
                            code.find("std::chrono_literals") != std::string_view::npos;
      if (!literals)
        out.push_back({file.path, n + 1,
                       "no using namespace in a header: whoever includes it gets all of those names"});
    }
  }
  return out;
}

Violations check_sizes(const Tree& tree, std::span<const LongFile> exceptions) {
  Violations out;
  for (const SourceFile& file : tree) {
    if (!is_cpp(file)) continue;
    const std::size_t lines = lines_of(file.text).size();
    const auto known = std::ranges::find(exceptions, file.path, &LongFile::path);
    if (known == exceptions.end()) {
      if (lines > kLongestFile) {
        out.push_back({file.path, 0,
                       "has " + std::to_string(lines) + " lines; above " + std::to_string(kLongestFile) +
                           " it is more than one thing: split it by what it does"});
      }
    } else if (lines > known->lines) {
      out.push_back({file.path, 0,
                     "grew from " + std::to_string(known->lines) + " to " + std::to_string(lines) +
                         " lines; it may only shrink"});
    } else if (lines <= kLongestFile) {
      out.push_back({file.path, 0, "is short enough now: remove it from kLongFiles in tests/tidy/rings.h"});
    }
  }
  for (const LongFile& known : exceptions) {
    if (find(tree, known.path) == nullptr)
      out.push_back({std::string(known.path), 0, "is gone: remove it from kLongFiles in tests/tidy/rings.h"});
  }
  return out;
}

Violations check_line_lengths(const Tree& tree) {
  Violations out;
  for (const SourceFile& file : tree) {
    if (!is_cpp(file)) continue;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(file.text)) {
      ++number;
      if (line.find('"') != std::string_view::npos) continue;
      const auto columns = std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; });
      if (static_cast<std::size_t>(columns) > kLongestLine) {
        out.push_back({file.path, number, "has " + std::to_string(columns) + " columns; a line without a text in it has at most " + std::to_string(kLongestLine)});
      }
    }
  }
  return out;
}

Violations check_white_space(const Tree& tree) {
  Violations out;
  for (const SourceFile& file : tree) {
    if (is_recording(file)) continue;
    std::size_t number = 0;
    for (std::string_view line : lines_of(file.text)) {
      ++number;
      if (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
        out.push_back({file.path, number, "white space at the end of the line"});
      }
      if (is_cpp(file) && line.find('\t') != std::string_view::npos)
        out.push_back({file.path, number, "a tab: two blanks instead"});
    }
    if (!file.text.empty() && file.text.back() != '\n')
      out.push_back({file.path, number, "the last line has no line end"});
  }
  return out;
}

Violations check_left_overs(const Tree& tree) {
  static const std::array<std::string, 3> kNotes{std::string("TO") + "DO", std::string("FIX") + "ME",
                                                 std::string("X") + "XX"};
  Violations out;
  for (const SourceFile& file : tree) {
    if (is_recording(file)) continue;
    const bool fixtures =
        file.path.starts_with("src/") || file.path.starts_with("data/") || file.path.starts_with("tests/");
    std::size_t number = 0;
    for (std::string_view line : lines_of(file.text)) {
      ++number;
      for (const std::string& note : kNotes) {
        if (has_word(line, note))
          out.push_back({file.path, number, note + ": do it, or write down in docs/ why it waits"});
      }
      if (has_machine_path(line)) {
        out.push_back(
            {file.path, number,
             "a path of one machine: take it from the environment, or an invented home such as /home/ada"});
      }
      if (fixtures && has_case_id(line)) {
        out.push_back({file.path, number,
                       "the id of a measured report: the program must not know what it is measured with"});
      }
    }
  }
  return out;
}

Violations check_secrets(const Tree& tree) {
  Violations out;
  for (const SourceFile& file : tree) {
    std::size_t where = 0;
    if (!has_whole_key(file.text, where)) continue;
    const auto line = static_cast<std::size_t>(std::ranges::count(file.text.substr(0, where), '\n')) + 1;
    out.push_back({file.path, line,
                   "this has the shape of a whole key. If it is one, revoke it now; if it is made up, put it "
                   "together from parts in the test"});
  }
  return out;
}

}  // namespace locksmith::tidy
