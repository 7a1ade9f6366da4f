// From what a probe saw to the members of the evidence document. Pure.
#pragma once

#include <string>

#include "model/evidence/evidence.h"
#include "upstream/exchange.h"

namespace locksmith::doctor::examination {

// Fills error, stream and observations from a failed exchange.
void describe_failure(const upstream::Observed& seen, model::evidence::Evidence& evidence);

// A 2xx whose body is a JSON object: what the API answers. A web page with 200 is somebody else's.
bool is_api_answer(const upstream::Observed& seen);

// One line for people: "401 authentication_error, 43 ms" or "no answer within 6.0 s".
std::string summary(const upstream::Observed& seen);

// This machine's clock minus the server's Date, in seconds; nullopt where there was no usable Date.
std::optional<double> clock_skew(const upstream::Observed& seen);

}  // namespace locksmith::doctor::examination
