// The machine's clocks.
#pragma once

#include "world/clock.h"

namespace locksmith::host {

class RealClock final : public world::Clock {
 public:
  Instant now() const override;  // CLOCK_REALTIME
  Tick tick() const override;    // CLOCK_MONOTONIC
};

}  // namespace locksmith::host
