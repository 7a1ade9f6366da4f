#include "emulator/key_register.h"

#include <fmt/core.h>

#include <array>
#include <variant>

#include "emulator/fault.h"
#include "vocabulary/limits/emulator.h"

namespace locksmith::emulator {
namespace {

using wire::json::Value;

std::unexpected<Failure> invalid(std::string message) {
  return fail(FailureCode("scenario_invalid"), std::move(message),
              "Each key is an object such as {\"credential_sha256\": \"…\", \"state\": \"active\"}.", Blame::user);
}

std::optional<wire::digest::Sha256> digest_of(Value key) {
  if (const auto credential = key["credential"].as_string()) return wire::digest::sha256(*credential);
  if (const auto hex = key["credential_sha256"].as_string()) return wire::digest::from_hex(*hex);
  return std::nullopt;
}

// sk-ant-api03-R2D...igAA: three characters behind the prefix, and the last four.
std::string hint_of(Value key) {
  if (const auto given = key["partial_key_hint"].as_string()) return std::string(*given);
  const std::string_view credential = key["credential"].string_or("");
  constexpr std::size_t kShown = 16;
  if (credential.size() < 2 * kShown) return {};
  return std::string(credential.substr(0, kShown)) + "..." + std::string(credential.substr(credential.size() - 4));
}

bool known_state(std::string_view state) {
  return state == "active" || state == "inactive" || state == "archived" || state == "expired";
}

}  // namespace

Result<std::monostate> KeyRegister::set(Value document) {
  std::map<wire::digest::Sha256, KnownKey> keys;
  std::string mistake;
  std::size_t index = 0;
  document["keys"].for_each_element([&](Value value) {
    constexpr std::array<std::string_view, 6> kMembers{"credential", "credential_sha256", "state", "workspace_id", "name", "partial_key_hint"};
    if (!mistake.empty()) return;
    mistake = unknown_member(value, "keys[" + std::to_string(index++) + "]", kMembers);
    if (!mistake.empty()) return;
    const auto digest = digest_of(value);
    KnownKey key;
    key.state = value["state"].string_or("active");
    key.workspace_id = value["workspace_id"].string_or("");
    key.name = value["name"].string_or("a key");
    key.hint = hint_of(value);
    if (!digest) mistake = "A key has neither \"credential\" nor a \"credential_sha256\" of 64 hexadecimal digits.";
    if (!known_state(key.state)) mistake = "The state of a key is active, inactive, archived or expired.";
    if (digest) keys[*digest] = std::move(key);
  });
  if (document["keys"].kind() != wire::json::Kind::array) mistake = "There is no list \"keys\".";
  if (keys.size() > limits::kEmulatorKeys) mistake = "There are more keys than the emulator keeps.";
  if (!mistake.empty()) return invalid(std::move(mistake));
  keys_ = std::move(keys);
  only_these_ = document["only_these"].as_boolean().value_or(false);
  return std::monostate{};
}

std::string KeyRegister::list() const {
  std::string out;
  wire::json::Writer json(out);
  json.begin_object().key("data").begin_array();
  int number = 0;
  for (const auto& [digest, key] : keys_) {
    const std::string id = fmt::format("apikey_01emulated{:04}", ++number);
    json.begin_object().member("type", "api_key").member("id", std::string_view(id)).member("name", std::string_view(key.name));
    json.member("status", std::string_view(key.state));
    json.key("partial_key_hint");
    key.hint.empty() ? json.null() : json.string(key.hint);
    json.key("workspace_id");
    key.workspace_id.empty() ? json.null() : json.string(key.workspace_id);
    json.end_object();
  }
  json.end_array().member("has_more", false).end_object();
  return out;
}

void KeyRegister::clear() {
  keys_.clear();
  only_these_ = false;
}

const KnownKey* KeyRegister::find(const wire::digest::Sha256& credential) const {
  const auto found = keys_.find(credential);
  return found == keys_.end() ? nullptr : &found->second;
}

}  // namespace locksmith::emulator
