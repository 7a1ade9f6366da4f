#include "doctor/intake/request_judged.h"

#include <algorithm>
#include <array>

#include "doctor/intake/request_shown.h"
#include "knowledge/api.h"
#include "model/credential/credential.h"
#include "model/evidence/claude_hosts.h"
#include "vocabulary/assert.h"
#include "vocabulary/character.h"
#include "vocabulary/text.h"
#include "wire/json/json.h"

namespace locksmith::doctor::intake {
namespace {

using model::evidence::Evidence;
using model::evidence::find_field;
using wire::json::Kind;
using wire::json::Value;

const knowledge::Api& api() {
  static const auto kApi = knowledge::read_api();
  LOCKSMITH_ASSERT(kApi.has_value());
  return *kApi;
}

std::size_t times_given(const Evidence& e, std::string_view wanted) {
  return static_cast<std::size_t>(std::ranges::count_if(
      e.request.headers, [&](const auto& field) { return lower_case(field.first) == wanted && !field.second.empty(); }));
}

// What only the user's shell knows, or the reader hid.
bool is_unknown_value(std::string_view value) { return value.empty() || value.find_first_of("$%<{…") != std::string_view::npos; }

// Names under which credentials are sent to others, or that look nearly like ours.
bool is_misnamed_credential(std::string_view name) {
  constexpr std::array<std::string_view, 16> kNames{
      "api-key",       "apikey",      "api_key",        "x_api_key",         "xapikey",     "anthropic-api-key", "x-anthropic-api-key", "anthropic_api_key",
      "claude-api-key", "x-apikey",   "authentication", "x-goog-api-key",    "auth",        "token",             "x-auth-token",
      "ocp-apim-subscription-key"};
  return std::ranges::find(kNames, name) != kNames.end();
}

bool has_key_in_query(std::string_view url) {
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos) return false;
  const std::string lowered = lower_case(url.substr(query));
  for (const std::string_view name : {"key=", "api_key=", "api-key=", "apikey=", "x-api-key="}) {
    for (const char before : {'?', '&'}) {
      if (lowered.find(before + std::string(name)) != std::string::npos) return true;
    }
  }
  return false;
}

void judge_credential(Evidence& e, bool to_claude) {
  const std::string* key = find_field(e.request.headers, "x-api-key");
  const std::string* authorization = find_field(e.request.headers, "authorization");
  const bool bearer = authorization != nullptr && !authorization->empty() && !authorization->starts_with("Basic");
  const bool none = (key == nullptr || key->empty()) && !bearer;
  if (times_given(e, "x-api-key") > 1 || times_given(e, "authorization") > 1) observe(e, "request.credential-header-doubled");
  if (none) {
    const bool misnamed = has_key_in_query(e.request.url) || std::ranges::any_of(e.request.headers, [](const auto& field) {
                            return is_misnamed_credential(lower_case(field.first));
                          });
    const bool session = std::ranges::any_of(e.credentials, [](const auto& c) { return c.shape == "session-key"; });
    if (misnamed) {
      observe(e, "request.credential-header-misnamed");
    } else if (!session && e.request.headers_known) {
      observe(e, "request.lacks-credential");
    }
  }
  constexpr std::array<std::string_view, 8> kOthers{"api.openai.com", "openrouter.ai",   "generativelanguage.googleapis.com",
                                                    "api.groq.com",   "api.x.ai",        "api.deepseek.com",
                                                    "api.mistral.ai", "api.together.xyz"};
  const bool other = std::ranges::find(kOthers, host_of(e.request.url)) != kOthers.end();
  const bool ours = std::ranges::any_of(e.credentials, [](const auto& c) {
    return c.shape == "api-key" || c.shape == "oauth-token" || c.shape == "admin-key";
  });
  if (other && ours) observe(e, "config.credential-host-differs");
  if (!to_claude) return;
  const bool foreign = std::ranges::any_of(e.credentials, [](const auto& c) { return c.shape == "federated-token"; });
  if (foreign) observe(e, "request.foreign-token");
  const std::string* beta = find_field(e.request.headers, "anthropic-beta");
  const bool login = std::ranges::any_of(e.credentials, [](const auto& c) { return c.shape == "oauth-token"; });
  if (login && bearer && e.request.headers_known && (beta == nullptr || beta->find("oauth-") == std::string::npos)) {
    observe(e, "request.lacks-login-beta");
  }
}

void judge_versions(Evidence& e, bool wants_version) {
  const std::string* version = find_field(e.request.headers, "anthropic-version");
  if (wants_version && e.request.headers_known && (version == nullptr || version->empty())) {
    observe(e, "request.lacks-version-header");
  }
  if (version != nullptr && !is_unknown_value(*version) && version->find(',') == std::string::npos && !api().has_version(*version)) {
    observe(e, "request.version-unknown");
  }
  const std::string* workspace = find_field(e.request.headers, "anthropic-workspace-id");
  if (workspace != nullptr && !is_unknown_value(*workspace) && !workspace->starts_with("wrkspc_")) {
    observe(e, "request.workspace-id-invalid");
  }
}

// "claude-3.5-sonnet", "Claude Sonnet 4": names of people, of other services or of the web page, and no ids.
bool is_no_model_id(std::string_view model) {
  if (!model.starts_with("claude-")) return true;
  if (api().is_retired(model)) return false;
  return !std::ranges::all_of(model, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

void judge_address(Evidence& e, std::string_view host, std::string_view path, bool cloud) {
  if (model::evidence::is_claude_host(host) && e.request.url.starts_with("http://")) observe(e, "request.plain-http");
  if (!host.empty() && !model::evidence::is_claude_host(host) && host[0] != '$') observe(e, "config.custom-base-url");
  const bool whole = e.request.headers_known && e.request.method != "POST" && e.request.method != "OPTIONS";
  if (whole && (path.ends_with("/v1/messages") || path.ends_with("/v1/messages/count_tokens"))) observe(e, "request.wrong-method");
  if (host == model::evidence::kApiHost && path.find_first_of("${<") == std::string_view::npos && !api().has_path(path)) {
    observe(e, "request.path-unknown");
  }
  // The sign-in hosts and the web site serve no API.
  if (model::evidence::is_claude_host(host) && host != model::evidence::kApiHost && path.starts_with("/v1/") && !cloud) observe(e, "request.path-unknown");
}

}  // namespace

void judge_request(Evidence& e) {
  const std::string host = host_of(e.request.url);
  const std::string path = path_of(e.request.url);
  const bool openai = path.find("/chat/completions") != std::string::npos || path.find("/completions") != std::string::npos;
  const bool cloud = host.ends_with(".amazonaws.com") || host.ends_with("googleapis.com");
  const bool to_claude = host == model::evidence::kApiHost;
  judge_credential(e, to_claude);
  judge_versions(e, (to_claude || path.find("/v1/messages") != std::string::npos) && !openai && !cloud);
  judge_address(e, host, path, cloud);
  if (to_claude && !is_unknown_value(e.request.model)) {
    if (api().is_retired(e.request.model)) {
      observe(e, "request.model-retired");
    } else if (is_no_model_id(e.request.model)) {
      observe(e, "request.model-no-id");
    }
  }
}

void note_body(Evidence& e, std::string_view body) {
  wire::json::Reader reader;
  const auto root = reader.parse(body);
  if (!root) {
    const std::size_t first = body.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos) observe(e, "request.body-not-json");
    return;
  }
  e.request.model = model::credential::redact((*root)["model"].string_or("").substr(0, 200));
  const std::string path = path_of(e.request.url);
  if (!path.ends_with("/v1/messages") || root->kind() != Kind::object) return;
  for (const std::string_view field : {"model", "messages", "max_tokens"}) {
    if (!(*root)[field]) observe(e, "request.lacks-required-field");
  }
  // What the API refuses whatever the model (its reference, "Create a Message").
  const Value messages = (*root)["messages"];
  bool refused = messages && messages.kind() != Kind::array;
  std::size_t count = 0;
  messages.for_each_element([&](Value message) {
    ++count;
    const std::string_view role = message["role"].string_or("");
    refused |= role != "user" && role != "assistant";
    refused |= !message["content"] || message["content"].as_string() == "";
  });
  refused |= messages && count == 0;
  const Value most = (*root)["max_tokens"];
  const auto tokens = most.as_integer();
  refused |= most && (!tokens || *tokens < 0);
  if (const auto budget = (*root)["thinking"]["budget_tokens"].as_integer(); budget && tokens) refused |= *budget >= *tokens;
  const std::string* version = find_field(e.request.headers, "anthropic-version");
  if (version != nullptr && !is_unknown_value(*version) && api().has_version(*version) && *version >= api().no_sampling_since) {
    refused |= std::ranges::any_of(api().sampling_fields, [&](const std::string& field) { return static_cast<bool>((*root)[field]); });
  }
  if (refused) observe(e, "request.field-refused");
}

}  // namespace locksmith::doctor::intake
