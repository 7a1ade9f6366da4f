// The help as it is shown: no line wider than a terminal is by default. The parser writes each description on one line.
#pragma once

#include <string>
#include <string_view>

namespace locksmith::cli {

// Lines of more than 80 columns are broken between words, and go on where their text began: under the description of an
// option, or at the margin. Indented lines without a description are commands and stay as they are.
std::string fit_help(std::string_view help);

}  // namespace locksmith::cli
