#include "doctor/survey/survey.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "doctor/survey/claude_code.h"
#include "doctor/survey/dotenv.h"
#include "doctor/survey/files_of_clients.h"
#include "doctor/survey/observe.h"
#include "doctor/survey/outgoing.h"
#include "doctor/survey/profiles.h"
#include "doctor/survey/resolve.h"
#include "doctor/survey/search.h"
#include "model/credential/credential.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/text.h"
#include "wire/json/json.h"

namespace locksmith::doctor::survey {
namespace {

// Variables that hold a credential, and their place in the chains. What people write instead is found by search.h.
struct CredentialVariable {
  std::string_view name;
  std::optional<Slot> slot;
};
constexpr std::array<CredentialVariable, 3> kCredentialVariables{
    {{"ANTHROPIC_API_KEY", Slot::key},
     {"ANTHROPIC_AUTH_TOKEN", Slot::token},
     {"CLAUDE_CODE_OAUTH_TOKEN", Slot::login_variable}}};

// Settings that decide where a request goes and whether it gets there.
constexpr std::array<std::string_view, 21> kSettingVariables{"ANTHROPIC_BASE_URL",
                                                             "NODE_TLS_REJECT_UNAUTHORIZED",
                                                             "NODE_OPTIONS",
                                                             "NODE_USE_SYSTEM_CA",
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

const CredentialVariable* credential_variable(std::string_view name) {
  const auto* found = std::ranges::find(kCredentialVariables, name, &CredentialVariable::name);
  return found == kCredentialVariables.end() ? nullptr : found;
}
// Claude Code's own: its switches, and the profile that is asked for.
constexpr std::array<std::string_view, 8> kClaudeCodeVariables{"CLAUDE_CODE_USE_BEDROCK",
                                                               "CLAUDE_CODE_USE_VERTEX",
                                                               "CLAUDE_CODE_USE_FOUNDRY",
                                                               "CLAUDE_CODE_USE_MANTLE",
                                                               "CLAUDE_CODE_USE_ANTHROPIC_AWS",
                                                               "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
                                                               "CLAUDE_CODE_SIMPLE",
                                                               "ANTHROPIC_PROFILE"};

bool is_setting_variable(std::string_view name) {
  return std::ranges::find(kSettingVariables, name) != kSettingVariables.end() ||
         std::ranges::find(kClaudeCodeVariables, name) != kClaudeCodeVariables.end();
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
    survey_.project = look_at_project(machine_, survey_.client);
    conclude_client();
    read_dotenv();
    take_profiles(files);
    mark_approvals(files);
    cut_white_space();
    order_settings();
    if (traits(survey_.client).two_headers) pass_over(survey_);
    take_custom_credential();
    resolve(survey_);
    say_unset();
    check_named_files();
    say_provider();
    observe(survey_, environment_);
    observe_fork();
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
  void read_stray(const std::string& name);
  void read_dotenv();
  void read_folders_above(Dotenv dialect);
  void take_profiles(const ClientFiles& files);
  void mark_approvals(const ClientFiles& files);
  void cut_white_space();
  void order_settings();
  void take_custom_credential();
  void say_unset();
  void check_named_files();
  void say_provider();
  void observe_fork();
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
  for (const std::string& name : environment_.names()) read_stray(name);
  for (const std::string_view name : kSettingVariables) take(name);
  for (const std::string_view name : kClaudeCodeVariables) take(name);
}

// Variables that no client reads, and that hold a credential or the name of a file with one.
void Taker::read_stray(const std::string& name) {
  if (credential_variable(name) != nullptr || is_setting_variable(name)) return;
  const auto value = environment_.variable(name);
  if (!value) return;
  if (const std::string_view variable = file_variable(name); !variable.empty()) {
    const std::string path(value->reveal());
    auto content = path.starts_with('/') ? machine_.read(path, limits::kTextFile, survey_.remarks) : std::nullopt;
    if (!content) return;
    hold(name, Origin::environment, "env:" + name, std::move(*content), "it names the file " + machine_.shown(path) + "; the clients want the value in " + std::string(variable));
    return;
  }
  if (holds_stray_credential(name, value->reveal())) hold(name, Origin::environment, "env:" + name, value->duplicate());
}

void Taker::take_assignments(const std::vector<Assignment>& assignments, Origin origin,
                             const std::string& source) {
  for (const Assignment& assignment : assignments) {
    const bool known = credential_variable(assignment.name) != nullptr;
    if (known || (!is_setting_variable(assignment.name) && holds_stray_credential(assignment.name, assignment.value.reveal()))) {
      hold(assignment.name, origin, source, assignment.value.duplicate(),
           assignment.line == 0 ? assignment.name
                                : assignment.name + ", line " + std::to_string(assignment.line));
    } else if (is_setting_variable(assignment.name) && origin != Origin::shell_file && origin != Origin::dotenv_above) {
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
  if (content->reveal().starts_with(kByteOrderMark) && keeps_byte_order_mark(dialect)) {
    survey_.remarks.push_back({machine_.shown(path), "It begins with a byte-order mark, which becomes part of the first name: line 1 does not set what it seems to set."});
    add("config.line-not-read");
  }
  take_assignments(read_assignments(content->reveal(), dialect), origin, source + machine_.shown(path));
}

void Taker::take_client_files(ClientFiles& files) {
  for (const BrokenFile& file : files.broken) {
    if (survey_.client != ClientKind::any && !traits(survey_.client).reads_settings) break;
    add(file.unreadable ? "config.file-unreadable" : "config.file-invalid");
    survey_.broken_file = "file:" + file.shown;
    if (!file.unreadable || !file.shown.ends_with(".credentials.json")) continue;
    Held& held = hold("", Origin::login, "file:" + file.shown, Secret());
    held.slot = Slot::login;
    held.described.state = "unreadable";
  }
  const SettingsFile* named = nullptr;  // the strongest file that says which helper, or none
  for (SettingsFile& settings : files.settings) {
    take_assignments(settings.env, Origin::settings, "file:" + settings.shown);
    for (Assignment& assignment : settings.env) survey_.settings_environment.push_back(std::move(assignment));
    if (!settings.model.empty() && !is_short_name(settings.model)) set("model", settings.model, "file:" + settings.shown);
    if (!settings.helper) continue;
    if (named == nullptr) named = &settings;
    if (settings.helper->empty()) continue;
    Held& held =
        hold("", Origin::helper, "helper:apiKeyHelper", Secret(), "named in " + settings.shown + "; not run");
    held.command = std::move(*settings.helper);
    held.slot = Slot::helper;
    held.described.state = "set";
    held.described.shape = "helper-output";
    if (named == &settings) continue;
    held.passed_over = true;
    held.note(named->shown + " names another and counts instead");
  }
  survey_.no_start = files.no_start;
  if (!files.no_start.empty() && !survey_.broken_file.empty()) survey_.broken_file = "file:" + files.no_start;
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
    held.slot = login.is_api_key ? Slot::stored_key : Slot::login;
    held.passed_over = !login.is_api_key && !login.may_infer && held.is_set();
    if (held.passed_over) {
      held.note("its scopes lack user:inference, so Claude Code does not use it");
      add("login.lacks-inference-scope");
    }
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

// Nobody said which client: a project names its SDK, and a login without a key for programs can only be Claude Code's.
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
  if (survey_.project.sdk != ClientKind::any) {
    survey_.client = survey_.project.sdk;
  } else if (!for_sdk && login && !dotenv) {
    survey_.client = ClientKind::claude_code;
  }
}

void Taker::read_dotenv() {
  const std::string here = environment_.working_directory();
  const Dotenv own = traits(survey_.client).dotenv;
  const Dotenv dialect = own == Dotenv::none ? Dotenv::shell : own;
  const Project& project = survey_.project;
  std::vector<std::string> names = project.files;
  for (const std::string_view other : {".env", ".env.local"}) {
    if (std::ranges::find(names, other) == names.end()) names.emplace_back(other);
  }
  for (const std::string& name : names) {
    const std::size_t before = survey_.held.size();
    const std::size_t settings_before = survey_.settings.size();
    read_text_file(here + "/" + name, "dotenv:", Origin::dotenv, project.by_node ? Dotenv::node_itself : dialect);
    const bool listed = std::ranges::find(project.files, name) != project.files.end();
    const Loads loaded = listed ? project.dotenv : project.dotenv == Loads::yes ? Loads::no : project.dotenv;
    for (std::size_t i = before; i < survey_.held.size(); ++i) survey_.held[i].loaded = loaded;
    if (loaded == Loads::no) survey_.settings.resize(settings_before);
  }
  read_folders_above(dialect);
  // What direnv exports counts through the shell that it exported it to.
  read_text_file(here + "/.envrc", "file:", Origin::shell_file, Dotenv::shell);
}

// A .env file further up: nothing loads it from here, unless the program searches upwards.
void Taker::read_folders_above(Dotenv dialect) {
  std::string folder = environment_.working_directory();
  const std::string home = environment_.home().value_or("");
  if (folder == home) return;
  for (std::size_t i = 0; i < limits::kFoldersAbove; ++i) {
    const std::size_t slash = folder.rfind('/');
    if (slash == std::string::npos || slash == 0) return;
    folder.resize(slash);
    const std::size_t before = survey_.held.size();
    const bool taken = survey_.project.searches_up && survey_.project.dotenv == Loads::yes;
    read_text_file(folder + "/.env", "dotenv:", taken ? Origin::dotenv : Origin::dotenv_above, dialect);
    if (survey_.held.size() != before || folder == home) return;
  }
}

void Taker::take_profiles(const ClientFiles& files) {
  const SettingsOverlay overlaid(environment_, files.settings);
  const Machine machine{overlaid, machine_.files, machine_.now};
  const ClientTraits& t = traits(survey_.client);
  // For a client that reads none they are named all the same, as the newest SDK would find them.
  const ClientTraits& as = t.profiles == ProfileRule::none ? traits(ClientKind::sdk_typescript_1) : t;
  for (ProfileSource& source : read_profiles(t.reads_settings ? machine : machine_, as)) {
    Held& held = hold("", Origin::profile, source.source, std::move(source.token), std::move(source.note));
    held.slot = Slot::profile;
    held.exchanged = source.exchanged;
    held.federated = source.federated;
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
    if (t.two_headers && !held.passed_over && (source.no_config || source.no_file)) {
      held.passed_over = true;
      held.note(held.problem);
      held.problem.clear();
    }
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
    const std::string_view inner = trimmed_by_javascript(held.value.reveal());
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

// A credential that custom headers put in: it goes out in the place of whatever the chain ended at.
void Taker::take_custom_credential() {
  if (!traits(survey_.client).custom_headers) return;
  const Setting* from = survey_.setting("ANTHROPIC_CUSTOM_HEADERS");
  if (from == nullptr) return;
  const std::string source = from->source;
  for (auto& [name, value] : custom_header_lines(from->raw.reveal())) {
    const std::string header = lower_case(name);
    if (header != "x-api-key" && header != "authorization") continue;
    Held& held = hold("ANTHROPIC_CUSTOM_HEADERS", Origin::custom_header, source, Secret(model::credential::core(value)), "ANTHROPIC_CUSTOM_HEADERS sets the header " + header);
    held.custom_header = header;
    wipe(value.data(), value.size());
  }
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
  const auto to = provider_switch(survey_);
  if (!to) return;
  add("config.provider-switch");
  if (survey_.client == ClientKind::claude_code) {
    survey_.provider_switch = to->variable;
    survey_.provider = to->provider;
  }
  survey_.remarks.push_back({std::string(to->variable), "It is set: Claude Code asks " + std::string(to->provider) +
                                                            ", not the API, and uses no Anthropic key."});
}

// Whether this is a CI job for code that comes from a fork, to which secrets are not given: the CI systems' documentation of predefined
// variables, November 2026.
void Taker::observe_fork() {
  const auto text = [&](std::string_view name) { return machine_.text_of(name); };
  const auto differ = [&](std::string_view one, std::string_view other) {
    const std::string a = text(one);
    const std::string b = text(other);
    return !a.empty() && !b.empty() && a != b;
  };
  bool fork = lower_case(text("SYSTEM_PULLREQUEST_ISFORK")) == "true" || !text("CIRCLE_PR_USERNAME").empty() ||
              differ("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "CI_MERGE_REQUEST_PROJECT_PATH") || differ("TRAVIS_PULL_REQUEST_SLUG", "TRAVIS_REPO_SLUG") ||
              differ("BUILDKITE_PULL_REQUEST_REPO", "BUILDKITE_REPO") || text("GITHUB_ACTOR") == "dependabot[bot]";
  if (const std::string path = text("GITHUB_EVENT_PATH"); !fork && path.starts_with('/')) {
    if (const auto event = machine_.files.read(path, limits::kConfigFile)) {
      wire::json::Reader reader;
      if (const auto root = reader.parse(event->reveal())) {
        const auto head = (*root)["pull_request"]["head"]["repo"];
        const auto base = (*root)["pull_request"]["base"]["repo"]["full_name"].string_or("");
        fork = head["fork"].as_boolean().value_or(false) && head["full_name"].string_or("") != base;
      }
    }
  }
  if (fork) add("launched.ci-fork");
}

}  // namespace

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

Survey take(const world::Environment& environment, const world::Files& files, Instant now,
            ClientKind client) {
  return Taker(environment, files, now, client).run();
}

}  // namespace locksmith::doctor::survey
