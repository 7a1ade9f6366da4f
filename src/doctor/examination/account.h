// What the Admin API says of a key, found by a hint that is computed here: the key itself is not sent for it. Pure.
//
// Source: the Admin API's key object has partial_key_hint, such as sk-ant-api03-R2D...igAA: three characters behind the
// prefix and the last four.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace locksmith::doctor::examination {

// The hint of a key; empty for what is no API key.
std::string key_hint(std::string_view key);

struct KeyRecord {
  std::string state;         // active | inactive | archived | expired
  std::string name;          // as its owner called it
  std::string workspace_id;  // empty: the default workspace
};

// The key of that hint in one page of GET /v1/organizations/api_keys; nullopt where the page does not list it. `readable`
// tells a page that is none from one that does not have the key.
std::optional<KeyRecord> find_key(std::string_view page, std::string_view hint, bool& readable);

// The observation that the state is: account.key-active, account.key-revoked, account.key-past-end-date.
std::string_view observation_of(const KeyRecord& record);

}  // namespace locksmith::doctor::examination
