// Which credential a request carries, and whether the API would take it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "emulator/answer.h"
#include "emulator/key_register.h"
#include "model/credential/credential.h"
#include "wire/digest/sha256.h"

namespace locksmith::emulator {

enum class CredentialHeader { none, api_key, bearer, other_authorization };

// What a request carried; the value itself is a view into the request and goes no further than this.
struct Carried {
  CredentialHeader header = CredentialHeader::none;
  std::string_view value;
  model::credential::Examined examined;
  std::optional<wire::digest::Sha256> digest;
};

// x-api-key before Authorization where both are there (which the real API does is not documented); an empty value is
// none.
Carried find_credential(const wire::http1::Fields& fields);

struct Identity {
  std::string organization_id;
  std::string workspace_id;
};

struct Refused {
  std::string message;  // of a 401
};

// The rules of the API: a key in either header; an OAuth token as Bearer with its beta only; the rest is refused.
std::variant<Identity, Refused> authenticate(const Carried& carried, const wire::http1::Fields& fields,
                                             const KeyRegister& keys);

// The one organization of the emulator.
inline constexpr std::string_view kOrganization = "00000000-1111-4222-8333-444444444444";
inline constexpr std::string_view kDefaultWorkspace = "wrkspc_01EmulatorDefault0000000";

}  // namespace locksmith::emulator
