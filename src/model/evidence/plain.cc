#include <algorithm>
#include <array>

#include "model/evidence/error_text.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/text.h"

namespace locksmith::model::evidence {
namespace {

void append_utf8(std::string& out, unsigned code_point) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0U | (code_point >> 6U));
    out += static_cast<char>(0x80U | (code_point & 0x3FU));
  } else {
    out += static_cast<char>(0xE0U | (code_point >> 12U));
    out += static_cast<char>(0x80U | ((code_point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code_point & 0x3FU));
  }
}

std::optional<unsigned> hex_digits(std::string_view text, std::size_t i, std::size_t count) {
  if (text.size() - i < count) return std::nullopt;
  unsigned value = 0;
  for (std::size_t k = 0; k < count; ++k) {
    if (!is_hex_digit(text[i + k])) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(hex_value(text[i + k]));
  }
  return value;
}

// Decodes one escape whose backslashes end before `i`; returns the index behind it. However many backslashes stand in
// front, it is one character that was meant: each level of quoting doubles them.
std::size_t decode_escape(std::string_view text, std::size_t i, std::string& out) {
  if (i >= text.size()) return i;
  switch (text[i]) {
    case 'n':
    case 'r':
    case 't':
      out += '\n';
      return i + 1;
    case 'u':
      if (const auto code = hex_digits(text, i + 1, 4)) {
        append_utf8(out, *code);
        return i + 5;
      }
      break;
    case 'x':
      if (const auto code = hex_digits(text, i + 1, 2)) {
        // b'…' of Python: the bytes of UTF-8 come one by one, and go out one by one.
        out += static_cast<char>(*code);
        return i + 3;
      }
      break;
    case '0':
      if (text.substr(i, 3) == "033") {
        out += '\x1b';
        return i + 3;
      }
      break;
    case 'e':
      if (text.substr(i, 2) == "e[") {
        out += '\x1b';
        return i + 1;
      }
      break;
    default:
      break;
  }
  return i;  // the backslashes alone go: \" \' \/ and paths
}

std::string without_escapes(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kEntities{{{"&quot;", "\""},
                                                                                     {"&#34;", "\""},
                                                                                     {"&#39;", "'"},
                                                                                     {"&#x27;", "'"},
                                                                                     {"&amp;", "&"},
                                                                                     {"&lt;", "<"},
                                                                                     {"&gt;", ">"},
                                                                                     {"&nbsp;", " "},
                                                                                     {"&apos;", "'"}}};
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t special = std::min(text.find_first_of("\\&", i), text.size());
    out.append(text, i, special - i);
    i = special;
    if (i == text.size()) break;
    if (text[i] == '\\') {
      while (i < text.size() && text[i] == '\\') ++i;
      i = decode_escape(text, i, out);
      continue;
    }
    std::size_t length = 1;
    std::string_view decoded = "&";
    for (const auto& [entity, character] : kEntities) {
      if (text.substr(i, entity.size()) == entity) {
        length = entity.size();
        decoded = character;
      }
    }
    out += decoded;
    i += length;
  }
  return out;
}

// "2026-11-25", "10:12:31,733", "2026-11-25T10:12:31Z": digits around at least one date or time sign.
bool is_time(std::string_view token) {
  const bool signs = token.find_first_of(":-/") != std::string_view::npos;
  return signs && token.size() >= 5 && is_digit(token.front()) &&
         std::ranges::all_of(token, [](char c) { return is_digit(c) || std::string_view(":-/.,TZ+").find(c) != std::string_view::npos; });
}

bool is_level(std::string_view token) {
  constexpr std::array<std::string_view, 9> kLevels{"TRACE", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL", "NOTICE"};
  if (token.ends_with(':')) token.remove_suffix(1);
  return std::ranges::find(kLevels, token) != kLevels.end();
}

// How much of a line its logger wrote: a time, then level, [brackets], name: and separators. 0 where no time begins it.
std::size_t logger_prefix(std::string_view line) {
  std::size_t end = 0;
  bool timed = false;
  while (end < line.size()) {
    const std::size_t start = line.find_first_not_of(' ', end);
    if (start == std::string_view::npos) break;
    const std::size_t stop = std::min(line.find(' ', start), line.size());
    const std::string_view token = line.substr(start, stop - start);
    const bool bracketed = token.starts_with('[') && token.find(']') != std::string_view::npos;
    const bool stream = token == "STDOUT:" || token == "STDERR:" || token == "stdout:" || token == "stderr:";
    const bool name = timed && token.size() > 1 && token.ends_with(':') && token.find_first_of("{\"'") == std::string_view::npos;
    if (is_time(token) || (token.size() > 4 && token.front() == '[' && token.back() == ']' && is_time(token.substr(1, token.size() - 2)))) {
      timed = true;
    } else if (timed && stream) {
      // What a runner puts before each line of its child.
    } else if (!timed || !(bracketed || is_level(token) || name || token == "-" || token == "|")) {
      break;
    }
    end = stop;
  }
  return timed ? end : 0;
}

// A message that a logger wrote over several lines is one message: what it put before each line goes.
std::string without_logger_prefixes(std::string text) {
  if (text.find('\n') == std::string::npos) return text;
  std::string out;
  out.reserve(text.size());
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    line.remove_prefix(container_prefix(line));
    out += line.substr(logger_prefix(line));
    if (end < rest.size()) out += '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

}  // namespace

std::size_t container_prefix(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && (is_name_char(line[i]) || line[i] == '-' || line[i] == '.')) ++i;
  if (i == 0 || i > 40) return 0;
  const std::size_t bar = line.find_first_not_of(' ', i);
  if (bar == std::string_view::npos || line[bar] != '|' || bar == i || line.substr(bar, 2) != "| ") return 0;
  return bar + 2;
}

std::string plain(std::string_view text) {
  std::string shortened;
  if (text.size() > limits::kErrorText) {
    constexpr std::size_t kHalf = limits::kErrorText / 2;
    shortened.append(text.substr(0, kHalf)).append("\n").append(text.substr(text.size() - kHalf));
    text = shortened;
  }
  return without_logger_prefixes(without_terminal_sequences(without_escapes(text)));
}

void NormalText::append(std::string_view text) {
  bool start = true;
  bool was_lower = false;
  bool paragraph = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool upper = is_upper(c);
    if (c == '\n' && i > 0 && text[i - 1] == '\n') paragraph = true;
    if (is_letter_or_digit(c)) {
      letters += lower_case(c);
      word_start += paragraph ? kParagraph : start || (upper && was_lower) ? '\1' : '\0';
      start = paragraph = false;
      was_lower = !upper;
    } else if (!is_ascii(c)) {
      // General punctuation (U+2000…), arrows, box drawing and Latin-1 signs separate; letters of other scripts count.
      const auto lead = static_cast<unsigned char>(c);
      const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
      const bool separates = lead == 0xE2 || lead == 0xC2 || lead == 0xEF || length == 1;
      if (separates) {
        start = true;
      } else {
        for (std::size_t k = 0; k < length && i + k < text.size(); ++k) {
          letters += text[i + k];
          word_start += k == 0 ? '\1' : '\0';
        }
        start = false;
        was_lower = false;
      }
      i += std::min(length, text.size() - i) - 1;
    } else if (c == '.' && i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1])) {
      // 0.0123 is one number, and none that begins with 0.
    } else if (c != '\'' && c != '`') {
      start = true;
    } else {
      // An apostrophe joins (you've), a quote before a word separates; both are told by what stood before.
      start = start || i == 0 || !is_letter(text[i - 1]);
    }
  }
}

}  // namespace locksmith::model::evidence
