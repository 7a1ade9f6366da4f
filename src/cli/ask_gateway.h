// One question to the admin address of a running gateway, for the commands that show what it knows.
#pragma once

#include <string>

#include "vocabulary/failure.h"

namespace locksmith::cli {

struct GatewayAnswer {
  int status = 0;
  std::string body;
};

// Blocks for at most limits::kAskGateway. `admin`: IP:PORT, or a URL. The token of LOCKSMITH_ADMIN_TOKEN goes with it over TLS and on
// this machine. Failure codes: listen_address_invalid, url_invalid, gateway_not_reached, admin_token_wanted,
// configuration_key_unknown.
Result<GatewayAnswer> ask_gateway(const std::string& admin, const std::string& path);

// Where --admin is not given: LOCKSMITH_ADMIN, else what serve listens on by default.
std::string admin_address(const std::string& given);

}  // namespace locksmith::cli
