// A virtual key in a text where none belongs: as it is, or percent-encoded, as a reader behind the gateway or of its log might
// decode it.
#pragma once

#include <string_view>

namespace locksmith::gateway {

// True where a whole key stands anywhere in it: "Basic KEY", a cookie, a parameter. Allocates only where something is encoded.
bool holds_key(std::string_view text);

// The text up to a credential of ours or of the API's that may stand in it, for logs: base URLs and configurations with a key in
// the wrong place are among what makes requests fail.
std::string_view without_credential(std::string_view text);

}  // namespace locksmith::gateway
