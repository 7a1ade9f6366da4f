// How a credential goes out, by client and kind: the headers of a probe.
#pragma once

#include <string_view>

#include "doctor/survey/survey.h"
#include "upstream/exchange.h"

namespace locksmith::doctor::examination {

// Adds the version and the credential's headers to the plan. `value` is what is sent: the raw value or its core.
void add_credential(upstream::Plan& plan, survey::Header header, std::string_view value, survey::ClientKind client);

// The other of the two headers, for the test that changes nothing else.
survey::Header other_header(survey::Header header);

}  // namespace locksmith::doctor::examination
