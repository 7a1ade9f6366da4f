#include "model/finding/decode.h"

#include <algorithm>
#include <cstdint>

#include "model/finding/joined.h"
#include "vocabulary/base64.h"
#include "vocabulary/character.h"

namespace locksmith::model::finding {
namespace {

bool is_base64_char(char c) { return is_letter_or_digit(c) || c == '+' || c == '/' || c == '-' || c == '_'; }

// A character of base64 at `at`, also written as URLs and JSON write it; 0: none. `size` is what it takes.
char base64_char(std::string_view bytes, std::size_t at, std::size_t& size) {
  size = 1;
  if (is_base64_char(bytes[at])) return bytes[at];
  const std::string_view text = bytes.substr(at, 6);
  for (const std::string_view plus : {"%2B", "%2b", "\\u002B", "\\u002b"}) {
    if (text.starts_with(plus)) {
      size = plus.size();
      return '+';
    }
  }
  for (const std::string_view slash : {"%2F", "%2f", "\\/"}) {
    if (text.starts_with(slash)) {
      size = slash.size();
      return '/';
    }
  }
  return 0;
}

// The place in front of `at` where `count` characters of base64 begin, over line ends; `at` itself where there are fewer.
std::size_t back_over(std::string_view bytes, std::size_t at, unsigned count, unsigned& got) {
  std::size_t i = at;
  got = 0;
  while (got < count && i > 0 && at - i < 96) {
    const char c = bytes[i - 1];
    if (is_base64_char(c)) {
      ++got;
    } else if (!is_white_space(c)) {
      break;
    }
    --i;
  }
  return i;
}

struct Number {
  unsigned value = 0;
  std::size_t size = 0;  // 0: none
};

Number hex_digits(std::string_view text, std::size_t least, std::size_t most) {
  Number number;
  while (number.size < text.size() && number.size < most && is_hex_digit(text[number.size])) {
    number.value = number.value * 16 + static_cast<unsigned>(hex_value(text[number.size++]));
  }
  return number.size < least ? Number{} : number;
}

// Of a base up to ten.
Number digits(std::string_view text, unsigned base, std::size_t most) {
  Number number;
  while (number.size < text.size() && number.size < most && is_digit(text[number.size])) {
    const auto value = static_cast<unsigned>(hex_value(text[number.size]));
    if (value >= base) break;
    number.value = number.value * base + value;
    ++number.size;
  }
  return number;
}
Number decimal_digits(std::string_view text, std::size_t most) { return digits(text, 10, most); }

// One escaped character at the beginning of `text`; size 0: none is there.
Number one_escape(std::string_view text) {
  if (text.empty()) return {};
  const auto with = [&](std::size_t before, Number n, std::size_t after) { return n.size == 0 ? Number{} : Number{n.value, before + n.size + after}; };
  switch (text[0]) {
    case '\\': {
      std::size_t slashes = 1;
      while (slashes < 8 && slashes < text.size() && text[slashes] == '\\') ++slashes;
      const std::string_view rest = text.substr(slashes);
      if (rest.starts_with("x")) return with(slashes + 1, hex_digits(rest.substr(1), 2, 2), 0);
      if (rest.starts_with("u{")) {
        const Number n = hex_digits(rest.substr(2), 1, 6);
        return n.size != 0 && rest.size() > 2 + n.size && rest[2 + n.size] == '}' ? with(slashes + 2, n, 1) : Number{};
      }
      if (rest.starts_with("u") || rest.starts_with("U")) return with(slashes + 1, hex_digits(rest.substr(1), 4, rest[0] == 'u' ? 4 : 8), 0);
      const Number octal = digits(rest, 8, 3);
      return octal.size < 2 ? Number{} : with(slashes, octal, 0);
    }
    case '%': {
      std::size_t percent = 1;
      while (text.substr(percent).starts_with("25") && percent < 9) percent += 2;
      const Number n = hex_digits(text.substr(percent), 2, 2);
      return n.size != 0 ? with(percent, n, 0) : hex_digits(text.substr(1), 2, 2).size != 0 ? with(1, hex_digits(text.substr(1), 2, 2), 0) : Number{};
    }
    case '=':
      return with(1, hex_digits(text.substr(1), 2, 2), 0);
    case '&': {
      std::string_view rest = text.substr(1);
      std::size_t before = 1;
      while (rest.starts_with("amp;")) {
        rest.remove_prefix(4);
        before += 4;
      }
      for (const std::string_view word : {"hyphen;", "dash;"}) {
        if (rest.starts_with(word)) return {'-', before + word.size()};
      }
      if (!rest.starts_with("#")) return {};
      const bool hex = rest.size() > 1 && (rest[1] == 'x' || rest[1] == 'X');
      const std::size_t mark = hex ? 2 : 1;
      const Number n = hex ? hex_digits(rest.substr(mark), 1, 6) : decimal_digits(rest.substr(mark), 7);
      const bool closed = n.size != 0 && rest.size() > mark + n.size && rest[mark + n.size] == ';';
      return n.size == 0 ? Number{} : with(before + mark, n, closed ? 1 : 0);
    }
    default:
      return {};
  }
}

}  // namespace

Decoded from_base64_at(std::string_view bytes, std::size_t at, unsigned phase, std::size_t most) {
  Decoded decoded;
  Base64Reader reader;
  const auto take = [&](char c) {
    if (reader.take(c) == Base64Reader::Took::byte) decoded.bytes += reader.byte();
  };
  // Two groups more than needed: what is undone may be base64 again, whose first character then has its neighbours.
  unsigned got = 0;
  std::size_t i = back_over(bytes, at, phase + 8, got);
  for (unsigned missing = got; missing < phase; ++missing) take('A');
  for (unsigned surplus = got < phase ? 0 : (got - phase) % 4; surplus > 0; ++i) surplus -= is_base64_char(bytes[i]) ? 1U : 0U;
  std::size_t size = 0;
  while (i < bytes.size() && decoded.bytes.size() < most) {
    if (const char c = base64_char(bytes, i, size); c != 0) {
      take(c);
      i += size;
      continue;
    }
    if (bytes[i] == '=') break;
    const std::size_t gap = separator(bytes, i, is_base64_char);
    if (gap == 0) break;
    i += gap;
  }
  decoded.end = i;
  return decoded;
}

Decoded from_hex_at(std::string_view bytes, std::size_t at, std::size_t most) {
  Decoded decoded;
  std::size_t i = at;
  while (i + 1 < bytes.size() && decoded.bytes.size() < most) {
    if (is_hex_digit(bytes[i]) && is_hex_digit(bytes[i + 1])) {
      decoded.bytes += static_cast<char>(hex_value(bytes[i]) * 16 + hex_value(bytes[i + 1]));
      i += 2;
      continue;
    }
    const std::size_t gap = is_hex_digit(bytes[i]) ? 0 : separator(bytes, i, is_hex_digit);
    if (gap == 0) break;
    i += gap;
  }
  decoded.end = i;
  return decoded;
}

namespace {

// Behind "0000010: " at the beginning of a dump's line; `at` where no address stands there.
std::size_t behind_address(std::string_view bytes, std::size_t at) {
  std::size_t i = at;
  while (i < bytes.size() && is_blank(bytes[i])) ++i;
  if (bytes.substr(i).starts_with("0x")) i += 2;
  const Number address = hex_digits(bytes.substr(i, 17), 4, 16);
  i += address.size;
  if (address.size == 0 || i >= bytes.size()) return at;
  if (bytes[i] == ':') ++i;
  return i < bytes.size() && is_blank(bytes[i]) ? i : at;
}

constexpr std::size_t kBytesOfDumpLine = 16;

}  // namespace

Decoded from_separated_hex_at(std::string_view bytes, std::size_t at, std::size_t most) {
  Decoded decoded;
  // Whether this is a dump shows at the beginning of its line.
  std::size_t line = at;
  while (line > 0 && at - line < 128 && bytes[line - 1] != '\n') --line;
  const bool is_dump = behind_address(bytes, line) != line;
  std::size_t i = at;
  std::size_t in_line = 0;
  if (is_dump) {
    for (std::size_t j = behind_address(bytes, line); j + 1 < at; ++j) {
      if (is_hex_digit(bytes[j]) && is_hex_digit(bytes[j + 1])) {
        ++in_line;
        ++j;
      }
    }
  }
  const auto next_line = [&] {
    const std::size_t end = bytes.substr(i, 160).find('\n');
    if (end == std::string_view::npos) return false;
    const std::size_t begin = i + end + 1;
    const std::size_t behind = behind_address(bytes, begin);
    if (behind == begin) return false;
    i = behind;
    in_line = 0;
    return true;
  };
  while (i + 1 < bytes.size() && decoded.bytes.size() < most) {
    if (is_dump && in_line == kBytesOfDumpLine && !next_line()) break;
    if (bytes[i] == '0' && (bytes[i + 1] == 'x' || bytes[i + 1] == 'X')) {
      i += 2;
      continue;
    }
    if (is_hex_digit(bytes[i]) && is_hex_digit(bytes[i + 1])) {
      decoded.bytes += static_cast<char>(hex_value(bytes[i]) * 16 + hex_value(bytes[i + 1]));
      i += 2;
      ++in_line;
      continue;
    }
    const char c = bytes[i];
    const bool separates = is_white_space(c) || c == ',' || c == ':' || c == ';' || c == '-' || c == '"' || c == '\'' || c == '\\' || c == 'u' || c == 'U' || c == '+';
    if (separates && i - at < 8 * most) {
      ++i;
    } else if (!is_dump || !next_line()) {
      break;
    }
  }
  decoded.end = i;
  return decoded;
}

Decoded from_escapes_at(std::string_view bytes, std::size_t at, std::size_t most) {
  Decoded decoded;
  std::size_t i = at;
  while (i < bytes.size() && decoded.bytes.size() < most) {
    const Number escape = one_escape(bytes.substr(i, 40));
    if (escape.size != 0 && escape.value < 128) {
      decoded.bytes += static_cast<char>(escape.value);
      i += escape.size;
    } else if (is_letter_or_digit(bytes[i]) || bytes[i] == '-' || bytes[i] == '_' || bytes[i] == '.') {
      decoded.bytes += bytes[i++];
    } else {
      const std::size_t gap = separator(bytes, i, is_letter_or_digit);
      if (gap == 0) break;
      i += gap;
    }
  }
  decoded.end = i;
  return decoded;
}

namespace {

// White space, commas and `other` between two elements of a list.
std::size_t between_elements(std::string_view text, char other) {
  constexpr std::size_t kLongest = 64;
  std::size_t size = 0;
  while (size < text.size() && size < kLongest && (is_white_space(text[size]) || text[size] == ',' || text[size] == other)) ++size;
  return size;
}

}  // namespace

Decoded from_decimals_at(std::string_view bytes, std::size_t at, std::size_t most) {
  Decoded decoded;
  std::size_t i = at;
  while (i < bytes.size() && decoded.bytes.size() < most) {
    const Number number = decimal_digits(bytes.substr(i, 4), 4);
    if (number.size == 0 || number.value > 127) break;
    decoded.bytes += static_cast<char>(number.value);
    i += number.size;
    const std::size_t gap = between_elements(bytes.substr(i), ';');
    if (gap == 0) break;
    i += gap;
  }
  decoded.end = i;
  return decoded;
}

Decoded from_characters_at(std::string_view bytes, std::size_t at, std::size_t most) {
  Decoded decoded;
  std::size_t i = at;
  while (i + 2 < bytes.size() && decoded.bytes.size() < most) {
    const char quote = bytes[i];
    if ((quote != '\'' && quote != '"') || bytes[i + 2] != quote) break;
    decoded.bytes += bytes[i + 1];
    i += 3;
    const std::size_t gap = between_elements(bytes.substr(i), '+');
    if (gap == 0) break;
    i += gap;
  }
  decoded.end = i;
  return decoded;
}

Decoded from_utf16_at(std::string_view bytes, std::size_t at, std::size_t most) {
  Decoded decoded;
  std::size_t i = at;
  for (; i + 1 < bytes.size() && decoded.bytes.size() < most && bytes[i] != 0 && is_ascii(bytes[i]) && bytes[i + 1] == 0; i += 2) decoded.bytes += bytes[i];
  // Of the big-endian form the last character has its zero in front.
  if (i + 1 == bytes.size() && i > at && bytes[i] != 0 && is_ascii(bytes[i])) decoded.bytes += bytes[i];
  decoded.end = i;
  return decoded;
}

}  // namespace locksmith::model::finding
