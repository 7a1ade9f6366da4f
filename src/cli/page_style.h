// How pages look where this process prints: width, colour, signs or words.
#pragma once

#include "cli/command.h"
#include "doctor/present/page.h"

namespace locksmith::cli {

// The width is the terminal's, 40 to 100 columns, else COLUMNS, else 80. Words instead of signs with --plain, where ACCESSIBLE is
// set, where TERM is dumb, and where the locale is not UTF-8.
doctor::present::Style page_style(const Shell& shell);

}  // namespace locksmith::cli
