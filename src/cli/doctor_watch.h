// locksmith doctor --watch: examines again and again, and prints a line for each change.
#pragma once

#include <string>

#include "cli/command.h"
#include "cli/doctor_run.h"

namespace locksmith::cli {

// Until `how_long` (as parse_duration() reads it; empty: without an end) is over, or Ctrl-C. The exit code is that of the worst verdict.
// Failure code: duration_invalid.
int watch(Doctor& doctor, const std::string& how_long, const Shell& shell);

}  // namespace locksmith::cli
