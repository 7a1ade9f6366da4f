// The clock, handed in and never reached for, so that tests and the simulation own time.
#pragma once

#include "vocabulary/instant.h"

namespace locksmith::world {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;  // calendar time, UTC
  virtual Tick tick() const = 0;    // forward-only time
};

}  // namespace locksmith::world
