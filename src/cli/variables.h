// Whether the variables LOCKSMITH_… are ones that there are: a mistyped one would leave a limit or an address at its default in silence.
#pragma once

#include "vocabulary/failure.h"
#include "world/environment.h"

namespace locksmith::cli {

// Names only; no value is read. What Kubernetes sets for a service called locksmith is no mistake. Failure code:
// configuration_key_unknown, with the nearest name.
Result<void> check_variables(const world::Environment& environment);

}  // namespace locksmith::cli
