#include "doctor/survey/files_of_clients.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "doctor/survey/header_text.h"
#include "vocabulary/limits/input.h"
#include "wire/json/json.h"

namespace locksmith::doctor::survey {
namespace {

using wire::json::Kind;
using wire::json::Value;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kInference = "user:inference";

enum class Role : std::uint8_t { managed, settings, login, state };

struct Reading {
  const Machine& machine;
  ClientFiles& out;
  std::vector<Remark>& remarks;

  // Reads one JSON file; `use` is called with its root. What is wrong with it becomes a remark; a file with nothing in
  // it is as good as none.
  template <class Use>
  void with_json(const std::string& path, Role role, Use&& use) const {
    const std::size_t before = remarks.size();
    const auto content = machine.read(path, limits::kConfigFile, remarks);
    if (!content) {
      if (remarks.size() != before) out.broken.push_back({machine.shown(path), true});
      return;
    }
    wire::json::Reader reader;
    std::string_view text = content->reveal();
    if (role != Role::login && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (trimmed_by_javascript(text).empty() && !text.starts_with(kByteOrderMark)) return;
    const bool readable = !text.starts_with(kByteOrderMark);
    const auto root = readable ? reader.parse(text) : reader.parse("");
    if (root && root->kind() == Kind::object) return use(*root);
    const std::string wrong =
        root ? "This JSON file does not hold an object, so nothing was read from it."
             : "This is not valid JSON, so the client cannot read it either: " + root.error().message;
    remarks.push_back({machine.shown(path), wrong});
    if (!root || role == Role::managed) out.broken.push_back({machine.shown(path), false});
    const bool ends = role == Role::managed || (role == Role::state && !root);
    if (ends && out.no_start.empty()) out.no_start = machine.shown(path);
  }
  void settings(const std::string& path, bool of_project) const;
  void env_of(Value root, SettingsFile& file) const;
  void managed(const std::string& folder) const;
  void login(const std::string& path) const;
  void state(const std::string& path) const;
};

// What JavaScript's String() makes of a value: a number in a settings file's env becomes a text.
std::string as_text(Value value) {
  switch (value.kind()) {
    case Kind::string:
      return std::string(*value.as_string());
    case Kind::boolean:
      return *value.as_boolean() ? "true" : "false";
    case Kind::number: {
      if (const auto whole = value.as_integer()) return std::to_string(*whole);
      std::array<char, 32> digits{};
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *value.as_number()).ptr;
      return {digits.data(), end};
    }
    case Kind::array: {
      std::string all;
      bool first = true;
      value.for_each_element([&](Value element) {
        all += (first ? "" : ",") + as_text(element);
        first = false;
      });
      return all;
    }
    case Kind::object:
      return "[object Object]";
    case Kind::null:
    case Kind::absent:
      break;
  }
  return "null";
}

// Who one is does not come from a project's folder: these count in a user's own settings only.
constexpr std::array<std::string_view, 8> kNotOfProjects{
    "CLAUDE_CODE_OAUTH_TOKEN",      "CLAUDE_CODE_SIMPLE",        "ANTHROPIC_PROFILE",
    "ANTHROPIC_CONFIG_DIR",         "ANTHROPIC_ORGANIZATION_ID", "ANTHROPIC_FEDERATION_RULE_ID",
    "ANTHROPIC_IDENTITY_TOKEN_FILE", "ANTHROPIC_IDENTITY_TOKEN"};

void Reading::env_of(Value root, SettingsFile& file) const {
  root["env"].for_each_member([&](std::string_view name, Value value) {
    if (file.env.size() >= limits::kEntriesPerFile) return;
    if (file.of_project && std::ranges::find(kNotOfProjects, name) != kNotOfProjects.end()) {
      remarks.push_back({file.shown, std::string(name) + " stands here, and Claude Code takes it from no project's settings."});
      return;
    }
    file.env.push_back({std::string(name), Secret(as_text(value)), 0});
  });
}

// Known fields, and what they must be: with another kind of value Claude Code leaves the whole file out, or, of a
// managed file, the field.
struct Field {
  std::string_view name;
  Kind kind;
};
constexpr std::array<Field, 4> kFields{{{"env", Kind::object},
                                        {"apiKeyHelper", Kind::string},
                                        {"permissions", Kind::object},
                                        {"model", Kind::string}}};

std::string_view wrong_field(Value root) {
  const auto* const found = std::ranges::find_if(
      kFields, [&](const Field& field) { return root[field.name] && root[field.name].kind() != field.kind; });
  return found == kFields.end() ? "" : found->name;
}

void Reading::settings(const std::string& path, bool of_project) const {
  with_json(path, Role::settings, [&](Value root) {
    if (const std::string_view wrong = wrong_field(root); !wrong.empty()) {
      remarks.push_back({machine.shown(path), "Its \"" + std::string(wrong) + "\" is of the wrong kind, so Claude Code reads nothing from this file."});
      return;
    }
    SettingsFile file;
    file.shown = machine.shown(path);
    file.of_project = of_project;
    file.model = root["model"].string_or("");
    if (root["apiKeyHelper"]) file.helper = Secret(root["apiKeyHelper"].string_or(""));
    env_of(root, file);
    out.settings.push_back(std::move(file));
  });
}

// managed-settings.json, and over it the files of managed-settings.d, of which the last by name is the strongest.
void Reading::managed(const std::string& folder) const {
  std::vector<std::string> paths{folder + "/managed-settings.json"};
  std::vector<std::string> names = machine.files.list(folder + "/managed-settings.d");
  std::ranges::sort(names);
  for (const std::string& name : names) {
    if (name.ends_with(".json") && !name.starts_with('.')) paths.push_back(folder + "/managed-settings.d/" + name);
  }
  std::ranges::reverse(paths);
  for (const std::string& path : paths) {
    with_json(path, Role::managed, [&](Value root) {
      SettingsFile file;
      file.shown = machine.shown(path);
      file.model = root["model"].string_or("");
      if (const auto command = root["apiKeyHelper"].as_string()) file.helper = Secret(*command);
      env_of(root, file);
      out.settings.push_back(std::move(file));
    });
  }
}

void Reading::login(const std::string& path) const {
  with_json(path, Role::login, [&](Value root) {
    const Value oauth = root["claudeAiOauth"];
    if (oauth.kind() != Kind::object) return;
    StoredLogin login;
    login.source = "file:" + machine.shown(path);
    login.access_token = Secret(oauth["accessToken"].string_or(""));
    login.has_refresh_token = !oauth["refreshToken"].string_or("").empty();
    login.is_subscription = !oauth["subscriptionType"].string_or("").empty();
    oauth["scopes"].for_each_element(
        [&](Value scope) { login.may_infer = login.may_infer || scope.string_or("") == kInference; });
    if (const auto at = oauth["expiresAt"].as_integer())
      login.expires_at = Instant(std::chrono::milliseconds(*at));
    out.logins.push_back(std::move(login));
  });
}

void Reading::state(const std::string& path) const {
  with_json(path, Role::state, [&](Value root) {
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
    SettingsFile file;
    file.shown = machine.shown(path);
    env_of(root, file);
    std::erase_if(file.env, [&](const Assignment& one) {
      const Kind kind = root["env"][one.name].kind();
      return kind == Kind::null || kind == Kind::object || kind == Kind::array;
    });
    if (!file.env.empty()) out.settings.push_back(std::move(file));
  });
}

}  // namespace

std::optional<Secret> SettingsOverlay::variable(std::string_view name) const {
  for (const SettingsFile& file : files_) {
    const auto found = std::ranges::find(file.env, name, &Assignment::name);
    if (found != file.env.end()) return found->value.duplicate();
  }
  return below_.variable(name);
}

ClientFiles read_client_files(const Machine& machine, std::vector<Remark>& remarks) {
  ClientFiles out;
  const Reading read{machine, out, remarks};
  const std::string here = machine.environment.working_directory();
  const auto home = machine.environment.home();
  // An empty CLAUDE_CONFIG_DIR is the working directory where settings are looked for, and none where state is.
  const auto given = machine.environment.variable("CLAUDE_CONFIG_DIR");
  const auto absolute = [&](std::string_view path) {
    if (path.empty()) return here;
    return path.starts_with('/') ? std::string(path) : here + "/" + std::string(path);
  };
  const std::string claude = given ? absolute(given->reveal()) : home ? *home + "/.claude" : "";
  read.managed(machine.environment.os() == world::Os::macos ? "/Library/Application Support/ClaudeCode"
                                                            : "/etc/claude-code");
  read.settings(here + "/.claude/settings.local.json", true);
  if (claude != here + "/.claude") read.settings(here + "/.claude/settings.json", true);
  if (!claude.empty()) {
    read.settings(claude + "/settings.json", false);
    read.login(claude + "/.credentials.json");
  }
  const bool moved = given && !given->empty();
  if (!claude.empty() && machine.files.facts(claude + "/.config.json").exists) {
    read.state(claude + "/.config.json");  // its older name
  } else if (moved || home) {
    read.state((moved ? claude : *home) + "/.claude.json");
  }
  return out;
}

}  // namespace locksmith::doctor::survey
