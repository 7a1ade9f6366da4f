#include "doctor/intake/surroundings.h"

#include <algorithm>
#include <array>

#include "doctor/intake/request_shown.h"
#include "model/credential/credential.h"
#include "vocabulary/limits/http.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/text.h"

namespace locksmith::doctor::intake {
namespace {

using model::evidence::Credential;
using model::evidence::Evidence;

// Of a list's entry the sign that separates it from the next goes too.
std::string_view entry(std::string_view text) {
  return trimmed_right(trimmed_left(text, is_white_space), [](char c) { return is_white_space(c) || c == ',' || c == ';'; });
}
std::string_view without_quotes(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    text.remove_prefix(1);
    text.remove_suffix(1);
  }
  return text;
}

constexpr std::array<std::string_view, 5> kCredentials{"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_API_KEY",
                                                       "ANTHROPIC_KEY"};
constexpr std::array<std::string_view, 6> kProxies{"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"};
constexpr std::array<std::string_view, 3> kBundles{"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"};

bool is_credential(std::string_view name) { return std::ranges::find(kCredentials, name) != kCredentials.end(); }
bool is_proxy(std::string_view name) { return std::ranges::find(kProxies, name) != kProxies.end(); }
bool is_setting(std::string_view name) {
  return name == "ANTHROPIC_BASE_URL" || name.starts_with("CLAUDE_CODE_USE_") || is_proxy(name) ||
         std::ranges::find(kBundles, name) != kBundles.end();
}
bool is_on(std::string_view value) { return value == "1" || lower_case(value) == "true" || value == "yes"; }

// Hidden by whoever pasted it.
bool is_hidden(std::string_view value) {
  const std::string lowered = lower_case(value);
  if (contains(value, "***") || contains(value, "...") || contains(value, "…") || contains(value, "•")) return true;
  for (const std::string_view word : {"xxx", "redacted", "hidden", "your", "<", "secret", "masked", "removed", "my-", "my_", "-here"}) {
    if (contains(lowered, word)) return true;
  }
  return false;
}

std::string shape_of_hidden(std::string_view value) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kStarts{{{"sk-ant-api01", "scoped-key"},
                                                                                   {"sk-ant-api", "api-key"},
                                                                                   {"sk-ant-oat", "oauth-token"},
                                                                                   {"sk-ant-ort", "refresh-token"},
                                                                                   {"sk-ant-admin", "admin-key"},
                                                                                   {"sk-ant-sid", "session-key"},
                                                                                   {"sk-or-", "other-provider:openrouter"}}};
  for (const auto& [start, shape] : kStarts) {
    if (value.starts_with(start)) return std::string(shape);
  }
  return "";
}

std::string_view source_word(Surroundings::Source source) {
  switch (source) {
    case Surroundings::Source::shell:
      return "env:";
    case Surroundings::Source::dotenv:
      return "dotenv:";
    case Surroundings::Source::settings:
      return "file:settings:";
    case Surroundings::Source::ci:
      return "ci-secret:";
  }
  return "env:";
}

// "NAME=value", "export NAME=value", `"NAME": "value"`, "NAME: value" of a known name, wherever it stands in the line.
std::size_t split_variable(std::string_view line, std::string& name, std::string_view& value) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!is_name_char(line[i]) || (i > 0 && (is_name_char(line[i - 1]) || line[i - 1] == '$' || line[i - 1] == '{'))) continue;
    std::size_t end = i;
    while (end < line.size() && is_name_char(line[end])) ++end;
    const std::string_view word = line.substr(i, end - i);
    // A workflow names its inputs in small letters: claude_code_oauth_token: ${{ … }}.
    std::string upper;
    if (word == "claude_code_oauth_token" || word == "anthropic_api_key") upper = upper_case(word);
    const std::string_view known = upper.empty() ? word : std::string_view(upper);
    if (is_credential(known) || is_setting(known)) {
      std::size_t at = end;
      if (at < line.size() && (line[at] == '"' || line[at] == '\'')) ++at;
      while (at < line.size() && line[at] == ' ') ++at;
      if (at < line.size() && (line[at] == '=' || line[at] == ':')) {
        name = known;
        value = line.substr(at + 1);
        return i;
      }
    }
    i = end;
  }
  return std::string_view::npos;
}

// What may stand before a variable that is set or shown, and not only spoken of ("Set ANTHROPIC_API_KEY=… first").
bool is_before_assignment(std::string_view before) {
  before = entry(before);
  while (!before.empty() && std::string_view(" \"'`{-*|•").find(before.back()) != std::string_view::npos) before.remove_suffix(1);
  if (before.empty()) return true;
  constexpr std::array<std::string_view, 9> kWords{"export", "set", "setx", "$env:", "ENV", "-e", "env:", "environment:", "with:"};
  return std::ranges::find(kWords, before) != kWords.end() || before.ends_with(".env:") || before.ends_with("rc:") || before.ends_with("declare -x");
}

// Of "NAME=value claude -p hi" the value; of `"NAME": "value", …` the value.
std::string_view first_value(std::string_view text) {
  text = entry(text);
  if (text.starts_with('"') || text.starts_with('\'')) {
    const std::size_t end = text.find(text[0], 1);
    return end == std::string_view::npos ? text.substr(1) : text.substr(1, end - 1);
  }
  return text.substr(0, text.find_first_of(" \t,;&|"));
}

}  // namespace

void Surroundings::observe(std::string_view fact) {
  if (std::ranges::find(observations_, fact) == observations_.end()) observations_.emplace_back(fact);
}

void Surroundings::variable(std::string_view name, std::string_view value, Source source) {
  value = without_quotes(entry(value));
  const bool unexpanded = value.starts_with("$") || value.starts_with("%") || value.starts_with("{{");
  auto& list = is_credential(name) ? credentials_ : settings_;
  const bool known = std::ranges::any_of(list, [&](const Variable& v) { return v.name == name && v.source == source; });
  if (known || list.size() >= limits::kHeaderFields || (unexpanded && source != Source::ci)) return;
  Variable variable{std::string(name), source, {}, {}};
  if (!is_credential(name)) {
    if (!is_setting(name)) return;
    variable.value = value.empty() ? "" : shown_url(value.substr(0, limits::kHeaderName));
    list.push_back(std::move(variable));
    return;
  }
  ValueOrigin origin;
  origin.source = std::string(source_word(source)) + (source == Source::dotenv ? ".env" : std::string(name));
  if (unexpanded || is_hidden(value)) {
    variable.credential.source = origin.source;
    variable.credential.state = "set";
    variable.credential.shape = shape_of_hidden(value);
    if (variable.credential.shape.empty() && name == "CLAUDE_CODE_OAUTH_TOKEN") variable.credential.shape = "oauth-token";
  } else {
    variable.credential = describe(value, origin);
    // A value shown short by hand looks like a cut one.
    if (variable.credential.length.value_or(0) < 60) std::erase(variable.credential.flaws, "truncated");
  }
  variable.credential.used.reset();
  list.push_back(std::move(variable));
}

void Surroundings::measured_length(std::string_view name, std::size_t bytes) {
  if (!is_credential(name)) return;
  auto found = std::ranges::find(credentials_, name, &Variable::name);
  if (found == credentials_.end()) {
    Variable variable{std::string(name), Source::shell, {}, {}};
    variable.credential.source = "env:" + std::string(name);
    variable.credential.state = bytes == 0 ? "empty" : "set";
    credentials_.push_back(std::move(variable));
    found = std::prev(credentials_.end());
  }
  Credential& c = found->credential;
  c.length = static_cast<std::int64_t>(bytes);
  // Both kinds have 108 characters; what a terminal of 80 columns broke off has less.
  constexpr std::size_t kWhole = 108;
  if (bytes > 8 && bytes < kWhole - 2 && (name == "CLAUDE_CODE_OAUTH_TOKEN" || name == "ANTHROPIC_API_KEY")) c.flaws.emplace_back("truncated");
  if (bytes == kWhole + 1) c.flaws.emplace_back("trailing-newline");
}

bool Surroundings::header_field(std::string_view text) {
  if (text.starts_with("< ")) text.remove_prefix(2);
  if (text.starts_with("HTTP/")) {
    in_head_ = true;
    return true;
  }
  const std::size_t colon = text.find(':');
  const std::string name = lower_case(text.substr(0, std::min(colon, limits::kHeaderName)));
  const bool plain = colon != std::string_view::npos && colon != 0 && std::ranges::all_of(name, [](char c) {
                       return is_name_char(c) || c == '-';
                     });
  if (!plain) {
    in_head_ = false;
    return false;
  }
  constexpr std::array<std::string_view, 10> kKept{"request-id", "retry-after", "cf-ray", "server", "cf-mitigated", "via", "x-deny-reason",
                                                  "x-locksmith-cause", "x-locksmith-layer", "proxy-authenticate"};
  // These say whose answer it is, also where only they were pasted.
  const bool telling = name == "cf-mitigated" || name == "cf-ray" || name == "request-id" || name.starts_with("x-locksmith-");
  if ((!in_head_ && !telling) || std::ranges::find(kKept, name) == kKept.end() || headers_.size() >= limits::kHeaderFields) return in_head_;
  headers_.emplace_back(name, model::credential::redact(entry(text.substr(colon + 1)).substr(0, limits::kHeaderName)));
  return true;
}

// Where the program ran, by what its surroundings print.
void Surroundings::place(std::string_view text) {
  struct Sign {
    std::string_view text, fact;
  };
  constexpr std::array<Sign, 24> kSigns{{{"ssh-session", "launched.ssh"},
                                         {"anthropics/claude-code-action", "launched.ci"},
                                         {"anthropics/claude-code-base-action", "launched.ci"},
                                         {"/runner/work/", "launched.ci"},
                                         {"##[error]", "launched.ci"},
                                         {"github_action", "launched.ci"},
                                         {"running with gitlab-runner", "launched.ci"},
                                         {"jenkins", "launched.ci"},
                                         {"dependabot[bot]", "launched.ci-fork"},
                                         {"actor: dependabot", "launched.ci-fork"},
                                         {"from a fork", "launched.ci-fork"},
                                         {"docker exec", "launched.container"},
                                         {"docker run", "launched.container"},
                                         {"docker compose exec", "launched.container"},
                                         {"docker-compose", "launched.container"},
                                         {"podman exec", "launched.container"},
                                         {"kubectl exec", "launched.container"},
                                         {"systemctl", "launched.service"},
                                         {"journalctl", "launched.service"},
                                         {"systemd[1]", "launched.service"},
                                         {"login successful", "login.succeeded"},
                                         {"logged in as", "login.succeeded"},
                                         {"\"loggedin\": true", "login.cli-says-logged-in"},
                                         {"\"loggedin\":true", "login.cli-says-logged-in"}}};
  const std::string lowered = lower_case(text.substr(0, limits::kLogExample));
  for (const Sign& sign : kSigns) {
    if (contains(lowered, sign.text)) observe(sign.fact);
  }
  const std::string_view bare = entry(text);
  if (bare.starts_with("- Platform: ") || bare.starts_with("Platform: ")) {
    if (contains(lowered, "darwin")) os_ = "macos";
    if (contains(lowered, "linux")) os_ = "linux";
    if (contains(lowered, "win32") || contains(lowered, "windows")) os_ = "windows";
  }
  if (bare.starts_with("Provider: ")) {
    const std::string name = lower_case(bare.substr(std::string_view("Provider: ").size()).substr(0, 40));
    if (name != "anthropic" && name != "claude") provider_ = model::credential::redact(name);
  }
}

void Surroundings::assignment(std::string_view text, Source source, bool anywhere) {
  std::string name;
  std::string_view value;
  const std::size_t at = split_variable(text, name, value);
  if (at == std::string_view::npos || !(anywhere || is_before_assignment(text.substr(0, at)))) return;
  const std::string_view shown = first_value(value);
  // "X_API_KEY: is required" is prose.
  const bool prose = !contains(text, "=") && !entry(value).starts_with('"') && entry(value).find(' ') != std::string_view::npos;
  const bool workflow = is_lower(text[at]);
  if (!prose) variable(name, shown, workflow ? Source::ci : source);
}

void Surroundings::command(std::string_view text) {
  assignment(text, Source::shell, true);
  place(text);
}

void Surroundings::line(std::string_view text, Source source) {
  assignment(text, source, false);
  if (contains(text, "expiresAt\": 0,") || contains(text, "expiresAt\":0,") || entry(text).ends_with("expiresAt\": 0")) {
    observe("config.stored-login-lacks-expiry");
  }
  if (contains(text, "accessToken\": \"\"") || contains(text, "accessToken\":\"\"")) observe("config.stored-login-blanked");
  header_field(entry(text));
  place(text);
}

bool Surroundings::empty() const {
  return credentials_.empty() && settings_.empty() && observations_.empty() && headers_.empty() && os_.empty() && provider_.empty() && !none_listed_;
}

void Surroundings::add_to(Evidence& e) const {
  for (const std::string& fact : observations_) doctor::intake::observe(e, fact);
  if (e.os.empty()) e.os = os_;
  if (e.settings.provider.empty()) e.settings.provider = provider_;
  for (const auto& field : headers_) {
    if (model::evidence::find_field(e.error.headers, field.first) == nullptr) e.error.headers.push_back(field);
  }
  for (const Variable& v : credentials_) e.credentials.push_back(v.credential);
  if (none_listed_ && credentials_.empty()) {
    Credential unset;
    unset.source = "env:ANTHROPIC_API_KEY";
    unset.state = "unset";
    e.credentials.push_back(std::move(unset));
  }
  for (const Variable& v : settings_) {
    if (v.name == "ANTHROPIC_BASE_URL") {
      if (!e.settings.base_url || v.source == Source::settings) e.settings.base_url = v.value;
    } else if (is_proxy(v.name)) {
      if (e.settings.proxy.empty()) e.settings.proxy = v.value;
    } else if (v.name.starts_with("CLAUDE_CODE_USE_")) {
      if (is_on(v.value)) {
        e.settings.provider = lower_case(v.name.substr(std::string_view("CLAUDE_CODE_USE_").size()));
        doctor::intake::observe(e, "config.provider-switch");
      }
    } else if (e.settings.ca_bundle.empty()) {
      e.settings.ca_bundle = v.name;
    }
    // The same variable, twice and differently: Claude Code's settings win over the shell.
    for (const Variable& other : settings_) {
      if (v.name == other.name && v.source == Source::settings && other.source != Source::settings && v.value != other.value) {
        doctor::intake::observe(e, "config.settings-differ-from-shell");
      }
    }
  }
}

}  // namespace locksmith::doctor::intake
