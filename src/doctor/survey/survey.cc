#include "doctor/survey/survey.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "doctor/survey/dotenv.h"
#include "doctor/survey/files_of_clients.h"
#include "doctor/survey/observe.h"
#include "doctor/survey/profiles.h"
#include "doctor/survey/resolve.h"
#include "model/credential/credential.h"
#include "vocabulary/limits.h"

namespace locksmith::doctor::survey {
namespace {

// Variables that hold a credential, and their place in the chains. Those without one are what people write
// instead.
struct CredentialVariable {
  std::string_view name;
  std::optional<Slot> slot;
};
constexpr std::array<CredentialVariable, 7> kCredentialVariables{
    {{"ANTHROPIC_API_KEY", Slot::key},
     {"ANTHROPIC_AUTH_TOKEN", Slot::token},
     {"CLAUDE_CODE_OAUTH_TOKEN", Slot::login_variable},
     {"CLAUDE_API_KEY", std::nullopt},
     {"ANTHROPIC_KEY", std::nullopt},
     {"ANTHROPIC_TOKEN", std::nullopt},
     {"ANTHROPIC_APIKEY", std::nullopt}}};

// Settings that decide where a request goes and whether it gets there.
constexpr std::array<std::string_view, 18> kSettingVariables{"ANTHROPIC_BASE_URL",
                                                             "ANTHROPIC_MODEL",
                                                             "https_proxy",
                                                             "HTTPS_PROXY",
                                                             "http_proxy",
                                                             "HTTP_PROXY",
                                                             "all_proxy",
                                                             "ALL_PROXY",
                                                             "NO_PROXY",
                                                             "no_proxy",
                                                             "NODE_EXTRA_CA_CERTS",
                                                             "SSL_CERT_FILE",
                                                             "SSL_CERT_DIR",
                                                             "REQUESTS_CA_BUNDLE",
                                                             "CURL_CA_BUNDLE",
                                                             "ANTHROPIC_WORKSPACE_ID",
                                                             "ANTHROPIC_ORGANIZATION_ID",
                                                             "ANTHROPIC_CUSTOM_HEADERS"};

// Claude Code's switches to another provider, and the provider's word in the evidence document.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kProviderSwitches{
    {{"CLAUDE_CODE_USE_BEDROCK", "bedrock"},
     {"CLAUDE_CODE_USE_VERTEX", "vertex"},
     {"CLAUDE_CODE_USE_FOUNDRY", "foundry"},
     {"CLAUDE_CODE_USE_MANTLE", "bedrock"},
     {"CLAUDE_CODE_USE_ANTHROPIC_AWS", "anthropic-aws"},
     {"CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD", "anthropic-google-cloud"}}};

const CredentialVariable* credential_variable(std::string_view name) {
  const auto* found = std::ranges::find(kCredentialVariables, name, &CredentialVariable::name);
  return found == kCredentialVariables.end() ? nullptr : found;
}
bool is_setting_variable(std::string_view name) {
  return std::ranges::find(kSettingVariables, name) != kSettingVariables.end() ||
         std::ranges::any_of(kProviderSwitches, [&](const auto& one) { return one.first == name; });
}

model::evidence::Credential describe_value(std::string source, std::string_view value) {
  const model::credential::Examined examined = model::credential::examine(value);
  model::evidence::Credential c;
  c.source = std::move(source);
  c.state = value.empty() ? "empty" : "set";
  if (value.empty()) return c;
  c.shape = model::credential::name(examined.shape);
  if (!examined.provider.empty()) c.shape += ":" + examined.provider;
  for (const auto flaw : examined.flaws) c.flaws.emplace_back(model::credential::name(flaw));
  c.length = static_cast<std::int64_t>(examined.length);
  c.tail = examined.tail;
  return c;
}

bool is_switched_on(const Setting& setting) {
  const std::string_view value = setting.raw.reveal();
  return !value.empty() && value != "0" && value != "false";
}

class Taker {
 public:
  Taker(const world::Environment& environment, const world::Files& files, Instant now, ClientKind client)
      : environment_(environment), machine_{environment, files, now} {
    survey_.client = client;
  }

  Survey run() {
    const world::Os os = environment_.os();
    survey_.os = os == world::Os::windows ? "windows" : os == world::Os::macos ? "macos" : "linux";
    survey_.os_description = environment_.os_description();
    read_process();
    ClientFiles files = read_client_files(machine_, survey_.remarks);
    take_client_files(files);
    read_shell_files();
    conclude_client();
    read_dotenv();
    take_profiles();
    mark_approvals(files);
    cut_white_space();
    order_settings();
    resolve(survey_);
    say_unset();
    check_named_files();
    say_provider();
    observe(survey_, environment_);
    return std::move(survey_);
  }

 private:
  Held& hold(std::string variable, Origin origin, std::string source, Secret value, std::string note = {});
  void set(std::string_view name, std::string_view value, std::string source);
  void take_assignments(const std::vector<Assignment>& assignments, Origin origin, const std::string& source);
  void read_text_file(const std::string& path, const std::string& source, Origin origin, Dotenv dialect);
  void read_process();
  void take_client_files(ClientFiles& files);
  void take_logins(ClientFiles& files);
  void read_shell_files();
  void conclude_client();
  void read_dotenv();
  void take_profiles();
  void mark_approvals(const ClientFiles& files);
  void cut_white_space();
  void order_settings();
  void say_unset();
  void check_named_files();
  void say_provider();
  void add(std::string observation) { survey_.observations.push_back(std::move(observation)); }
  std::int64_t seconds_until(Instant end) const {
    return std::chrono::floor<std::chrono::seconds>(end - machine_.now).count();
  }

  const world::Environment& environment_;
  Machine machine_;
  Survey survey_;
};

Held& Taker::hold(std::string variable, Origin origin, std::string source, Secret value, std::string note) {
  Held held;
  held.described = describe_value(std::move(source), value.reveal());
  held.described.note = std::move(note);
  if (const CredentialVariable* known = credential_variable(variable)) held.slot = known->slot;
  held.variable = std::move(variable);
  held.origin = origin;
  held.value = std::move(value);
  survey_.held.push_back(std::move(held));
  return survey_.held.back();
}

void Taker::set(std::string_view name, std::string_view value, std::string source) {
  survey_.settings.push_back(
      {std::string(name), model::credential::redact(value), std::move(source), Secret(value)});
}

void Taker::read_process() {
  for (const CredentialVariable& variable : kCredentialVariables) {
    if (auto value = environment_.variable(variable.name)) {
      hold(std::string(variable.name), Origin::environment, "env:" + std::string(variable.name),
           std::move(*value));
    }
  }
  const auto take = [&](std::string_view name) {
    if (const auto value = environment_.variable(name))
      set(name, value->reveal(), "env:" + std::string(name));
  };
  for (const std::string_view name : kSettingVariables) take(name);
  for (const auto& [name, provider] : kProviderSwitches) take(name);
}

void Taker::take_assignments(const std::vector<Assignment>& assignments, Origin origin,
                             const std::string& source) {
  for (const Assignment& assignment : assignments) {
    if (credential_variable(assignment.name) != nullptr) {
      hold(assignment.name, origin, source, assignment.value.duplicate(),
           assignment.line == 0 ? assignment.name
                                : assignment.name + ", line " + std::to_string(assignment.line));
    } else if (is_setting_variable(assignment.name) && origin != Origin::shell_file) {
      set(assignment.name, assignment.value.reveal(), source);
    }
  }
}

void Taker::read_text_file(const std::string& path, const std::string& source, Origin origin,
                           Dotenv dialect) {
  auto content = machine_.read(path, limits::kTextFile, survey_.remarks);
  if (!content) return;
  if (!looks_like_text(content->reveal())) {
    survey_.remarks.push_back({machine_.shown(path), "This is not a text file; nothing was read from it."});
    return;
  }
  take_assignments(read_assignments(content->reveal(), dialect), origin, source + machine_.shown(path));
}

void Taker::take_client_files(ClientFiles& files) {
  for (SettingsFile& settings : files.settings) {
    take_assignments(settings.env, Origin::settings, "file:" + settings.shown);
    if (!settings.has_helper) continue;
    Held& held =
        hold("", Origin::helper, "helper:apiKeyHelper", Secret(), "named in " + settings.shown + "; not run");
    held.slot = Slot::helper;
    held.described.state = "set";
    held.described.shape = "helper-output";
  }
  take_logins(files);
}

void Taker::take_logins(ClientFiles& files) {
  if (environment_.os() == world::Os::macos) {
    Held& held = hold("", Origin::keychain, "keychain", Secret(),
                      "Claude Code may keep its login there; it is not read from here");
    held.slot = Slot::login;
    held.described.state.clear();  // not known
  }
  for (StoredLogin& login : files.logins) {
    Held& held = hold("", Origin::login, login.source, std::move(login.access_token));
    held.slot = Slot::login;
    if (login.expires_at) held.described.expires_in_s = seconds_until(*login.expires_at);
    if (login.is_subscription) add("login.subscription");
    if (!login.is_api_key && !login.has_refresh_token && !held.value.empty()) add("config.no-refresh-token");
    if (!login.is_api_key && held.value.empty()) add("config.stored-login-blanked");
  }
}

void Taker::read_shell_files() {
  const auto home = environment_.home();
  if (!home) {
    survey_.remarks.push_back({"HOME", "HOME is not set, so files in the home folder were not looked at."});
    return;
  }
  for (const std::string_view name : {".zshenv", ".zshrc", ".zprofile", ".bashrc", ".bash_profile",
                                      ".profile", ".config/fish/config.fish"}) {
    read_text_file(*home + "/" + std::string(name), "file:", Origin::shell_file, Dotenv::shell);
  }
}

// Nobody said which client: a login without a key for programs can only be Claude Code's.
void Taker::conclude_client() {
  if (survey_.client != ClientKind::any) return;
  const bool for_sdk = std::ranges::any_of(survey_.held, [](const Held& h) {
    return h.is_set() && (h.slot == Slot::key || h.slot == Slot::token) && h.origin == Origin::environment;
  });
  const bool login = std::ranges::any_of(survey_.held, [](const Held& h) {
    return h.is_set() &&
           (h.origin == Origin::login || h.origin == Origin::settings || h.origin == Origin::helper);
  });
  const bool dotenv = machine_.files.facts(environment_.working_directory() + "/.env").exists;
  if (!for_sdk && login && !dotenv) survey_.client = ClientKind::claude_code;
}

void Taker::read_dotenv() {
  const std::string here = environment_.working_directory();
  const Dotenv own = traits(survey_.client).dotenv;
  for (const std::string_view name : {".env", ".env.local"}) {
    read_text_file(here + "/" + std::string(name), "dotenv:", Origin::dotenv,
                   own == Dotenv::none ? Dotenv::shell : own);
  }
  // What direnv exports counts through the shell that it exported it to.
  read_text_file(here + "/.envrc", "file:", Origin::shell_file, Dotenv::shell);
}

void Taker::take_profiles() {
  const ClientTraits& t = traits(survey_.client);
  // For a client that reads none they are named all the same, as the newest SDK would find them.
  const ClientTraits& as = t.profiles == ProfileRule::none ? traits(ClientKind::sdk_typescript_1) : t;
  for (ProfileSource& source : read_profiles(machine_, as)) {
    Held& held = hold("", Origin::profile, source.source, std::move(source.token), std::move(source.note));
    held.slot = Slot::profile;
    held.exchanged = source.exchanged;
    held.passed_over = source.passed_over;
    held.early = source.early;
    held.problem = std::move(source.problem);
    held.base_url = std::move(source.base_url);
    held.workspace_id = std::move(source.workspace_id);
    const bool usable = held.problem.empty() && !source.incomplete;
    held.described.state = usable ? "set" : source.unreadable ? "unreadable" : "unset";
    // A stored token that has expired is there, and the rules know what it means.
    if (!usable && !held.value.empty() && source.expires_at) held.described.state = "set";
    if (source.exchanged && held.value.empty()) held.described.shape = "federated-token";
    if (!source.expires_at) continue;
    held.described.expires_in_s = seconds_until(*source.expires_at);
    if (!source.has_refresh_token && held.described.shape == "oauth-token") add("config.no-refresh-token");
  }
}

void Taker::mark_approvals(const ClientFiles& files) {
  if (survey_.client != ClientKind::claude_code) return;
  const auto lists = [](const std::vector<std::string>& tails, std::string_view tail) {
    return std::ranges::find(tails, tail) != tails.end();
  };
  for (Held& held : survey_.held) {
    const std::string_view value = model::credential::core(held.value.reveal());
    if (held.slot != Slot::key || value.size() < kApprovalTail) continue;
    const std::string_view tail = value.substr(value.size() - kApprovalTail);
    held.declined = lists(files.declined_tails, tail);
    const bool asks =
        !held.declined && held.origin == Origin::environment && !lists(files.approved_tails, tail);
    if (asks) held.note("an interactive session asks once before it is used");
  }
}

// What a client cuts off around a value does no harm, and white space alone is nothing to it.
void Taker::cut_white_space() {
  if (!traits(survey_.client).trims) return;
  for (Held& held : survey_.held) {
    const std::string_view inner = trimmed(held.value.reveal());
    if (held.variable.empty() || inner.size() == held.value.size()) continue;
    if (inner.empty()) {
      held.described.state = "empty";
      held.note("nothing but white space");
    } else {
      held.described.flaws = describe_value("", inner).flaws;
      held.note("the white space around it is cut off");
    }
  }
}

// Of each name the one that counts comes first: a settings file before the process for Claude Code, the
// process before a .env file for all others. What the client does not read is left out.
void Taker::order_settings() {
  const ClientTraits& t = traits(survey_.client);
  std::ranges::stable_sort(survey_.settings, {}, [&](const Setting& setting) {
    if (setting.source.starts_with("env:")) return 1;
    if (setting.source.starts_with("dotenv:")) return 2;
    return t.reads_settings ? 0 : 3;
  });
  if (survey_.client == ClientKind::any) return;
  std::erase_if(survey_.settings, [&](const Setting& setting) {
    if (setting.source.starts_with("env:")) return false;
    return setting.source.starts_with("dotenv:") ? t.dotenv == Dotenv::none : !t.reads_settings;
  });
}

// What the client would have read, so that "unset" is a fact of the document.
void Taker::say_unset() {
  const bool listed = std::ranges::any_of(
      survey_.held, [](const Held& h) { return h.slot == Slot::key && h.origin == Origin::environment; });
  if (survey_.winner || survey_.stopped || listed) return;
  Held held;
  held.variable = "ANTHROPIC_API_KEY";
  held.slot = Slot::key;
  held.described.source = "env:ANTHROPIC_API_KEY";
  held.described.state = "unset";
  survey_.held.insert(survey_.held.begin(), std::move(held));
}

// A certificate file that is named and not there: Node warns and goes on without it, Python's and Go's libraries fail.
void Taker::check_named_files() {
  for (const std::string_view name : traits(survey_.client).ca_files) {
    const Setting* setting = survey_.setting(name);
    if (setting == nullptr || setting->value.empty() || name.ends_with("_DIR")) continue;
    const std::string path(setting->raw.reveal());
    const std::string whole = path.starts_with('/') ? path : environment_.working_directory() + "/" + path;
    if (machine_.files.facts(whole).exists) continue;
    add("config.ca-file-missing");
    survey_.remarks.push_back({std::string(name), "It names " + machine_.shown(whole) + ", and there is no such file, or it may not be seen."});
  }
}

// Said of every client but those that never look at these switches: which provider answers decides which credential counts.
void Taker::say_provider() {
  if (survey_.client != ClientKind::any && survey_.client != ClientKind::claude_code) return;
  for (const auto& [name, provider] : kProviderSwitches) {
    const Setting* setting = survey_.setting(name);
    if (setting == nullptr || !is_switched_on(*setting)) continue;
    add("config.provider-switch");
    survey_.remarks.push_back({std::string(name), "It is set: Claude Code asks " + std::string(provider) +
                                                      ", not the API, and uses no Anthropic key."});
  }
}

}  // namespace

void Held::note(std::string_view reason) {
  if (!described.note.empty()) described.note += "; ";
  described.note += reason;
}

const Setting* Survey::setting(std::string_view name) const {
  const auto found = std::ranges::find(settings, name, &Setting::name);
  return found == settings.end() ? nullptr : &*found;
}

const Setting* Survey::first_of(std::span<const std::string_view> names) const {
  for (const std::string_view name : names) {
    const Setting* found = setting(name);
    if (found != nullptr && !found->value.empty()) return found;
  }
  return nullptr;
}

Survey take(const world::Environment& environment, const world::Files& files, Instant now,
            ClientKind client) {
  return Taker(environment, files, now, client).run();
}

void describe(const Survey& survey, model::evidence::Evidence& evidence) {
  const ClientTraits& t = traits(survey.client);
  evidence.os = survey.os;
  if (survey.client != ClientKind::any) evidence.client.name = name(survey.client);
  for (const Held& held : survey.held) evidence.credentials.push_back(held.described);
  if (const Setting* base = survey.setting("ANTHROPIC_BASE_URL")) evidence.settings.base_url = base->value;
  const bool plain = evidence.settings.base_url.value_or("").starts_with("http://");
  const Setting* proxy = survey.first_of(plain ? t.http_proxy : t.https_proxy);
  if (proxy == nullptr) proxy = survey.first_of(t.https_proxy);
  if (proxy != nullptr) evidence.settings.proxy = proxy->value;
  for (const std::string_view name : t.ca_files) {
    if (survey.setting(name) != nullptr && evidence.settings.ca_bundle.empty())
      evidence.settings.ca_bundle = name;
  }
  if (const Setting* model = survey.setting("ANTHROPIC_MODEL")) evidence.request.model = model->value;
  if (const Setting* workspace = survey.setting("ANTHROPIC_WORKSPACE_ID")) {
    evidence.settings.workspace_id = workspace->value.empty() ? "blank" : "set";
  }
  if (survey.client == ClientKind::claude_code) {
    for (const auto& [name, provider] : kProviderSwitches) {
      const Setting* setting = survey.setting(name);
      if (setting != nullptr && is_switched_on(*setting) && evidence.settings.provider.empty())
        evidence.settings.provider = provider;
    }
  }
  evidence.observations.insert(evidence.observations.end(), survey.observations.begin(),
                               survey.observations.end());
}

}  // namespace locksmith::doctor::survey
