// Character classes of RFC 9110 as one table, so that validating a byte is one look-up.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace locksmith::wire::http1 {

enum CharacterClass : std::uint8_t {
  kToken = 1,   // tchar, RFC 9110 5.6.2: methods and field names
  kValue = 2,   // field-vchar, SP, HTAB and obs-text, RFC 9110 5.5
  kTarget = 4,  // visible ASCII but '#': wider than RFC 3986, because browsers leave | ^ ` { } unescaped in a query
  kHost = 8,    // unreserved and sub-delims, RFC 3986 3.2.2; no '%': an escaped NUL in a host name serves nobody
  kDigit = 16,
  kHex = 32,
};

namespace detail {

consteval std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> table{};
  const auto add = [&table](std::string_view characters, std::uint8_t bits) {
    for (const char c : characters) table[static_cast<unsigned char>(c)] |= bits;
  };
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view kDigits = "0123456789";
  add(kLetters, kToken | kHost);
  add(kDigits, kToken | kHost | kDigit | kHex);
  add("ABCDEFabcdef", kHex);
  add("!#$%&'*+-.^_`|~", kToken);
  add("-._~!$&'()*+,;=", kHost);
  for (unsigned c = 0x21; c <= 0x7e; ++c) table[c] |= kValue | kTarget;
  table['#'] &= static_cast<std::uint8_t>(~kTarget);
  table[' '] |= kValue;
  table['\t'] |= kValue;
  for (unsigned c = 0x80; c <= 0xff; ++c) table[c] |= kValue;
  return table;
}

inline constexpr auto kClasses = make_classes();

}  // namespace detail

inline bool is(char c, CharacterClass wanted) {
  return (detail::kClasses[static_cast<unsigned char>(c)] & wanted) != 0;
}

inline bool all(std::string_view text, CharacterClass wanted) {
  // The accumulated form has no early exit and so no branch per byte; nearly every text passes.
  std::uint8_t bits = 0xff;
  for (const char c : text) bits &= detail::kClasses[static_cast<unsigned char>(c)];
  return (bits & wanted) != 0;
}

// The first byte in [from, end) that is a control byte other than a tab, or DEL; `end` where there is none. Eight bytes at a
// time: in a well-formed field it is the CR that ends the value, so one pass finds the end and checks what is before it.
inline const char* find_control_byte(const char* from, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHighs = 0x8080808080808080ULL;
  static_assert(std::endian::native == std::endian::little, "the first of eight bytes is the lowest");
  while (end - from >= 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, from, 8);
    const std::uint64_t below_space = (eight - kOnes * 0x20) & ~eight;
    const std::uint64_t no_delete = eight ^ (kOnes * 0x7f);
    const std::uint64_t found = (below_space | ((no_delete - kOnes) & ~no_delete)) & kHighs;
    // What a byte borrows changes only those above it, so the lowest mark is true.
    from += found == 0 ? 8 : std::countr_zero(found) / 8;
    if (found == 0) continue;
    if (*from != '\t') return from;
    ++from;
  }
  while (from != end && is(*from, kValue)) ++from;
  return from;
}

}  // namespace locksmith::wire::http1
