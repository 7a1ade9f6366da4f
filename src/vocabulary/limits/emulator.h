// Of the emulator.
#pragma once

#include <cstddef>

#include "vocabulary/instant.h"

namespace locksmith::inline vocabulary::limits {

inline constexpr Duration kEmulatorIdle = 60s;       // a keep-alive connection without a request
inline constexpr Duration kEmulatorRequest = 30s;    // from the first byte of a request to its last
inline constexpr Duration kEmulatorLinger = 2s;      // after a refusal: what still comes is read, so that the answer is
inline constexpr Duration kEmulatorPace = 2ms;       // between the events of a stream
inline constexpr Duration kEmulatorResetPause = 20ms;// before a reset, so that what was sent is read first
inline constexpr std::size_t kEmulatorKeys = 100000; // keys that a test may make known
inline constexpr std::size_t kEmulatorRecords = 1000;// requests whose shape is kept for tests
inline constexpr std::size_t kEmulatorFaults = 1024; // faults set at the same time, of all scopes together
inline constexpr std::size_t kEmulatorBatches = 100; // batches whose results are kept
inline constexpr std::int64_t kEmulatorAnswer = 128'000;  // tokens of its longest answer: what most models write at most

}  // namespace locksmith::inline vocabulary::limits
