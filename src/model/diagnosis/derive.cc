#include <algorithm>
#include <array>
#include <cmath>

#include "model/diagnosis/facts.h"
#include "model/evidence/claude_hosts.h"
#include "model/evidence/error_text.h"
#include "vocabulary/assert.h"
#include "vocabulary/text.h"
#include "vocabulary/url.h"

namespace locksmith::model::diagnosis {
namespace {

using evidence::Credential;
using evidence::Evidence;

// The pieces of a URL that the rules ask about, in lower case.
struct Url {
  std::string scheme, host, path;
};
Url parse_url(std::string_view text) {
  const UrlParts parts = split_url(text);
  return {lower_case(parts.scheme), lower_case(parts.host), lower_case(parts.path)};
}

bool is_loopback_host(std::string_view host) {
  return host == "localhost" || host.starts_with("127.") || host == "[::1]" || host == "0.0.0.0" ||
         host == "host.docker.internal";
}

class Deriver {
 public:
  Deriver(const Evidence& e, const FactNames& names, const evidence::PhraseBook& book) : e_(e), names_(names), book_(book) {}

  FactSet run() {
    error();
    request();
    settings();
    credentials();
    stream_clock_client();
    for (const std::string& observation : e_.observations) add_if_known(observation);
    return facts_;
  }

 private:
  void add(std::string_view name) {
    const FactId id = names_.find(name);
    LOCKSMITH_ASSERT(id != FactNames::kNone);
    facts_.add(id);
  }
  void add_if(bool holds, std::string_view name) {
    if (holds) add(name);
  }
  void add_if_known(std::string_view name) {
    if (const FactId id = names_.find(name); id != FactNames::kNone) facts_.add(id);
  }
  bool has(std::string_view name) const { return facts_.has(names_.find(name)); }

  void error();
  void answer_class(std::optional<int> status, std::string_view type);
  void request();
  void request_headers();
  void settings();
  void credentials();
  void one_credential(const Credential& c, bool active);
  void stream_clock_client();

  const Evidence& e_;
  const FactNames& names_;
  const evidence::PhraseBook& book_;
  FactSet facts_;
};

void Deriver::error() {
  const std::string text = evidence::without_denied(evidence::plain(e_.error.text));
  const evidence::ReadError read = evidence::read_error(text);
  const std::optional<int> status = e_.error.status ? e_.error.status : read.status;
  const std::string type = e_.error.type.empty() ? read.type : e_.error.type;

  evidence::NormalText normal;
  // The word "transport" marks a bare value such as "timeout", which in running text would mean little.
  for (const std::string_view part : {std::string_view(text), std::string_view(e_.error.transport.empty() ? "" : "transport"),
                                      std::string_view(e_.error.transport), std::string_view(e_.error.code.empty() ? "" : "error_code"),
                                      std::string_view(e_.error.code),
                                      std::string_view(e_.error.type)}) {
    normal.append(part);
  }
  std::size_t meanings = 0;
  bool refused_by_gateway = false;
  book_.find(normal, [&](std::size_t meaning) {
    facts_.add(names_.meaning(meaning));
    refused_by_gateway = refused_by_gateway || names_.name(names_.meaning(meaning)).starts_with("says.refused-");
    ++meanings;
  });
  const std::string* const named = evidence::find_field(e_.error.headers, "x-locksmith-cause");
  add_if(refused_by_gateway || (named != nullptr && named->starts_with("gateway_refusal")), "resp.refused-by-gateway");

  answer_class(status, type);
  add_if(e_.error.body == "html" || (e_.error.body.empty() && read.html), "body.html");
  add_if(e_.error.body == "json" || (e_.error.body.empty() && read.json && !read.html), "body.json");
  add_if(e_.error.body == "empty", "body.empty");

  const std::string* id = evidence::find_field(e_.error.headers, "request-id");
  add_if((id != nullptr && id->starts_with("req_")) || !read.request_id.empty(), "resp.request-id");
  const std::string* server = evidence::find_field(e_.error.headers, "server");
  add_if(evidence::find_field(e_.error.headers, "cf-ray") != nullptr ||
             (server != nullptr && contains(lower_case(*server), "cloudflare")),
         "resp.cloudflare");
  add_if(server != nullptr && !contains(lower_case(*server), "cloudflare"), "resp.foreign-server");
  add_if(evidence::find_field(e_.error.headers, "retry-after") != nullptr, "resp.retry-after");
  add_if(evidence::find_field(e_.error.headers, "cf-mitigated") != nullptr, "resp.challenge");

  const bool transport = has("says.dns") || has("says.refused") || has("says.reset") || has("says.timeout") ||
                         has("says.unreachable") || has("says.connection-generic") || has("says.tls") ||
                         has("says.tls-host-name") || has("says.tls-expired") || !e_.error.transport.empty();
  add_if(transport && !status && type.empty(), "class.transport");
  const bool nothing = !status && type.empty() && e_.error.text.empty() && e_.error.transport.empty();
  add_if(nothing, "class.none");
  add_if(!nothing && meanings == 0, "class.wordless");
}

void Deriver::answer_class(std::optional<int> status, std::string_view type) {
  const int s = status.value_or(0);
  add_if(s == 401 || type == "authentication_error", "class.auth");
  add_if(s == 403 || type == "permission_error" || type == "forbidden", "class.permission");
  add_if(s == 404 || type == "not_found_error", "class.not-found");
  add_if(s == 429 || type == "rate_limit_error", "class.rate");
  add_if(s == 400 || s == 422 || type == "invalid_request_error", "class.bad-request");
  add_if(s == 529 || type == "overloaded_error", "class.overloaded");
  add_if((s >= 500 && s != 529) || type == "api_error" || type == "timeout_error", "class.server");
  add_if(s == 413 || type == "request_too_large", "class.too-large");
  add_if(s == 402 || type == "billing_error", "class.payment");
  add_if(s == 407, "class.proxy-login");
  add_if(s >= 400, "class.http-error");
  add_if(s >= 300 && s < 400, "resp.redirect");
  add_if(s >= 520 && s <= 527, "status.52x");
  add_if_known("status." + std::to_string(s));
  add_if(type == "forbidden", "type.forbidden");
  add_if(type.ends_with("_error") || type == "request_too_large", "type.api");
}

void Deriver::request() {
  const Url url = parse_url(e_.request.url);
  const Url base = parse_url(e_.settings.base_url.value_or(""));
  if (!url.host.empty()) {
    add_if(contains(url.path, "/v1/v1/") || url.path.ends_with("/v1/v1"), "url.doubled-v1");
    add_if(contains(url.path, "/chat/completions") || contains(url.path, "/v1/completions") || url.path.ends_with("/responses"),
           "url.openai-style");
    add_if(url.host == evidence::kApiHost && url.path.size() > 1 && !contains(url.path, "/v1") && !contains(url.path, "/api/"),
           "url.lacks-v1");
    add_if(!evidence::is_claude_host(url.host), "url.not-api-host");
    add_if(!base.host.empty() && base.host != url.host, "url.other-than-base");
    add_if(evidence::is_web_app(url.host), "url.web-app");
    add_if(contains(url.path, "/v1/models"), "url.models");
    add_if(contains(url.path, "/v1/organizations"), "url.admin");
  }
  if (e_.request.headers_known || !e_.request.headers.empty()) request_headers();
  add_if(!e_.request.model.empty(), "model.known");
  add_if(contains(lower_case(e_.request.model), "1m"), "model.long-context");
}

void Deriver::request_headers() {
  const auto field = [&](std::string_view name) {
    const std::string* value = evidence::find_field(e_.request.headers, name);
    // The official Python client once sent an empty x-api-key beside a token: empty counts as absent.
    return value == nullptr || value->empty() ? std::string() : lower_case(*value);
  };
  const std::string authorization = field("authorization");
  const std::string api_key = field("x-api-key");
  const std::string version = field("anthropic-version");
  const std::string beta = field("anthropic-beta");
  add_if(!authorization.empty(), "hdr.authorization");
  add_if(!api_key.empty(), "hdr.x-api-key");
  // Claude Code puts what its helper prints into both.
  const auto is_used = [](const evidence::Credential& c) { return c.used.value_or(false); };
  const bool both_of_one = std::ranges::count_if(e_.credentials, is_used) == 1 && std::ranges::find_if(e_.credentials, is_used)->source.starts_with("helper:");
  add_if(!authorization.empty() && !api_key.empty() && !both_of_one, "hdr.two-credentials");
  add_if(authorization.empty() && api_key.empty() && e_.request.headers_known, "hdr.no-credential");
  const bool bearer_oauth = contains(authorization, "oauth") || contains(authorization, "oat");
  add_if(bearer_oauth, "hdr.bearer-oauth");
  add_if(!authorization.empty() && !bearer_oauth && (contains(authorization, "api-key") || contains(authorization, "<key>")),
         "hdr.bearer-api-key");
  add_if(contains(api_key, "oauth") || contains(api_key, "token"), "hdr.x-api-key-oauth");
  add_if(!version.empty(), "hdr.version");
  add_if(contains(version, ","), "hdr.version-doubled");
  add_if(version.empty() && (!field("anthropic_version").empty() || !field("anthropicversion").empty()), "hdr.version-misnamed");
  add_if(version.empty() && e_.request.headers_known, "hdr.version-absent");
  add_if(!beta.empty(), "hdr.beta");
  add_if(bearer_oauth && !contains(beta, "oauth-") && (e_.request.headers_known || !beta.empty()), "hdr.beta-lacks-oauth");
  add_if(!field("origin").empty(), "hdr.origin");
  add_if(!field("anthropic-allowed-org-ids").empty(), "hdr.tenant");
}

void Deriver::settings() {
  const auto& s = e_.settings;
  if (s.base_url) {
    const Url base = parse_url(*s.base_url);
    add_if(s.base_url->empty(), "base.empty");
    add_if(!base.host.empty() && !evidence::is_claude_host(base.host), "base.custom");
    add_if(evidence::is_claude_host(base.host), "base.anthropic");
    add_if(is_loopback_host(base.host), "base.loopback");
    add_if(base.scheme == "http", "base.plain-http");
    std::string path = base.path;
    add_if(path.size() > 1 && path.ends_with('/'), "base.trailing-slash");
    while (path.ends_with('/')) path.pop_back();
    add_if(path.ends_with("/v1"), "base.has-v1");
    add_if(!s.base_url->empty() && ((base.scheme != "http" && base.scheme != "https") || base.host.empty()), "base.unusable");
  }
  const std::string provider = lower_case(s.provider);
  add_if(provider == "anthropic", "provider.anthropic");
  add_if(!provider.empty() && provider != "anthropic", "provider.other");
  add_if(!s.gateway.empty(), "gateway.named");
  if (!s.proxy.empty()) {
    const Url proxy = parse_url(s.proxy);
    add("proxy.set");
    add_if(proxy.scheme.starts_with("socks"), "proxy.socks");
    // curl and the SDKs know http, https and, with an extra, socks4(a) and socks5(h); "socks" alone is nobody's scheme.
    constexpr std::array<std::string_view, 6> kSchemes{"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
    add_if((!proxy.scheme.empty() && std::ranges::find(kSchemes, proxy.scheme) == kSchemes.end()) || proxy.host.empty() ||
               contains(proxy.host, " "),
           "proxy.unusable");
  }
  add_if(!s.ca_bundle.empty(), "ca.set");
  add_if(s.workspace_id == "unset" || s.workspace_id == "blank", "workspace.unset");
}

void Deriver::one_credential(const Credential& c, bool active) {
  const std::string source = lower_case(c.source);
  const std::string shape = lower_case(c.shape);
  const bool env = source.starts_with("env:");
  const bool set = c.state == "set";
  const bool used = c.used.value_or(false);
  const bool login = source.starts_with("profile:") || contains(source, "login") || contains(source, ".credentials.json") ||
                     source == "env:claude_code_oauth_token" ||
                     (shape == "oauth-token" && !env && source != "ui" && source != "unknown" && source != "code" &&
                      !source.starts_with("ci-secret:") && !source.starts_with("dotenv:") && !contains(source, "settings"));
  const bool ours = contains(source, "anthropic") || contains(source, "claude");

  add_if(env && c.state == "unset" && ours, "cred.env-unset");
  add_if(env && c.state == "empty", "cred.env-empty");
  add_if(env && set, "cred.env-set");
  add_if(env && set && used, "cred.env-used");
  add_if(source.starts_with("dotenv:") && set, "cred.dotenv-set");
  add_if(source.starts_with("dotenv:") && set && used, "cred.dotenv-used");
  add_if(source.starts_with("dotenv:") && c.state == "empty" && used, "cred.dotenv-empty-used");
  add_if(source.starts_with("keychain") && c.state == "unreadable", "cred.keychain-unreadable");
  add_if(c.state == "unreadable", "cred.unreadable");
  add_if(source.starts_with("ci-secret:") && c.state == "empty", "cred.ci-empty");
  add_if(source.starts_with("ci-secret:") && c.state == "unset", "cred.ci-unset");
  add_if(source.starts_with("ci-secret:") && set, "cred.ci-set");
  add_if(source == "ui" && set, "cred.ui");
  add_if(source == "code" && set, "cred.code");
  add_if(contains(source, "settings") && set && used, "cred.settings-used");
  add_if(source.starts_with("helper:") && set && used, "cred.helper-used");
  add_if(source.starts_with("profile:") && used, "cred.profile-used");
  const bool shell_file = contains(source, "rc") && source.starts_with("file:") &&
                          (source.ends_with("shrc") || source.ends_with("profile") || source.ends_with("zshenv"));
  add_if(shell_file && set, "cred.shell-file");
  add_if(set && !env && source != "unknown" && !used && !shape.starts_with("other-provider"), "cred.elsewhere");
  add_if(set && login && !source.starts_with("env:"), "cred.login-stored");
  add_if(set && login && c.used == false, "cred.login-unused");
  add_if(set && c.used == false, "cred.unused-set");
  add_if(used && c.state == "empty", "cred.used-empty");
  const bool past = c.expires_in_s && *c.expires_in_s < 0;
  add_if(past && active, "cred.expired");
  add_if(past && !env, "cred.stored-expired");
  add_if(past && env, "cred.env-expired");
  add_if(shape == "refresh-token" && set, "cred.refresh-present");
  add_if(shape == "virtual-key" && set && c.used == false, "cred.virtual-unused");
  add_if(shape == "oauth-token" && set && (source == "env:anthropic_api_key" || source == "ci-secret:anthropic_api_key"),
         "cred.token-in-key-variable");
  if (!active) return;
  add_if_known("cred.shape." + shape.substr(0, shape.find(':')));
  // Whoever counted its characters looked at the value: then "unknown" says what it is not, and is no gap in the report.
  const bool seen = set && c.length.value_or(0) > 0 && source != "unknown";
  add_if(seen && shape == "unknown", "cred.unlike-any");
  add_if(seen && shape == "virtual-key", "cred.virtual-seen");
  for (const std::string& flaw : c.flaws) {
    add_if_known("cred.flaw." + flaw);
    add("cred.flawed");
    add_if(flaw == "trailing-newline" || flaw == "carriage-return" || flaw == "embedded-newline" || flaw == "non-ascii",
           "cred.unsendable");
  }
}

void Deriver::credentials() {
  if (e_.credentials.empty()) return;
  add("cred.listed");
  const bool any_used = std::ranges::any_of(e_.credentials, [](const Credential& c) { return c.used.value_or(false); });
  std::size_t set = 0;
  std::size_t foreign = 0;
  bool env_key = false;
  bool token = false;
  bool key = false;
  for (const Credential& c : e_.credentials) {
    const bool is_set = c.state == "set";
    // Where nobody says which one is sent, each that is set may be.
    one_credential(c, any_used ? c.used.value_or(false) : is_set && c.used != false);
    if (!is_set || c.shape == "refresh-token") continue;
    ++set;
    const std::string source = lower_case(c.source);
    if (c.shape.starts_with("other-provider")) ++foreign;
    env_key |= source.starts_with("env:") && source != "env:claude_code_oauth_token" && !c.shape.starts_with("other-provider");
    token |= contains(source, "auth_token");
    key |= contains(source, "api_key") || c.shape == "api-key";
  }
  const bool unknown_state = std::ranges::any_of(e_.credentials, [](const Credential& c) { return c.state.empty(); });
  add_if(set == 0 && !unknown_state, "cred.none-set");
  add_if(!any_used, "cred.none-used");
  add_if(set == 1, "cred.one-set");
  add_if(set >= 2, "cred.two-set");
  add_if(set != 0 && set == foreign, "cred.other-provider-only");
  add_if(env_key && has("cred.login-stored"), "cred.env-and-login");
  const auto is_login = [](const Credential& c) {
    return c.state == "set" && c.shape == "oauth-token" && (lower_case(c.source) == "env:claude_code_oauth_token" || contains(c.source, ".credentials.json"));
  };
  const std::string client = lower_case(e_.client.name);
  const bool other_program = client.starts_with("sdk-") || client == "curl" || client == "ant";
  const bool only_login = set != 0 && static_cast<std::size_t>(std::ranges::count_if(e_.credentials, is_login)) == set;
  add_if(other_program && !any_used && only_login, "cred.claude-code-login-only");
  add_if(token && key, "cred.token-and-key");
}

void Deriver::stream_clock_client() {
  if (e_.stream) {
    add_if(e_.stream->message_stop == false, "stream.incomplete");
    add_if(e_.stream->message_stop == true, "stream.complete");
    // Time limits are round: 30, 60, 100 s, minutes. A stream that ends at one was ended by somebody's clock.
    constexpr std::array<double, 9> kRound{30, 60, 90, 100, 120, 180, 300, 600, 900};
    const double ended = e_.stream->ended_after_s.value_or(-1);
    add_if(std::ranges::any_of(kRound, [&](double r) { return std::abs(ended - r) <= 2.5; }), "stream.at-round-time");
  }
  // The API and TLS allow minutes; the token exchange allows 30 s of a JWT's clock.
  add_if(e_.clock_skew_s && std::abs(*e_.clock_skew_s) > 300, "clock.skewed");
  add_if(e_.clock_skew_s && std::abs(*e_.clock_skew_s) <= 30, "clock.right");
  const std::string client = lower_case(e_.client.name);
  if (client.empty()) return;
  const bool claude_code = client.starts_with("claude-code") || client.starts_with("claude code");
  const bool app = contains(client, "claude desktop") || contains(client, "claude.ai") || contains(client, "cowork") ||
                   contains(client, "claude app");
  const bool sdk = client.starts_with("sdk-");
  const bool curl = client.starts_with("curl");
  add_if(claude_code, "client.claude-code");
  add_if(app, "client.claude-app");
  add_if(sdk, "client.sdk");
  add_if(curl, "client.curl");
  add_if(contains(client, "gateway") || contains(client, "relay") || contains(client, "router") || contains(client, "litellm"),
         "client.gateway");
  add_if(!claude_code && !app && !sdk && !curl, "client.third-party");
}

}  // namespace

FactSet derive(const Evidence& evidence, const FactNames& names, const evidence::PhraseBook& book) {
  return Deriver(evidence, names, book).run();
}

}  // namespace locksmith::model::diagnosis
