// Curl commands as people paste them: what each would send, judged before anything is sent. Nothing is
// executed, no file is read, no variable is looked up.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/evidence/evidence.h"
#include "vocabulary/failure.h"

namespace locksmith::doctor::intake {

struct CurlReading {
  model::evidence::Evidence evidence;
  std::vector<std::string> remarks;  // for people: what was not judged, and why
  std::string complaint;             // what the shell would stumble over, with its line; empty: nothing
};

// One reading a request: a script may hold several commands, and one command several requests (--next).
// Failure codes: curl_invalid (no curl command stands in the text).
Result<std::vector<CurlReading>> read_curl(std::string_view text);

}  // namespace locksmith::doctor::intake
