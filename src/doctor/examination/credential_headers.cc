#include "doctor/examination/credential_headers.h"

#include <algorithm>

namespace locksmith::doctor::examination {
namespace {

using survey::Header;

constexpr std::string_view kOauthBeta = "oauth-2025-04-20";  // SDK credentials/types.ts; without it a login token gets 401

Secret bearer(std::string_view value) {
  std::string text = "Bearer " + std::string(value);
  Secret secret(text);
  wipe(text.data(), text.size());
  return secret;
}

}  // namespace

void add_credential(upstream::Plan& plan, Header header, std::string_view value, survey::ClientKind client) {
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(plan.credentials, [&](const auto& field) { return field.first == name; });
  };
  if (!has("anthropic-version")) plan.headers.emplace_back("anthropic-version", survey::traits(client).version);
  if (header == Header::x_api_key || header == Header::both) plan.credentials.emplace_back("x-api-key", Secret(value));
  if (header != Header::x_api_key) plan.credentials.emplace_back("authorization", bearer(value));
  if (header == Header::bearer_oauth && !has("anthropic-beta")) plan.headers.emplace_back("anthropic-beta", kOauthBeta);
}

Header other_header(Header header) { return header == Header::x_api_key ? Header::bearer : Header::x_api_key; }

}  // namespace locksmith::doctor::examination
