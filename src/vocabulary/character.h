// Tests of one character, for every reader of texts from outside. ASCII only and whatever the locale: the C library's own tests
// depend on it, and are undefined for bytes of UTF-8.
#pragma once

#include <string_view>

namespace locksmith::inline vocabulary {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c); }
constexpr bool is_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }

// Of a variable's name: POSIX allows no other characters, and no digit at its beginning.
constexpr bool is_name_char(char c) { return is_letter_or_digit(c) || c == '_'; }

// The value of a hexadecimal digit; -1: it is none.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
constexpr bool is_hex_digit(char c) { return hex_value(c) >= 0; }

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_line_break(char c) { return c == '\n' || c == '\r'; }
constexpr bool is_white_space(char c) { return is_blank(c) || is_line_break(c); }

constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
// Not the first byte of a character in UTF-8: whoever counts characters leaves these out.
constexpr bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

constexpr char lower_case(char c) { return is_upper(c) ? static_cast<char>(c + 0x20) : c; }
constexpr char upper_case(char c) { return is_lower(c) ? static_cast<char>(c - 0x20) : c; }

// Without those characters at its ends for which `drop` holds. Views into `text`.
template <class Drop>
constexpr std::string_view trimmed_left(std::string_view text, Drop drop) {
  while (!text.empty() && drop(text.front())) text.remove_prefix(1);
  return text;
}
template <class Drop>
constexpr std::string_view trimmed_right(std::string_view text, Drop drop) {
  while (!text.empty() && drop(text.back())) text.remove_suffix(1);
  return text;
}
template <class Drop>
constexpr std::string_view trimmed(std::string_view text, Drop drop) {
  return trimmed_right(trimmed_left(text, drop), drop);
}
constexpr std::string_view trimmed(std::string_view text) { return trimmed(text, is_white_space); }

}  // namespace locksmith::inline vocabulary
