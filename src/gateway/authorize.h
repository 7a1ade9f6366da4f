// Step 3, of the head: this key may use this endpoint. What a body asks for is read in body_reading.h.
#pragma once

#include <string_view>

#include "gateway/admit.h"
#include "gateway/refusal.h"
#include "gateway/settings.h"

namespace locksmith::gateway {

// Does the client only ask whether anything answers? Nobody needs a key for that.
bool is_probe(const Admitted& request);

// Before the body is read. Sets the row of a path that the settings list.
Why authorize_endpoint(Admitted& request, std::string_view path, const Settings& settings);

}  // namespace locksmith::gateway
