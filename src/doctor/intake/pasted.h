// An error as it is pasted: with the commands before it, what they printed, the request that was sent, and whose error it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/intake/curl_command.h"
#include "doctor/intake/error_owner.h"
#include "model/evidence/evidence.h"
#include "vocabulary/failure.h"

namespace locksmith::doctor::intake {

struct Pasted {
  model::evidence::Evidence evidence;  // redacted
  std::string other_service;           // whose error it is, where it is not Claude's; then no cause is to be looked for
};

Pasted read_pasted(std::string_view text, const ErrorOwners& owners);

// Curl commands with their answers, where these stand below them: an answer's text, status and headers are part of its
// command's evidence. Failure codes: curl_invalid.
Result<std::vector<CurlReading>> read_pasted_curl(std::string_view text);

}  // namespace locksmith::doctor::intake
