// Instants and durations: one type for the calendar, one for measuring, so that they cannot be mixed up.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace locksmith::inline vocabulary {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

// Calendar time (UTC). May jump; never used to measure how long something took.
using Instant = std::chrono::sys_time<Duration>;

// Time on a clock that only goes forward and has no date: for deadlines and measuring.
struct TickClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<TickClock>;
  static constexpr bool is_steady = true;
};
using Tick = TickClock::time_point;

// "2026-11-25T17:47:55Z" (RFC 3339, whole seconds, UTC).
std::string to_rfc3339(Instant instant);

// "Wed, 25 Nov 2026 17:47:55 GMT" (RFC 9110 section 5.6.7, IMF-fixdate).
std::string to_http_date(Instant instant);

// The reverse of to_http_date; nullopt for anything that is not an IMF-fixdate.
std::optional<Instant> from_http_date(std::string_view text);

// "1.2 s", "340 ms", "15 µs": for people.
std::string to_words(Duration duration);

}  // namespace locksmith::inline vocabulary
