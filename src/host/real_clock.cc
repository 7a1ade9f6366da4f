#include "host/real_clock.h"

#include <time.h>

namespace locksmith::host {
namespace {

Duration read(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Instant RealClock::now() const { return Instant(read(CLOCK_REALTIME)); }
Tick RealClock::tick() const { return Tick(read(CLOCK_MONOTONIC)); }

}  // namespace locksmith::host
