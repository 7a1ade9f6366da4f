// locksmith explain lkf_…: one failure, as the gateway that met it has kept it.
#pragma once

#include <string>

#include "cli/command.h"

namespace locksmith::cli {

// `admin` may be empty (ask_gateway.h). Prints and returns the exit code.
int explain_failure(const std::string& id, const std::string& admin, const Shell& shell);

}  // namespace locksmith::cli
