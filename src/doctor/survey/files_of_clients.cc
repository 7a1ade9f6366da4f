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
void with_json(const Machine& machine, const std::string& path, std::vector<Remark>& remarks, Use&& use) {
  const auto content = machine.read(path, limits::kConfigFile, remarks);
  if (!content) return;
  wire::json::Reader reader;
  const auto root = reader.parse(content->reveal());
  if (!root) {
    remarks.push_back({machine.shown(path), "This is not valid JSON, so the client cannot read it either."});
    return;
  }
  if (root->kind() != Kind::object) {
    remarks.push_back({machine.shown(path), "This JSON file does not hold an object, so nothing was read from it."});
    return;
  }
  use(*root);
}

void read_settings(const Machine& machine, const std::string& path, ClientFiles& out, std::vector<Remark>& remarks) {
  with_json(machine, path, remarks, [&](Value root) {
    SettingsFile file;
    file.shown = machine.shown(path);
    file.has_helper = !root["apiKeyHelper"].string_or("").empty();
    root["env"].for_each_member([&](std::string_view name, Value value) {
      if (const auto text = value.as_string(); text && file.env.size() < limits::kEntriesPerFile) {
        file.env.push_back({std::string(name), Secret(*text), 0});
      }
    });
    out.settings.push_back(std::move(file));
  });
}

void read_claude_login(const Machine& machine, const std::string& path, ClientFiles& out, std::vector<Remark>& remarks) {
  with_json(machine, path, remarks, [&](Value root) {
    const Value oauth = root["claudeAiOauth"];
    if (oauth.kind() != Kind::object) return;
    StoredLogin login;
    login.source = "file:" + machine.shown(path);
    login.access_token = Secret(oauth["accessToken"].string_or(""));
    login.has_refresh_token = !oauth["refreshToken"].string_or("").empty();
    login.is_subscription = !oauth["subscriptionType"].string_or("").empty();
    if (const auto at = oauth["expiresAt"].as_integer()) login.expires_at = Instant(std::chrono::milliseconds(*at));
    out.logins.push_back(std::move(login));
  });
}

void read_claude_state(const Machine& machine, const std::string& path, ClientFiles& out, std::vector<Remark>& remarks) {
  with_json(machine, path, remarks, [&](Value root) {
    if (const auto key = root["primaryApiKey"].as_string(); key && !key->empty()) {
      StoredLogin login;
      login.source = "file:" + machine.shown(path);
      login.access_token = Secret(*key);
      login.is_api_key = true;
      out.logins.push_back(std::move(login));
    }
    root["customApiKeyResponses"]["rejected"].for_each_element([&](Value tail) {
      if (const auto text = tail.as_string(); text && text->size() == 20 && out.declined_tails.size() < limits::kEntriesPerFile) {
        out.declined_tails.emplace_back(*text);
      }
    });
  });
}

std::optional<Instant> parse_time(Value value) {
  if (const auto seconds = value.as_integer()) {
    // Seconds or milliseconds since 1970: the second would be in the year 33658 for any date of ours.
    return *seconds > 100'000'000'000 ? Instant(std::chrono::milliseconds(*seconds)) : Instant(std::chrono::seconds(*seconds));
  }
  return std::nullopt;
}

void read_profile(const Machine& machine, const std::string& folder, ClientFiles& out, std::vector<Remark>& remarks) {
  std::string profile = "default";
  if (const auto named = machine.environment.variable("ANTHROPIC_PROFILE"); named && !named->empty()) {
    profile = named->reveal();
  } else if (const auto active = machine.read(folder + "/active_config", 4_KiB, remarks)) {
    profile = active->reveal();
    while (!profile.empty() && (profile.back() == '\n' || profile.back() == ' ')) profile.pop_back();
  }
  // ^[A-Za-z0-9_.-]+$ is the CLI's own rule; it also keeps the name from leaving the folder.
  const bool valid = !profile.empty() && profile.front() != '.' && std::ranges::all_of(profile, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  });
  if (!valid) {
    remarks.push_back({"ANTHROPIC_PROFILE", "The profile's name has a character that no profile may have."});
    return;
  }
  with_json(machine, folder + "/credentials/" + profile + ".json", remarks, [&](Value root) {
    StoredLogin login;
    login.source = "profile:" + profile;
    login.access_token = Secret(root["access_token"].string_or(""));
    login.has_refresh_token = !root["refresh_token"].string_or("").empty();
    login.expires_at = parse_time(root["expires_at"]);
    login.is_profile = true;
    out.logins.push_back(std::move(login));
  });
}

std::string variable_or(const Machine& machine, std::string_view name, std::string otherwise) {
  const auto value = machine.environment.variable(name);
  return value && !value->empty() ? std::string(value->reveal()) : std::move(otherwise);
}

}  // namespace

std::optional<Secret> Machine::read(const std::string& path, ByteCount limit, std::vector<Remark>& remarks) const {
  auto content = files.read(path, limit);
  if (content) return std::move(*content);
  if (content.error().code.name() != "file_not_found") remarks.push_back({shown(path), content.error().message});
  return std::nullopt;
}

std::string Machine::shown(const std::string& path) const {
  const std::string here = environment.working_directory() + "/";
  if (here.size() > 1 && path.starts_with(here)) return path.substr(here.size());
  const auto home = environment.home();
  if (home && home->size() > 1 && path.starts_with(*home + "/")) return "~" + path.substr(home->size());
  return path;
}

ClientFiles read_client_files(const Machine& machine, std::vector<Remark>& remarks) {
  ClientFiles out;
  const std::string here = machine.environment.working_directory();
  const auto home = machine.environment.home();
  const std::string claude = variable_or(machine, "CLAUDE_CONFIG_DIR", home ? *home + "/.claude" : "");
  read_settings(machine,
                machine.environment.os() == world::Os::macos ? "/Library/Application Support/ClaudeCode/managed-settings.json"
                                                             : "/etc/claude-code/managed-settings.json",
                out, remarks);
  read_settings(machine, here + "/.claude/settings.local.json", out, remarks);
  if (claude != here + "/.claude") read_settings(machine, here + "/.claude/settings.json", out, remarks);
  if (!claude.empty()) {
    read_settings(machine, claude + "/settings.json", out, remarks);
    read_claude_login(machine, claude + "/.credentials.json", out, remarks);
  }
  if (home) read_claude_state(machine, *home + "/.claude.json", out, remarks);
  const std::string xdg = variable_or(machine, "XDG_CONFIG_HOME", home ? *home + "/.config" : "");
  const std::string profiles = variable_or(machine, "ANTHROPIC_CONFIG_DIR", xdg.empty() ? "" : xdg + "/anthropic");
  if (!profiles.empty()) read_profile(machine, profiles, out, remarks);
  return out;
}

}  // namespace locksmith::doctor::survey
