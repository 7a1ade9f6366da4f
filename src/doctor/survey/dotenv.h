// Assignments in .env files and in the start-up files of shells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/secret.h"

namespace locksmith::doctor::survey {

struct Assignment {
  std::string name;
  Secret value;
  std::size_t line = 0;  // from 1
};

// NAME=value, export NAME=value, set -x NAME value (fish); comments and quotes as dotenv libraries treat them: matching
// quotes are removed, an unquoted value ends at " #". The last assignment of a name wins and is the only one returned.
// A carriage return before the line end stays part of the value, as it does for a shell. At most limits::kEntriesPerFile.
std::vector<Assignment> read_assignments(std::string_view text);

// False where the text has a NUL or is mostly not text: then it is no .env file.
bool looks_like_text(std::string_view text);

}  // namespace locksmith::doctor::survey
