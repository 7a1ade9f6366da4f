// One request of a command that waits for its answer.
#pragma once

#include "upstream/exchange.h"

namespace locksmith::cli {

// Blocks until the plan's deadline at the latest.
upstream::Observed ask_once(upstream::Plan plan);

}  // namespace locksmith::cli
