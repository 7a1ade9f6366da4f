#include "vocabulary/bytes.h"

#include <cstdio>

namespace locksmith::inline vocabulary {

std::string to_words(ByteCount count) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(count.value);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  char out[32];
  const bool whole = value == static_cast<double>(static_cast<std::uint64_t>(value));
  std::snprintf(out, sizeof out, whole ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return out;
}

}  // namespace locksmith::inline vocabulary
