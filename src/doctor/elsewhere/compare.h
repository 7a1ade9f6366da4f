// Two environments side by side: what this shell has and something elsewhere does not, and what differs.
#pragma once

#include <string_view>

#include "doctor/survey/survey.h"

namespace locksmith::doctor::elsewhere {

// Adds to `there` the facts config.set-outside-process and config.copies-differ and a remark for each
// difference. Of a credential a remark holds its length and at most its last four characters. Pure.
void compare(const survey::Survey& here, std::string_view what, survey::Survey& there);

}  // namespace locksmith::doctor::elsewhere
