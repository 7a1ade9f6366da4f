#include "doctor/survey/survey.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "doctor/survey/dotenv.h"
#include "doctor/survey/files_of_clients.h"
#include "model/credential/credential.h"
#include "vocabulary/limits.h"

namespace locksmith::doctor::survey {
namespace {

// Variables that hold a credential, and whether any official client reads them. The others are what people write instead.
struct CredentialVariable {
  std::string_view name;
  bool read_by_clients;
};
constexpr std::array<CredentialVariable, 7> kCredentialVariables{{{"ANTHROPIC_API_KEY", true},
                                                                  {"ANTHROPIC_AUTH_TOKEN", true},
                                                                  {"CLAUDE_CODE_OAUTH_TOKEN", true},
                                                                  {"CLAUDE_API_KEY", false},
                                                                  {"ANTHROPIC_KEY", false},
                                                                  {"ANTHROPIC_TOKEN", false},
                                                                  {"ANTHROPIC_APIKEY", false}}};

// Settings that decide where a request goes and whether it gets there. The order is that of the official clients.
constexpr std::array<std::string_view, 15> kSettingVariables{
    "ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL", "https_proxy",   "HTTPS_PROXY",        "http_proxy",
    "HTTP_PROXY",         "all_proxy",       "ALL_PROXY",     "NO_PROXY",           "no_proxy",
    "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE",  "REQUESTS_CA_BUNDLE", "ANTHROPIC_WORKSPACE_ID", "ANTHROPIC_ORGANIZATION_ID"};

bool is_credential_variable(std::string_view name) {
  return std::ranges::find(kCredentialVariables, name, &CredentialVariable::name) != kCredentialVariables.end();
}
bool is_setting_variable(std::string_view name) {
  return std::ranges::find(kSettingVariables, name) != kSettingVariables.end();
}

class Taker {
 public:
  Taker(const world::Environment& environment, const world::Files& files, Instant now, ClientKind client)
      : environment_(environment), machine_{environment, files, now} {
    survey_.client = client;
  }

  Survey run() {
    survey_.os = environment_.os() == world::Os::windows ? "windows" : environment_.os() == world::Os::macos ? "macos" : "linux";
    survey_.os_description = environment_.os_description();
    read_process();
    read_files();
    conclude_client();
    choose();
    observe();
    return std::move(survey_);
  }

 private:
  void hold(std::string variable, Origin origin, std::string source, Secret value, std::string note = {});
  void set(std::string_view name, std::string value, std::string source);
  void take_assignments(const std::vector<Assignment>& assignments, Origin origin, const std::string& source);
  void read_process();
  void read_files();
  void read_text_file(const std::string& path, const std::string& source, Origin origin);
  void take_client_files(ClientFiles files);
  void conclude_client();
  void choose();
  void observe();
  void observe_credentials();
  void observe_settings();
  void observe_process();
  void add(std::string observation) { survey_.observations.push_back(std::move(observation)); }

  bool considered(const Held& held) const;
  int rank(const Held& held) const;
  static bool is_set(const Held& held) { return held.described.state == "set"; }

  const world::Environment& environment_;
  Machine machine_;
  Survey survey_;
  bool has_helper_ = false;
  std::vector<std::string> declined_tails_;
};

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

void Taker::hold(std::string variable, Origin origin, std::string source, Secret value, std::string note) {
  Held held;
  held.described = describe_value(std::move(source), value.reveal());
  held.described.note = std::move(note);
  held.variable = std::move(variable);
  held.origin = origin;
  held.value = std::move(value);
  survey_.held.push_back(std::move(held));
}

void Taker::set(std::string_view name, std::string value, std::string source) {
  survey_.settings.push_back({std::string(name), std::move(value), std::move(source)});
}

void Taker::read_process() {
  for (const CredentialVariable& variable : kCredentialVariables) {
    if (auto value = environment_.variable(variable.name)) {
      hold(std::string(variable.name), Origin::environment, "env:" + std::string(variable.name), std::move(*value));
    }
  }
  for (const std::string_view name : kSettingVariables) {
    if (const auto value = environment_.variable(name)) {
      set(name, model::credential::redact(value->reveal()), "env:" + std::string(name));
    }
  }
}

void Taker::take_assignments(const std::vector<Assignment>& assignments, Origin origin, const std::string& source) {
  for (const Assignment& assignment : assignments) {
    if (is_credential_variable(assignment.name)) {
      hold(assignment.name, origin, source, assignment.value.duplicate(),
           assignment.line == 0 ? assignment.name : assignment.name + ", line " + std::to_string(assignment.line));
    } else if (is_setting_variable(assignment.name) && origin != Origin::shell_file) {
      set(assignment.name, model::credential::redact(assignment.value.reveal()), source);
    }
  }
}

void Taker::read_text_file(const std::string& path, const std::string& source, Origin origin) {
  auto content = machine_.read(path, limits::kTextFile, survey_.remarks);
  if (!content) return;
  if (!looks_like_text(content->reveal())) {
    survey_.remarks.push_back({machine_.shown(path), "This is not a text file; nothing was read from it."});
    return;
  }
  take_assignments(read_assignments(content->reveal()), origin, source + machine_.shown(path));
}

void Taker::take_client_files(ClientFiles files) {
  for (SettingsFile& settings : files.settings) {
    take_assignments(settings.env, Origin::settings, "file:" + settings.shown);
    if (settings.has_helper) {
      has_helper_ = true;
      Held held;
      held.origin = Origin::helper;
      held.described.source = "helper:apiKeyHelper";
      held.described.state = "set";
      held.described.shape = "helper-output";
      held.described.note = "named in " + settings.shown + "; not run";
      survey_.held.push_back(std::move(held));
    }
  }
  for (StoredLogin& login : files.logins) {
    hold("", login.is_profile ? Origin::profile : Origin::login, login.source, std::move(login.access_token));
    Held& held = survey_.held.back();
    if (login.expires_at) {
      held.described.expires_in_s = std::chrono::floor<std::chrono::seconds>(*login.expires_at - machine_.now).count();
    }
    if (login.is_subscription) add("login.subscription");
    if (!login.is_api_key && !login.has_refresh_token && !held.value.empty()) add("config.no-refresh-token");
    if (!login.is_api_key && held.value.empty()) add("config.stored-login-blanked");
  }
  declined_tails_ = std::move(files.declined_tails);
}

void Taker::read_files() {
  take_client_files(read_client_files(machine_, survey_.remarks));
  const std::string here = environment_.working_directory();
  for (const std::string_view name : {".env", ".env.local"}) {
    read_text_file(here + "/" + std::string(name), "dotenv:", Origin::dotenv);
  }
  if (const auto home = environment_.home()) {
    for (const std::string_view name : {".zshenv", ".zshrc", ".zprofile", ".bashrc", ".bash_profile", ".profile", ".config/fish/config.fish"}) {
      read_text_file(*home + "/" + std::string(name), "file:", Origin::shell_file);
    }
  } else {
    survey_.remarks.push_back({"HOME", "HOME is not set, so files in the home folder were not looked at."});
  }
}

bool Taker::considered(const Held& held) const {
  const ClientTraits& t = traits(survey_.client);
  const bool known = std::ranges::any_of(kCredentialVariables, [&](const auto& v) { return v.name == held.variable && v.read_by_clients; });
  const bool code_only = held.variable == "CLAUDE_CODE_OAUTH_TOKEN";
  switch (held.origin) {
    case Origin::environment:
      return known && (!code_only || t.reads_login);
    case Origin::settings:
      return known && t.reads_settings && survey_.client == ClientKind::claude_code;
    case Origin::dotenv:  // programs load it; the clients themselves do not
      return known && !code_only && survey_.client != ClientKind::claude_code && survey_.client != ClientKind::curl;
    case Origin::shell_file:
      return false;  // counts only through the process that read it
    case Origin::login:
      return t.reads_login;
    case Origin::profile:
      return t.reads_profiles;
    case Origin::helper:
      return t.reads_settings && survey_.client == ClientKind::claude_code;
  }
  return false;
}

// The place in the client's precedence; smaller wins. claude-api.md §6.1 and §6.3.
int Taker::rank(const Held& held) const {
  const ClientTraits& t = traits(survey_.client);
  const int kind = held.variable == "ANTHROPIC_AUTH_TOKEN"      ? (t.token_first ? 0 : 1)
                   : held.variable == "ANTHROPIC_API_KEY"       ? (t.token_first ? 1 : 0)
                   : held.origin == Origin::helper              ? 2
                   : held.variable == "CLAUDE_CODE_OAUTH_TOKEN" ? 3
                   : held.origin == Origin::profile             ? 4
                                                                : 5;
  const int place = held.origin == Origin::settings ? 0 : held.origin == Origin::dotenv ? 2 : 1;
  // A settings file replaces the process's variable of the same name; a .env file only fills what is not there.
  return held.origin == Origin::dotenv ? 100 + kind : kind * 10 + place;
}

void Taker::conclude_client() {
  if (survey_.client != ClientKind::any) return;
  const bool key_for_sdk = std::ranges::any_of(survey_.held, [](const Held& h) {
    return is_set(h) && (h.variable == "ANTHROPIC_API_KEY" || h.variable == "ANTHROPIC_AUTH_TOKEN") &&
           (h.origin == Origin::environment || h.origin == Origin::dotenv);
  });
  const bool login = std::ranges::any_of(survey_.held, [](const Held& h) {
    return is_set(h) && (h.origin == Origin::login || h.origin == Origin::settings || h.origin == Origin::helper);
  });
  if (!key_for_sdk && login) survey_.client = ClientKind::claude_code;
}

void Taker::choose() {
  const ClientTraits& t = traits(survey_.client);
  std::ranges::stable_sort(survey_.held, {}, [&](const Held& h) { return considered(h) ? rank(h) : 1000; });
  for (Held& held : survey_.held) {
    const std::string_view value = model::credential::core(held.value.reveal());
    held.declined = held.variable == "ANTHROPIC_API_KEY" && survey_.client == ClientKind::claude_code && value.size() >= 20 &&
                    std::ranges::find(declined_tails_, value.substr(value.size() - 20)) != declined_tails_.end();
  }
  for (std::size_t i = 0; i < survey_.held.size(); ++i) {
    Held& held = survey_.held[i];
    if (!considered(held)) continue;
    // An empty variable in a .env file that a program loads with "override" is seen as such by its effect, not here.
    if (!is_set(held) || held.declined) continue;
    if (!survey_.winner) {
      survey_.winner = i;
    } else if (t.sends_two && !survey_.second && held.variable != survey_.held[*survey_.winner].variable) {
      survey_.second = i;
    }
  }
  for (std::size_t i = 0; i < survey_.held.size(); ++i) {
    Held& held = survey_.held[i];
    const bool sent = i == survey_.winner || i == survey_.second;
    if (is_set(held) && (considered(held) || sent)) held.described.used = sent;
  }
  if (!survey_.winner) {
    // What the client would have read, so that "unset" is a fact of the document.
    model::evidence::Credential unset;
    unset.source = "env:ANTHROPIC_API_KEY";
    unset.state = "unset";
    const bool listed = std::ranges::any_of(survey_.held, [](const Held& h) { return h.variable == "ANTHROPIC_API_KEY" && h.origin == Origin::environment; });
    if (!listed) {
      Held held;
      held.variable = "ANTHROPIC_API_KEY";
      held.described = unset;
      survey_.held.insert(survey_.held.begin(), std::move(held));
    }
    return;
  }
  const Held& winner = survey_.held[*survey_.winner];
  const bool oauth = winner.described.shape == "oauth-token";
  const bool as_token = winner.variable == "ANTHROPIC_AUTH_TOKEN" || winner.origin == Origin::login || winner.origin == Origin::profile ||
                        winner.variable == "CLAUDE_CODE_OAUTH_TOKEN";
  if (winner.origin == Origin::helper) {
    survey_.header = Header::both;
  } else if (as_token && winner.described.shape != "api-key") {
    survey_.header = oauth && winner.variable != "ANTHROPIC_AUTH_TOKEN" ? Header::bearer_oauth : Header::bearer;
  } else if (as_token && winner.variable == "ANTHROPIC_AUTH_TOKEN") {
    survey_.header = Header::bearer;
  } else {
    survey_.header = t.key_as_bearer ? Header::bearer : Header::x_api_key;
  }
}

void Taker::observe() {
  observe_credentials();
  observe_settings();
  observe_process();
  std::ranges::sort(survey_.observations);
  const auto repeated = std::ranges::unique(survey_.observations);
  survey_.observations.erase(repeated.begin(), repeated.end());
}

void Taker::observe_credentials() {
  bool two = false;
  bool differ = false;
  bool declined = false;
  for (std::size_t i = 0; i < survey_.held.size(); ++i) {
    const Held& a = survey_.held[i];
    declined |= a.declined;
    if (!is_set(a)) continue;
    for (std::size_t j = i + 1; j < survey_.held.size(); ++j) {
      const Held& b = survey_.held[j];
      if (!is_set(b) || a.value.empty() || b.value.empty()) continue;
      const bool same = Secret(model::credential::core(a.value.reveal())).equals(model::credential::core(b.value.reveal()));
      if (same) continue;
      two |= considered(a) && considered(b);
      differ |= a.variable == b.variable && !a.variable.empty() && a.described.shape == b.described.shape;
    }
  }
  if (two) add("config.two-credentials");
  if (differ) add("config.copies-differ");
  if (declined) add("config.key-declined");
  const bool misnamed = std::ranges::any_of(survey_.held, [](const Held& h) {
    return is_set(h) && std::ranges::any_of(kCredentialVariables, [&](const auto& v) { return v.name == h.variable && !v.read_by_clients; });
  });
  if (misnamed && !survey_.winner) add("config.key-name-differs");
}

void Taker::observe_settings() {
  if (const Setting* base = survey_.setting("ANTHROPIC_BASE_URL"); base != nullptr && !base->value.empty()) {
    std::string_view url = base->value;
    const std::size_t scheme = url.find("://");
    const std::size_t slash = scheme == std::string_view::npos ? std::string_view::npos : url.find('/', scheme + 3);
    std::string_view path = slash == std::string_view::npos ? "" : url.substr(slash);
    if (!url.starts_with("https://api.anthropic.com")) add("config.custom-base-url");
    if (path.size() > 1 && path.ends_with('/')) {
      add("config.trailing-slash");
      path.remove_suffix(1);
    }
    if (path.ends_with("/v1")) add("config.path-has-v1");
  }
  const bool proxy = std::ranges::any_of(survey_.settings, [](const Setting& s) {
    return s.name.ends_with("proxy") || s.name.ends_with("_PROXY") ? s.name != "NO_PROXY" && s.name != "no_proxy" && !s.value.empty() : false;
  });
  add(proxy ? "network.proxy-variable-set" : "network.no-proxy-variable");
}

void Taker::observe_process() {
  const auto has = [&](std::string_view name) {
    const auto value = environment_.variable(name);
    return value && !value->empty();
  };
  if (has("SSH_CONNECTION")) add("launched.ssh");
  if (has("CI")) add("launched.ci");
  if (environment_.in_container()) add("launched.container");
}

}  // namespace

const Setting* Survey::setting(std::string_view name) const {
  const auto found = std::ranges::find(settings, name, &Setting::name);
  return found == settings.end() ? nullptr : &*found;
}

Survey take(const world::Environment& environment, const world::Files& files, Instant now, ClientKind client) {
  return Taker(environment, files, now, client).run();
}

void describe(const Survey& survey, model::evidence::Evidence& evidence) {
  evidence.os = survey.os;
  if (survey.client != ClientKind::any) evidence.client.name = name(survey.client);
  for (const Held& held : survey.held) evidence.credentials.push_back(held.described);
  if (const Setting* base = survey.setting("ANTHROPIC_BASE_URL")) evidence.settings.base_url = base->value;
  for (const std::string_view name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY"}) {
    const Setting* proxy = survey.setting(name);
    if (proxy != nullptr && !proxy->value.empty() && evidence.settings.proxy.empty()) evidence.settings.proxy = proxy->value;
  }
  for (const std::string_view name : {"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}) {
    if (survey.setting(name) != nullptr && evidence.settings.ca_bundle.empty()) evidence.settings.ca_bundle = name;
  }
  if (const Setting* model = survey.setting("ANTHROPIC_MODEL")) evidence.request.model = model->value;
  if (const Setting* workspace = survey.setting("ANTHROPIC_WORKSPACE_ID")) {
    evidence.settings.workspace_id = workspace->value.empty() ? "blank" : "set";
  }
  evidence.observations.insert(evidence.observations.end(), survey.observations.begin(), survey.observations.end());
}

}  // namespace locksmith::doctor::survey
