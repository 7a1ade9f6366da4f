// configs/<profile>.json: how a profile gets its token, and for what it is.
//
// Source: the TypeScript SDK's core/credentials.ts (1.12.0).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace locksmith::doctor::survey {

struct ProfileConfig {
  bool is_login = false;  // user_oauth; else oidc_federation
  std::optional<std::string> base_url, organization_id, workspace_id, federation_rule_id, credentials_path;
  std::string client_id;
  bool has_identity_token = false;
  std::string identity_source, identity_path;
};

// What is wrong with it, for people, or "". Fills `config` where nothing is.
std::string_view read_profile_config(std::string_view json, ProfileConfig& config);

// ^[A-Za-z0-9_.-]+$, the SDK's own rule; it also keeps a name from leaving its folder.
bool is_profile_name(std::string_view name);

}  // namespace locksmith::doctor::survey
