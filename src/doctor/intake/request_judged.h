// What a request shows to be wrong before anybody answers it: two headers of one name, a credential where nobody reads it, a
// path or a model that the API does not have. Shared by all readers that see a request: curl commands and recordings.
#pragma once

#include <string_view>

#include "model/evidence/evidence.h"

namespace locksmith::doctor::intake {

// Notes what the request's address, method and header fields show, as observations. Where header fields come from a file that
// was not read (headers_known is false), nothing is said to be missing.
void judge_request(model::evidence::Evidence& evidence);

// The "model" of a JSON body, and its faults; nothing where the body is no Messages request.
void note_body(model::evidence::Evidence& evidence, std::string_view body);

}  // namespace locksmith::doctor::intake
