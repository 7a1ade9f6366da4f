#include "doctor/examination/account.h"

#include "model/credential/credential.h"
#include "wire/json/json.h"

namespace locksmith::doctor::examination {
namespace {

constexpr std::string_view kPrefix = "sk-ant-api03-";

}  // namespace

std::string key_hint(std::string_view key) {
  key = model::credential::core(key);
  if (!key.starts_with(kPrefix) || key.size() < kPrefix.size() + 16) return {};
  return std::string(key.substr(0, kPrefix.size() + 3)) + "..." + std::string(key.substr(key.size() - 4));
}

std::optional<KeyRecord> find_key(std::string_view page, std::string_view hint, bool& readable) {
  wire::json::Reader reader;
  const auto root = reader.parse(page);
  readable = root && (*root)["data"].kind() == wire::json::Kind::array;
  if (!readable || hint.empty()) return std::nullopt;
  std::optional<KeyRecord> found;
  (*root)["data"].for_each_element([&](wire::json::Value key) {
    if (found || key["partial_key_hint"].string_or("") != hint) return;
    found = KeyRecord{std::string(key["status"].string_or("")), std::string(key["name"].string_or("")),
                      std::string(key["workspace_id"].string_or(key["scope"]["workspace_id"].string_or("")))};
  });
  return found;
}

std::string_view observation_of(const KeyRecord& record) {
  if (record.state == "active") return "account.key-active";
  if (record.state == "expired") return "account.key-past-end-date";
  return "account.key-revoked";
}

}  // namespace locksmith::doctor::examination
