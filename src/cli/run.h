// The program behind main(): commands, exit codes, and the one place where an interface meets its implementation.
#pragma once

#include "model/diagnosis/verdict.h"

namespace locksmith::cli {

// The exit codes of the contract.
enum ExitCode : int {
  healthy = 0,
  problem_found = 1,
  wrong_use = 2,
  undetermined = 3,
  our_fault = 70,
};

// What a verdict ends the program with.
int exit_code_of(model::diagnosis::Verdict verdict);

int run(int argc, char** argv);

}  // namespace locksmith::cli
