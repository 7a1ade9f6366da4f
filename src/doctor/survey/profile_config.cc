#include "doctor/survey/profile_config.h"

#include <algorithm>

#include "vocabulary/character.h"
#include "wire/json/json.h"

namespace locksmith::doctor::survey {
namespace {

using wire::json::Kind;
using wire::json::Value;

std::optional<std::string> text_member(Value object, std::string_view name) {
  const auto text = object[name].as_string();
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

}  // namespace

std::string_view read_profile_config(std::string_view json, ProfileConfig& config) {
  wire::json::Reader reader;
  const auto root = reader.parse(json);
  // JavaScript's JSON.parse() takes no byte-order mark.
  if (!root || root->kind() != Kind::object || json.starts_with("\xEF\xBB\xBF"))
    return "is not a valid JSON object";
  const Value authentication = (*root)["authentication"];
  if (authentication.kind() != Kind::object) return "has no \"authentication\"";
  const std::string_view type = authentication["type"].string_or("");
  if (type != "oidc_federation" && type != "user_oauth")
    return "names an authentication.type that the client does not know";
  config.is_login = type == "user_oauth";
  config.base_url = text_member(*root, "base_url");
  config.organization_id = text_member(*root, "organization_id");
  config.workspace_id = text_member(*root, "workspace_id");
  config.federation_rule_id = text_member(authentication, "federation_rule_id");
  config.credentials_path = text_member(authentication, "credentials_path");
  config.client_id = authentication["client_id"].string_or("");
  const Value identity = authentication["identity_token"];
  config.has_identity_token = identity.kind() == Kind::object;
  config.identity_source = identity["source"].string_or("");
  config.identity_path = identity["path"].string_or("");
  return {};
}

bool is_profile_name(std::string_view name) {
  return name != "." && name != ".." && !name.empty() && std::ranges::all_of(name, [](char c) {
           return is_name_char(c) || c == '.' || c == '-';
         });
}

}  // namespace locksmith::doctor::survey
