// What a fuzz target checks beside "no crash": a property that every input must keep. A broken one aborts, so
// that libFuzzer keeps the input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/character.h"

namespace locksmith::fuzz {

inline void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// True where the text holds so much of an Anthropic credential that it could be used or searched for.
inline bool shows_credential(std::string_view text) {
  constexpr std::size_t kTooMuch = 24;
  for (std::size_t at = text.find("sk-ant-"); at != std::string_view::npos;
       at = text.find("sk-ant-", at + 1)) {
    std::size_t end = at;
    while (end < text.size() &&
           (is_name_char(text[end]) || text[end] == '-')) ++end;
    if (end - at > kTooMuch) return true;
  }
  return false;
}

// The bytes in pieces whose sizes `seed` decides: 1 to 8 bytes, now and then many.
inline std::vector<std::string> torn(std::string_view bytes, std::uint8_t seed) {
  std::vector<std::string> pieces;
  std::uint32_t state = seed * 2654435761U + 1;
  while (!bytes.empty()) {
    state = state * 1664525U + 1013904223U;
    const std::size_t wanted = (state >> 28U) == 0 ? 64 : 1 + (state >> 24U) % 8;
    const std::size_t size = wanted < bytes.size() ? wanted : bytes.size();
    pieces.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return pieces;
}

}  // namespace locksmith::fuzz
