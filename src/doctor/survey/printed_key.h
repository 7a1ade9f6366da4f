// Claude Code's apiKeyHelper: a command whose output is the credential. The survey names it. Whoever can start a process
// runs it, only where the user agreed to that, and what it printed comes back here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "doctor/survey/survey.h"
#include "vocabulary/secret.h"

namespace locksmith::doctor::survey {

enum class HelperEnd : std::uint8_t { exited, not_started, too_late, too_long, interrupted };

struct HelperRun {
  HelperEnd end = HelperEnd::exited;
  int exit_code = 0;  // 128 and the signal's number where one ended it
  Secret printed;     // standard output, whole
};

// The helper whose output would go out, or nullptr.
const Held* helper_in_use(const Survey& survey);

// What the client adds to the helper's environment: "NAME=value" of every "env" in its settings files, the strongest last.
std::vector<Secret> helper_environment(const Survey& survey);

// Puts what the helper printed where the survey had only its name. It is a credential only where the command succeeded and
// printed one line, white space around it aside (Claude Code 2.1.332, watched by tests/clients/claude: of anything else
// nothing but the header's name goes out).
void take_helper(Survey& survey, const HelperRun& run);

}  // namespace locksmith::doctor::survey
