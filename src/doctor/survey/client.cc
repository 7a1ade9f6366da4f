#include "doctor/survey/client.h"

#include <algorithm>
#include <array>

namespace locksmith::doctor::survey {
namespace {

constexpr std::array<std::string_view, 5> kNames{"claude-code", "sdk-typescript-0", "sdk-typescript-1", "sdk-python", "curl"};

constexpr std::array<ClientTraits, 6> kTraits{{
    // any: what is common: a key in x-api-key, the older version, which every endpoint takes
    {.version = "2023-06-01", .key_as_bearer = false, .sends_two = false, .token_first = false, .trims = false,
     .reads_settings = true, .reads_profiles = true, .reads_login = true, .reads_proxy = true},
    {.version = "2023-06-01", .key_as_bearer = false, .sends_two = false, .token_first = true, .trims = true,
     .reads_settings = true, .reads_profiles = true, .reads_login = true, .reads_proxy = true},
    {.version = "2023-06-01", .key_as_bearer = false, .sends_two = true, .token_first = false, .trims = true,
     .reads_settings = false, .reads_profiles = false, .reads_login = false, .reads_proxy = false},
    {.version = "2026-10-21", .key_as_bearer = true, .sends_two = false, .token_first = false, .trims = true,
     .reads_settings = false, .reads_profiles = true, .reads_login = false, .reads_proxy = false},
    {.version = "2026-10-21", .key_as_bearer = true, .sends_two = false, .token_first = false, .trims = false,
     .reads_settings = false, .reads_profiles = true, .reads_login = false, .reads_proxy = true},
    {.version = "2023-06-01", .key_as_bearer = false, .sends_two = false, .token_first = false, .trims = false,
     .reads_settings = false, .reads_profiles = false, .reads_login = false, .reads_proxy = true},
}};

}  // namespace

std::string_view name(ClientKind client) {
  return client == ClientKind::any ? "any client" : kNames[static_cast<std::size_t>(client) - 1];
}

std::optional<ClientKind> client_named(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ClientKind>(found - kNames.begin() + 1);
}

std::span<const std::string_view> client_names() { return kNames; }

const ClientTraits& traits(ClientKind client) { return kTraits[static_cast<std::size_t>(client)]; }

}  // namespace locksmith::doctor::survey
