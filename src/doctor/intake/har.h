// A HAR file, as a browser or a recording proxy saves it: what failed of the calls to Claude, each as
// evidence.
//
// A HAR file holds cookies, keys and conversations. Nothing of them is kept: header fields of the request are
// described (request_shown.h), of the answer only those that a diagnosis uses are taken, and bodies only
// where they are errors.
//
// The entries are read one by one, so that a file which breaks off in the middle gives what stands before the
// break.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/intake/timestamp.h"
#include "model/evidence/evidence.h"
#include "vocabulary/failure.h"

namespace locksmith::doctor::intake {

struct HarFinding {
  model::evidence::Evidence evidence;
  bool failed = true;       // false: it worked, but shows something that must not be (a key in a web page)
  std::uint64_t count = 0;  // entries that are alike: same address, status, type and error
  std::size_t first_entry = 0;  // from 1
  std::optional<Timestamp> first, last;
};

struct HarReading {
  std::vector<HarFinding>
      findings;               // failures in the order in which they happened, then what merely must not be
  std::size_t entries = 0;    // in the file
  std::size_t to_claude = 0;  // of them, to the API or the Claude apps
  std::vector<std::string> remarks;  // for people: what was left out, and why
  std::string complaint;             // the first thing that is not in order, with its line; empty: nothing
};

// Failure codes: har_invalid (no list of entries stands in it).
Result<HarReading> read_har(std::string_view text);

}  // namespace locksmith::doctor::intake
