// How a command that was run for its output ended.
#pragma once

#include <cstdint>

#include "vocabulary/secret.h"

namespace locksmith::world {

struct CommandRun {
  enum class End : std::uint8_t { exited, not_started, too_late, too_long, stopped } end = End::exited;
  int exit_code = 0;  // 128 and the signal's number where one ended it
  Secret printed;     // standard output, whole; empty where it did not exit by itself
};

}  // namespace locksmith::world
