#include "vocabulary/shown.h"

#include <algorithm>

namespace locksmith::inline vocabulary {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; }

// Of well-formed UTF-8 (RFC 3629), else 0.
std::size_t sequence_at(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  const unsigned second = byte_at(text, at + 1);
  const std::size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, at + i) & 0xC0U) != 0x80) return 0;
  }
  const bool too_long = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool no_character = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return too_long || no_character ? 0 : length;
}

char32_t character(std::string_view text, std::size_t at, std::size_t length) {
  if (length == 1) return byte_at(text, at);
  char32_t value = byte_at(text, at) & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) value = value << 6U | (byte_at(text, at + i) & 0x3FU);
  return value;
}

bool steers(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  const bool direction = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  return control || direction || c == 0x2028 || c == 0x2029;
}

std::string shown(std::string_view text, bool keeps_lines) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t steering = steering_at(text, at);
    const bool kept = steering == 0 || (keeps_lines && (text[at] == '\n' || text[at] == '\t'));
    const std::size_t length = steering == 0 ? std::max<std::size_t>(sequence_at(text, at), 1) : steering;
    kept ? out.append(text, at, length) : out.append(1, ' ');
    at += length;
  }
  return out;
}

}  // namespace

std::size_t steering_at(std::string_view text, std::size_t at) {
  const std::size_t length = sequence_at(text, at);
  if (length == 0) return 1;
  return steers(character(text, at, length)) ? length : 0;
}

std::string shown_line(std::string_view text) { return shown(text, false); }
std::string shown_lines(std::string_view text) { return shown(text, true); }

}  // namespace locksmith::inline vocabulary
