// Where a request goes: a base URL taken apart, strictly enough that nothing is guessed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/failure.h"

namespace locksmith::upstream {

struct Target {
  bool tls = true;
  std::string host;         // without brackets
  std::uint16_t port = 443;
  std::string path_prefix;  // "" or "/anthropic": without the slash at its end
  std::string user_info;    // of a proxy URL: "user:password", percent-encoding kept; see credentials_of()

  // As it goes into the Host field: with brackets around IPv6, without the scheme's own port.
  std::string authority() const;
};

// http:// and https:// only (RFC 3986). Failure code: url_invalid; its message never quotes the text, which may hold a
// password.
Result<Target> parse_target(std::string_view url);

// A proxy variable as people write it: with or without http://, with user:password@. Failure codes: url_invalid,
// proxy_scheme_unsupported.
Result<Target> parse_proxy(std::string_view text);

// user_info as it goes into Basic: percent-encoding undone, with a colon also where there is no password (RFC 7617). A
// secret: for Proxy-Authorization alone. Empty where the URL names nobody.
std::string credentials_of(const Target& proxy);


}  // namespace locksmith::upstream
