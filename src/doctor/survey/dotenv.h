// Assignments in .env files and in the start-up files of shells, each as its reader takes them.
//
// Sources: npm dotenv 16 (lib/main.js), python-dotenv 1.1 (parser.py), docker's opts/envfile, POSIX sh, fish.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/survey/client.h"
#include "vocabulary/secret.h"

namespace locksmith::doctor::survey {

struct Assignment {
  std::string name;
  Secret value;
  std::size_t line = 0;  // from 1
};

// The last assignment of a name wins and is the only one returned. At most limits::kEntriesPerFile.
//
//   shell   NAME=value, export NAME=value, set -x NAME value (fish). Matching quotes go, an unquoted value
//   ends at " #".
//           A carriage return before the line end stays part of the value.
//   node    quotes of three kinds go, values in quotes may span lines, an unquoted value ends at "#". \n in
//   double quotes
//           is a line break.
//   python  as node, but an unquoted value ends at white space and "#", and a line with text behind a quoted
//   value is
//           not read.
//   node_itself  node --env-file: as node, but a byte-order mark becomes part of the first name.
//   docker  the line as it is: quotes and " # …" are part of the value.
//   none    nothing is read.
//
// Carriage returns go in all but `shell`. Variables inside values are left as they are written.
std::vector<Assignment> read_assignments(std::string_view text, Dotenv dialect = Dotenv::shell);

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Whether a byte-order mark becomes part of the first name for this reader, so that the first line sets nothing that is meant.
bool keeps_byte_order_mark(Dotenv dialect);

// False where the text has a NUL or is mostly not text: then it is no .env file.
bool looks_like_text(std::string_view text);

}  // namespace locksmith::doctor::survey
