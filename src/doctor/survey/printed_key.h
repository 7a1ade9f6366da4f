// Claude Code's apiKeyHelper: a command whose output is the credential. The survey names it. Whoever can start a process
// runs it, only where the user agreed to that, and what it printed comes back here.
#pragma once

#include <vector>

#include "doctor/survey/survey.h"
#include "vocabulary/secret.h"
#include "world/command_run.h"

namespace locksmith::doctor::survey {

// The helper whose output would go out, or nullptr.
const Held* helper_in_use(const Survey& survey);

// What the client adds to the helper's environment: "NAME=value" of every "env" in its settings files, the strongest last.
std::vector<Secret> helper_environment(const Survey& survey);

// Puts what the helper printed where the survey had only its name. It is a credential only where the command succeeded and
// printed one line, white space around it aside (Claude Code 2.1.332, watched by tests/clients/claude: of anything else
// nothing but the header's name goes out).
void take_helper(Survey& survey, const world::CommandRun& run);

}  // namespace locksmith::doctor::survey
