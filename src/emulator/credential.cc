#include "emulator/credential.h"

#include "vocabulary/character.h"
#include "wire/http1/fields.h"

namespace locksmith::emulator {
namespace {

using model::credential::Shape;

constexpr std::string_view kOauthBeta = "oauth-2025-04-20";
constexpr std::string_view kLacksBeta = "OAuth authentication is currently not supported.";
// A real API key has exactly this many characters; a token was refused at 90 and taken at 108.
constexpr std::size_t kKeyLength = 108;
constexpr std::size_t kLeastTokenLength = 100;

bool starts_with_bearer(std::string_view value) {
  return value.size() > 7 && wire::http1::same_name(value.substr(0, 7), "bearer ");
}

Carried carry(CredentialHeader header, std::string_view value) {
  return {header, value, model::credential::examine(value), wire::digest::sha256(value)};
}

bool whole_key(const Carried& carried) {
  return carried.examined.shape == Shape::api_key && carried.examined.flaws.empty() &&
         carried.value.size() == kKeyLength && carried.value.ends_with("AA");
}

bool whole_token(const Carried& carried) {
  return carried.examined.shape == Shape::oauth_token && carried.examined.flaws.empty() &&
         carried.value.size() >= kLeastTokenLength;
}

Refused unknown(const Carried& carried) {
  return {carried.header == CredentialHeader::api_key ? "invalid x-api-key" : "Invalid bearer token"};
}

}  // namespace

Carried find_credential(const wire::http1::Fields& fields) {
  const auto key = fields.find("x-api-key");
  if (key && !key->empty()) return carry(CredentialHeader::api_key, *key);
  const auto authorization = fields.find("authorization");
  if (!authorization || authorization->empty()) return {};
  if (!starts_with_bearer(*authorization)) return carry(CredentialHeader::other_authorization, *authorization);
  const std::string_view token = trimmed_left(authorization->substr(7), is_blank);
  if (token.empty()) return {};
  return carry(CredentialHeader::bearer, token);
}

std::variant<Identity, Refused> authenticate(const Carried& carried, const wire::http1::Fields& fields,
                                             const KeyRegister& keys) {
  const Identity accepted{std::string(kOrganization), std::string(kDefaultWorkspace)};
  switch (carried.header) {
    case CredentialHeader::none:
    case CredentialHeader::other_authorization:
      return Refused{"x-api-key header is required"};
    case CredentialHeader::api_key:
    case CredentialHeader::bearer:
      break;
  }
  if (const KnownKey* known = keys.find(*carried.digest); known != nullptr) {
    const bool is_login = carried.examined.shape == Shape::oauth_token;
    if (known->state != "active" || (is_login && carried.header == CredentialHeader::api_key)) return unknown(carried);
    if (is_login && !fields.lists("anthropic-beta", kOauthBeta)) return Refused{std::string(kLacksBeta)};
    return known->workspace_id.empty() ? accepted : Identity{accepted.organization_id, known->workspace_id};
  }
  if (keys.only_these()) return unknown(carried);
  if (whole_key(carried)) return accepted;
  if (carried.header == CredentialHeader::bearer && whole_token(carried)) {
    if (fields.lists("anthropic-beta", kOauthBeta)) return accepted;
    return Refused{std::string(kLacksBeta)};
  }
  return unknown(carried);
}

}  // namespace locksmith::emulator
