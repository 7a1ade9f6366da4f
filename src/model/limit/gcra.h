// A rate limit that needs one number of state: the generic cell rate algorithm (ITU-T I.371), which admits a steady rate
// and a burst, has no window whose edge lets twice as much through, and forgets nothing at midnight.
#pragma once

#include <cstdint>

#include "vocabulary/instant.h"

namespace locksmith::model::limit {

struct Rate {
  Duration interval{};  // between two units at the steady rate; zero: no limit
  Duration tolerance{}; // how far ahead of the steady rate a burst may run: interval * (burst - 1)
};

// `amount` units in `period`, of which `burst` may come at once. Zero of either: no limit.
constexpr Rate rate_of(std::int64_t amount, Duration period, std::int64_t burst) {
  if (amount <= 0 || burst <= 0) return {};
  const Duration interval = period / amount;
  return {interval, interval * (burst - 1)};
}

struct Admission {
  bool admitted = true;
  Tick arrival{};       // the new state: when the next unit is due. Unchanged where refused.
  Duration wait{};      // where refused: after this long the same request is admitted
};

// Pure. `arrival` is the state that the last call gave, Tick{} at first; `units` is at least 1.
constexpr Admission admit(const Rate& rate, Tick arrival, Tick now, std::int64_t units = 1) {
  if (rate.interval <= Duration::zero()) return {true, arrival, {}};
  const Tick due = arrival > now ? arrival : now;
  const Tick after = due + rate.interval * units;
  const Duration ahead = after - now - rate.interval;
  if (ahead > rate.tolerance) return {false, arrival, ahead - rate.tolerance};
  return {true, after, {}};
}

}  // namespace locksmith::model::limit
