#include "vocabulary/base64.h"

#include <cstddef>

#include "vocabulary/character.h"

namespace locksmith::inline vocabulary {
namespace {

// -1: no digit of either alphabet.
int digit_value(char c) {
  if (is_upper(c)) return c - 'A';
  if (is_lower(c)) return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : base64_digit(group >> (18 - 6 * k));
  }
  return out;
}

Base64Reader::Took Base64Reader::take(char c) {
  const int value = digit_value(c);
  if (value < 0) return Took::foreign;
  bits_ = (bits_ << 6U | static_cast<unsigned>(value)) & 0xffffU;
  have_ += 6;
  if (have_ < 8) return Took::nothing;
  have_ -= 8;
  return Took::byte;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  Base64Reader reader;
  for (const char c : trimmed_right(text, [](char last) { return last == '='; })) {
    const auto took = reader.take(c);
    if (took == Base64Reader::Took::foreign) return std::nullopt;
    if (took == Base64Reader::Took::byte) out += reader.byte();
  }
  return out;
}

}  // namespace locksmith::inline vocabulary
