#include "vocabulary/shown.h"

#include <gtest/gtest.h>

namespace locksmith {
namespace {

std::string utf8(char32_t c) {
  const auto byte = [](char32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
  if (c < 0x10000) return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
  return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
}

// The property Bidi_Control of Unicode 15.1 (PropList.txt), the general category Cc, and the separators of lines and paragraphs.
bool must_not_be_shown(char32_t c) {
  const bool control = c <= 0x1F || (c >= 0x7F && c <= 0x9F);
  const bool bidi = c == 0x061C || (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  return control || bidi || (c >= 0x2028 && c <= 0x2029);
}

TEST(Shown, OfAllCharactersThoseThatSteerAreBlanksAndAllOthersStay) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;  // no characters
    const std::string text = "a" + utf8(c) + "b";
    const bool steers = must_not_be_shown(c);
    if (shown_line(text) != (steers ? "a b" : text)) ADD_FAILURE() << "U+" << std::hex << static_cast<unsigned>(c);
    const bool line = c == '\n' || c == '\t';
    if (shown_lines(text) != (steers && !line ? "a b" : text)) ADD_FAILURE() << "in lines: U+" << std::hex << static_cast<unsigned>(c);
  }
}

TEST(Shown, NoByteAloneAndNoTornCharacterGoesThrough) {
  for (int first = 0x80; first < 0x100; ++first) {
    for (const char* const rest : {"", "a", "\x9b", "\xe2", "\x80"}) {
      const std::string text = std::string(1, static_cast<char>(first)) + rest;
      const std::string shown = shown_line(text);
      for (std::size_t at = 0; at < shown.size(); ++at) {
        if (static_cast<unsigned char>(shown[at]) < 0x80) continue;
        EXPECT_EQ(steering_at(shown, at), 0U) << first << rest;
        while (at + 1 < shown.size() && (static_cast<unsigned char>(shown[at + 1]) & 0xC0U) == 0x80) ++at;
      }
      EXPECT_EQ(shown_line(shown), shown) << "twice is as once";
    }
  }
}

}  // namespace
}  // namespace locksmith
