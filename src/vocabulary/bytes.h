// Sizes in bytes, as a type, so that a count of bytes is never taken for a count of anything else.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

namespace locksmith::inline vocabulary {

struct ByteCount {
  std::uint64_t value = 0;
  friend constexpr auto operator<=>(ByteCount, ByteCount) = default;
};

consteval ByteCount operator""_B(unsigned long long n) {
  return {n};
}
consteval ByteCount operator""_KiB(unsigned long long n) {
  return {n * 1024};
}
consteval ByteCount operator""_MiB(unsigned long long n) {
  return {n * 1024 * 1024};
}
consteval ByteCount operator""_GiB(unsigned long long n) {
  return {n * 1024 * 1024 * 1024};
}

// "512 B", "64 KiB", "1.5 MiB": for people.
std::string to_words(ByteCount count);

}  // namespace locksmith::inline vocabulary
