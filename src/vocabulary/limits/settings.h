// Of what may be asked for in the gateway's settings and of a virtual key: what is beyond is a mistake.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vocabulary/instant.h"

namespace locksmith::inline vocabulary::limits {

inline constexpr std::int64_t kMostWorkers = 256;    // threads; more than the cores of any one machine that we know of
inline constexpr std::int64_t kMostPerMinute = 1'000'000'000;    // requests of one key; beyond it, a mistyped number
inline constexpr std::int64_t kMostConcurrent = 1'000'000;       // requests of one key under way
inline constexpr double kMostSpendUsd = 1e9;         // US dollars of one key: sums in billionths stay far from 64 bits
inline constexpr Duration kLongestDeadline = 3600s;  // for first_byte, silence and drain: a mistyped unit is more
inline constexpr std::size_t kCredentials = 64;      // of one gateway; choosing among them looks at each
inline constexpr std::size_t kAllowedModels = 256;   // beginnings of names, compared one after the other
inline constexpr std::size_t kKeyName = 100;         // characters of a virtual key's name or workspace: a line of `keys list` holds it

}  // namespace locksmith::inline vocabulary::limits
