#include "doctor/survey/profiles.h"

#include <algorithm>
#include <array>

#include "doctor/survey/profile_config.h"
#include "vocabulary/limits/input.h"
#include "wire/json/json.h"

namespace locksmith::doctor::survey {
namespace {

// With less than this left of a stored token, the SDK fetches another (lib/credentials/types.ts).
constexpr auto kRefreshAhead = 30s;
constexpr std::size_t kLargestAssertion = 16 * 1024;  // of the token endpoint; the SDK refuses more

std::string without_slashes(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

class Reading {
 public:
  Reading(const Machine& machine, const ClientTraits& traits) : machine_(machine), traits_(traits) {}
  std::vector<ProfileSource> run();

 private:
  // The variable as the client takes it: "" where it is not set, or counts as not set.
  std::string variable(std::string_view name) const {
    const std::string text = machine_.text_of(name);
    return traits_.trims ? std::string(trimmed_by_javascript(text)) : text;
  }
  std::string absolute(const std::string& path) const {
    return path.starts_with('/') ? path : machine_.environment.working_directory() + "/" + path;
  }
  std::string folder() const;
  std::optional<std::string> pointer(ProfileSource& broken) const;
  ProfileSource profile(const std::string& name, bool must_exist) const;
  bool read_config(const std::string& path, bool must_exist, ProfileSource& out, ProfileConfig& config) const;
  void fill(ProfileConfig& config) const;
  void use_login(const ProfileConfig& config, const std::string& path, ProfileSource& out) const;
  void use_federation(const ProfileConfig& config, const std::string& path, ProfileSource& out) const;
  void check_identity(const ProfileConfig& config, ProfileSource& out) const;
  bool is_safe(const std::string& path, ProfileSource& out) const;
  bool read_stored(const std::string& path, ProfileSource& out) const;
  std::optional<ProfileSource> federation() const;

  const Machine& machine_;
  const ClientTraits& traits_;
  std::string folder_;
};

void break_early(ProfileSource& out, std::string why) {
  out.problem = std::move(why);
  out.early = true;
}

std::string Reading::folder() const {
  if (const std::string given = variable("ANTHROPIC_CONFIG_DIR"); !given.empty()) return absolute(given);
  const std::string xdg = traits_.xdg ? variable("XDG_CONFIG_HOME") : "";
  if (!xdg.empty()) return absolute(xdg) + "/anthropic";
  const std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.config/anthropic";
}

// What active_config names; nullopt where it names none or cannot be read (then `broken` says why).
std::optional<std::string> Reading::pointer(ProfileSource& broken) const {
  const auto content = machine_.files.read(folder_ + "/active_config", 4_KiB);
  if (!content) {
    if (content.error().code.name() == "file_not_found") return std::nullopt;
    broken.source = "file:" + machine_.shown(folder_ + "/active_config");
    broken.unreadable = true;
    broken.no_config = true;
    break_early(broken, "active_config cannot be read: " + content.error().message);
    return std::nullopt;
  }
  const std::string name(trimmed_by_javascript(content->reveal()));
  return name.empty() ? std::nullopt : std::optional(name);
}

bool Reading::read_config(const std::string& path, bool must_exist, ProfileSource& out,
                          ProfileConfig& config) const {
  out.no_config = true;
  const std::string shown = machine_.shown(path);
  const auto content = machine_.files.read(path, limits::kConfigFile);
  if (!content) {
    const bool missing = content.error().code.name() == "file_not_found";
    out.passed_over = missing && !must_exist;
    if (out.passed_over) return false;
    out.unreadable = true;
    break_early(out, missing ? "The profile is asked for, but " + shown + " does not exist."
                             : shown + ": " + content.error().message);
    return false;
  }
  const std::string_view wrong = read_profile_config(content->reveal(), config);
  out.no_config = !wrong.empty();
  if (!wrong.empty()) break_early(out, shown + " " + std::string(wrong) + ".");
  return wrong.empty();
}

// What the file leaves open is filled from the variables; what it says stands.
void Reading::fill(ProfileConfig& config) const {
  if (!config.organization_id) config.organization_id = variable("ANTHROPIC_ORGANIZATION_ID");
  if (!config.workspace_id) config.workspace_id = variable("ANTHROPIC_WORKSPACE_ID");
  if (config.federation_rule_id.value_or("").empty())
    config.federation_rule_id = variable("ANTHROPIC_FEDERATION_RULE_ID");
  if (config.has_identity_token) return;
  config.identity_path = variable("ANTHROPIC_IDENTITY_TOKEN_FILE");
  config.has_identity_token = !config.identity_path.empty();
  config.identity_source = "file";
}

ProfileSource Reading::profile(const std::string& name, bool must_exist) const {
  ProfileSource out;
  out.source = "profile:" + (is_profile_name(name) ? name : std::string("?"));
  if (!is_profile_name(name)) {
    out.no_config = true;
    break_early(out, "The profile's name has a character that no profile may have.");
    return out;
  }
  ProfileConfig config;
  if (!read_config(folder_ + "/configs/" + name + ".json", must_exist, out, config)) return out;
  fill(config);
  if (config.base_url) out.base_url = traits_.two_headers ? *config.base_url : without_slashes(*config.base_url);
  const std::string own = config.credentials_path.value_or("");
  const std::string path = own.empty() ? folder_ + "/credentials/" + name + ".json" : absolute(own);
  if (config.is_login) {
    out.workspace_id = config.workspace_id.value_or("");
    use_login(config, path, out);
  } else {
    use_federation(config, path, out);
  }
  return out;
}

// The SDK refuses a credentials file that others on the machine may read or write, and says so.
bool Reading::is_safe(const std::string& path, ProfileSource& out) const {
  const world::FileFacts facts = machine_.files.facts(path);
  if (!facts.exists || (facts.mode & 0066U) == 0) return true;
  out.unreadable = true;
  out.problem = machine_.shown(path) + " may be " + ((facts.mode & 0022U) != 0 ? "written" : "read") +
                " by others, so the client refuses it: chmod 600.";
  return false;
}

// Whether the file gives a token that may be sent as it is.
bool Reading::read_stored(const std::string& path, ProfileSource& out) const {
  const auto content = machine_.files.read(path, limits::kConfigFile);
  out.unreadable = !content;
  if (!content) return false;
  wire::json::Reader reader;
  const auto root = reader.parse(content->reveal());
  if (!root || root->kind() != wire::json::Kind::object) return false;
  out.token = Secret((*root)["access_token"].string_or(""));
  out.has_refresh_token = !(*root)["refresh_token"].string_or("").empty();
  if (const auto at = (*root)["expires_at"].as_integer()) {
    constexpr std::int64_t kYear2200 = 7'258'118'400;  // later ones would not fit an Instant
    out.expires_at = Instant(std::chrono::seconds(std::clamp<std::int64_t>(*at, 0, kYear2200)));
  }
  return !out.token.empty() && (!out.expires_at || machine_.now < *out.expires_at - kRefreshAhead);
}

void Reading::use_login(const ProfileConfig& config, const std::string& path, ProfileSource& out) const {
  if (!is_safe(path, out) || read_stored(path, out)) return;
  if (out.token.empty()) {
    out.no_file = !machine_.files.facts(path).exists;
    out.problem = machine_.shown(path) + " is missing or holds no access_token: log in again.";
  } else if (config.client_id.empty() || !out.has_refresh_token) {
    out.problem = "The stored token has expired and cannot be renewed: log in again.";
  } else {
    out.exchanged = true;
    out.note = "expired; a new token is fetched first";
  }
}

void Reading::check_identity(const ProfileConfig& config, ProfileSource& out) const {
  if (config.has_identity_token) {
    if (config.identity_source != "file")
      return break_early(out, "The profile's identity_token.source is not \"file\".");
    if (config.identity_path.empty()) return break_early(out, "The profile's identity_token has no path.");
  } else if (variable("ANTHROPIC_IDENTITY_TOKEN").empty()) {
    return break_early(out, "Federation lacks an identity token: set ANTHROPIC_IDENTITY_TOKEN_FILE.");
  }
  if (config.federation_rule_id.value_or("").empty()) {
    return break_early(out, "Federation lacks its rule: set ANTHROPIC_FEDERATION_RULE_ID.");
  }
  if (config.organization_id.value_or("").empty()) {
    return break_early(out, "Federation lacks the organization: set ANTHROPIC_ORGANIZATION_ID.");
  }
}

// `path` is where fetched tokens are kept; empty: nowhere.
void Reading::use_federation(const ProfileConfig& config, const std::string& path, ProfileSource& out) const {
  out.federated = true;
  check_identity(config, out);
  if (!out.problem.empty()) return;
  if (!path.empty()) {
    if (!is_safe(path, out)) return;
    if (read_stored(path, out)) return;
    out.token = Secret();
  }
  std::size_t size = variable("ANTHROPIC_IDENTITY_TOKEN").size();
  out.unreadable = false;
  if (config.has_identity_token) {
    const auto content = machine_.files.read(absolute(config.identity_path), limits::kConfigFile);
    size = content ? trimmed_by_javascript(content->reveal()).size() : 0;
    out.unreadable = !content;
  }
  if (size == 0) out.problem = "The identity token's file is missing or empty.";
  if (size > kLargestAssertion) out.problem = "The identity token is larger than the API takes (16 KiB).";
  out.exchanged = out.problem.empty();
  if (out.exchanged) out.note = "the identity token is exchanged for an access token first";
}

// Federation by variables alone; nullopt where neither a rule nor an identity token is set.
std::optional<ProfileSource> Reading::federation() const {
  const bool has_token =
      !variable("ANTHROPIC_IDENTITY_TOKEN_FILE").empty() || !variable("ANTHROPIC_IDENTITY_TOKEN").empty();
  const bool has_rule = !variable("ANTHROPIC_FEDERATION_RULE_ID").empty();
  const bool has_organization = !variable("ANTHROPIC_ORGANIZATION_ID").empty();
  if (!has_rule && !has_token) return std::nullopt;
  ProfileSource out;
  out.source = "env:ANTHROPIC_FEDERATION_RULE_ID";
  ProfileConfig config;
  fill(config);
  use_federation(config, "", out);
  const std::array<std::pair<std::string_view, bool>, 3> needed{
      {{"ANTHROPIC_FEDERATION_RULE_ID", has_rule},
       {"ANTHROPIC_ORGANIZATION_ID", has_organization},
       {"ANTHROPIC_IDENTITY_TOKEN_FILE", has_token}}};
  std::string missing;
  for (const auto& [name, is_set] : needed) {
    if (!is_set) missing += (missing.empty() ? "" : ", ") + std::string(name);
  }
  if (missing.empty()) return out;
  out.incomplete = true;
  out.note = "federation is incomplete: missing " + missing;
  // Without the rule and the organization there is no federation that could fail.
  out.passed_over = !has_rule || !has_organization;
  return out;
}

std::vector<ProfileSource> Reading::run() {
  std::vector<ProfileSource> found;
  folder_ = folder();
  if (folder_.empty() || traits_.profiles == ProfileRule::none) return found;
  const std::string named = variable("ANTHROPIC_PROFILE");
  ProfileSource broken;
  const auto pointed = named.empty() ? pointer(broken) : std::nullopt;
  const bool by_file = traits_.profiles == ProfileRule::file_first;
  const bool explicitly = !named.empty() || (traits_.profiles == ProfileRule::explicit_first &&
                                             (pointed || !variable("ANTHROPIC_CONFIG_DIR").empty()));
  const bool must_exist = explicitly && !by_file;

  auto federated = federation();
  if (federated && !federated->incomplete && !must_exist && !by_file) {
    found.push_back(std::move(*federated));
    federated.reset();
  }
  ProfileSource profile =
      broken.problem.empty() ? this->profile(!named.empty() ? named : pointed.value_or("default"), must_exist)
                             : std::move(broken);
  const bool there = !profile.passed_over;
  if (there) found.push_back(std::move(profile));
  if (!federated) return found;
  if (must_exist || (by_file && there)) {
    federated->passed_over = true;
    federated->note = must_exist ? "a profile is named, so federation is not looked at"
                                 : "a profile's file is there and comes first";
  }
  found.push_back(std::move(*federated));
  return found;
}

}  // namespace

std::vector<ProfileSource> read_profiles(const Machine& machine, const ClientTraits& traits) {
  return Reading(machine, traits).run();
}

}  // namespace locksmith::doctor::survey
