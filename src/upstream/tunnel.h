// Asking an HTTP proxy for a way to a target (CONNECT, RFC 9110 section 9.3.6).
#pragma once

#include <string>

#include "upstream/target.h"

namespace locksmith::upstream {

// The request, with the proxy's own credentials where its URL has some: a secret then, to be wiped. Nothing in it is the target's.
std::string connect_request(const Target& target, const Target& proxy);

}  // namespace locksmith::upstream
