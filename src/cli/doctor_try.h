// locksmith doctor --try N -- COMMAND: does the user's own command work under a step of the remedy? Nothing is changed by it: only
// steps that change no more than a shell's own variables are tried, in a shell that ends with the command.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/doctor_run.h"

namespace locksmith::cli {

// Runs the command twice, as it is and under the N-th step that has a command, and says whether it helped. Exit code 0: it helped;
// 1: it did not; 2: there is no such step, or it changes more than this shell. Failure codes: remedy_unknown, remedy_not_tried.
int try_remedy(const DoctorRun& run, std::int64_t step, const std::vector<std::string>& command, const Shell& shell);

}  // namespace locksmith::cli
