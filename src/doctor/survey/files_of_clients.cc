#include "doctor/survey/files_of_clients.h"

#include <algorithm>

#include "vocabulary/limits.h"
#include "wire/json/json.h"

namespace locksmith::doctor::survey {
namespace {

using wire::json::Kind;
using wire::json::Value;

// Reads one JSON file; `use` is called with its root. What is wrong with it becomes a remark.
template <class Use>
void with_json(const Machine& machine, const std::string& path, ClientFiles& out, std::vector<Remark>& remarks, Use&& use) {
  const std::size_t before = remarks.size();
  const auto content = machine.read(path, limits::kConfigFile, remarks);
  if (!content) {
    if (remarks.size() != before) out.broken.push_back({machine.shown(path), true});
    return;
  }
  wire::json::Reader reader;
  const auto root = reader.parse(content->reveal());
  if (!root) {
    remarks.push_back({machine.shown(path), "This is not valid JSON, so the client cannot read it either: " + root.error().message});
    out.broken.push_back({machine.shown(path), false});
    return;
  }
  if (root->kind() != Kind::object) {
    remarks.push_back(
        {machine.shown(path), "This JSON file does not hold an object, so nothing was read from it."});
    return;
  }
  use(*root);
}

void read_settings(const Machine& machine, const std::string& path, ClientFiles& out,
                   std::vector<Remark>& remarks) {
  with_json(machine, path, out, remarks, [&](Value root) {
    SettingsFile file;
    file.shown = machine.shown(path);
    file.model = root["model"].string_or("");
    file.has_helper = !root["apiKeyHelper"].string_or("").empty();
    root["env"].for_each_member([&](std::string_view name, Value value) {
      if (const auto text = value.as_string(); text && file.env.size() < limits::kEntriesPerFile) {
        file.env.push_back({std::string(name), Secret(*text), 0});
      }
    });
    out.settings.push_back(std::move(file));
  });
}

void read_claude_login(const Machine& machine, const std::string& path, ClientFiles& out,
                       std::vector<Remark>& remarks) {
  with_json(machine, path, out, remarks, [&](Value root) {
    const Value oauth = root["claudeAiOauth"];
    if (oauth.kind() != Kind::object) return;
    StoredLogin login;
    login.source = "file:" + machine.shown(path);
    login.access_token = Secret(oauth["accessToken"].string_or(""));
    login.has_refresh_token = !oauth["refreshToken"].string_or("").empty();
    login.is_subscription = !oauth["subscriptionType"].string_or("").empty();
    if (const auto at = oauth["expiresAt"].as_integer())
      login.expires_at = Instant(std::chrono::milliseconds(*at));
    out.logins.push_back(std::move(login));
  });
}

void read_claude_state(const Machine& machine, const std::string& path, ClientFiles& out,
                       std::vector<Remark>& remarks) {
  with_json(machine, path, out, remarks, [&](Value root) {
    if (const auto key = root["primaryApiKey"].as_string(); key && !key->empty()) {
      StoredLogin login;
      login.source = "file:" + machine.shown(path);
      login.access_token = Secret(*key);
      login.is_api_key = true;
      out.logins.push_back(std::move(login));
    }
    const auto tails = [&](std::string_view answer, std::vector<std::string>& into) {
      root["customApiKeyResponses"][answer].for_each_element([&](Value tail) {
        const auto text = tail.as_string();
        if (text && text->size() == kApprovalTail && into.size() < limits::kEntriesPerFile)
          into.emplace_back(*text);
      });
    };
    tails("rejected", out.declined_tails);
    tails("approved", out.approved_tails);
  });
}

std::string variable_or(const Machine& machine, std::string_view name, std::string otherwise) {
  const auto value = machine.environment.variable(name);
  return value && !value->empty() ? std::string(value->reveal()) : std::move(otherwise);
}

}  // namespace

ClientFiles read_client_files(const Machine& machine, std::vector<Remark>& remarks) {
  ClientFiles out;
  const std::string here = machine.environment.working_directory();
  const auto home = machine.environment.home();
  const std::string claude = variable_or(machine, "CLAUDE_CONFIG_DIR", home ? *home + "/.claude" : "");
  read_settings(machine,
                machine.environment.os() == world::Os::macos
                    ? "/Library/Application Support/ClaudeCode/managed-settings.json"
                    : "/etc/claude-code/managed-settings.json",
                out, remarks);
  read_settings(machine, here + "/.claude/settings.local.json", out, remarks);
  if (claude != here + "/.claude") read_settings(machine, here + "/.claude/settings.json", out, remarks);
  if (!claude.empty()) {
    read_settings(machine, claude + "/settings.json", out, remarks);
    read_claude_login(machine, claude + "/.credentials.json", out, remarks);
  }
  if (home) read_claude_state(machine, *home + "/.claude.json", out, remarks);
  return out;
}

}  // namespace locksmith::doctor::survey
