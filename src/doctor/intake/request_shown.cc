#include "doctor/intake/request_shown.h"

#include <algorithm>

#include "model/credential/credential.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/text.h"
#include "vocabulary/url.h"

namespace locksmith::doctor::intake {
namespace {

namespace credential = model::credential;
using model::evidence::Credential;
using model::evidence::Evidence;

bool contains_any(std::string_view lowered, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words,
                             [&](std::string_view w) { return lowered.find(w) != std::string_view::npos; });
}

// The kind in words that the derived facts know: "<api-key>". Of a variable only its name can tell.
std::string kind_shown(const Credential& c, const ValueOrigin& origin) {
  if (origin.variable.empty())
    return "<" + (c.shape.empty() || c.shape == "unknown" ? std::string("credential") : c.shape) + ">";
  const std::string name = lower_case(origin.variable);
  if (contains_any(name, {"oauth"})) return "<oauth-token>";
  if (contains_any(name, {"api_key", "apikey"})) return "<api-key>";
  return "<credential>";
}

std::string keep_authorization(Evidence& e, std::string_view value, const ValueOrigin& origin) {
  const std::string lowered = lower_case(value);
  for (const std::string_view scheme : {"bearer ", "basic ", "token ", "apikey "}) {
    if (!lowered.starts_with(scheme)) continue;
    const std::string_view rest = trimmed(value.substr(scheme.size()), is_blank);
    if (scheme == "basic ") return "Basic <credential>";
    e.credentials.push_back(describe(rest, origin));
    return std::string(value.substr(0, scheme.size())) + kind_shown(e.credentials.back(), origin);
  }
  if (lowered.starts_with("aws4-hmac-sha256")) return "AWS4-HMAC-SHA256 <signature>";
  e.credentials.push_back(describe(value, origin));
  if (!value.empty()) observe(e, "request.authorization-lacks-scheme");
  return value.empty() ? "" : kind_shown(e.credentials.back(), origin);
}

}  // namespace

Credential describe(std::string_view value, const ValueOrigin& origin) {
  Credential c;
  c.source = origin.source;
  c.note = origin.note;
  c.used = true;
  if (!origin.variable.empty()) {
    c.state = origin.state;
    return c;
  }
  c.state = value.empty() ? "empty" : "set";
  if (value.empty()) return c;
  const credential::Examined seen = credential::examine(value);
  c.shape = credential::name(seen.shape);
  if (seen.shape == credential::Shape::other_provider) c.shape += ":" + seen.provider;
  for (const credential::Flaw flaw : seen.flaws) c.flaws.emplace_back(credential::name(flaw));
  c.length = static_cast<std::int64_t>(seen.length);
  c.tail = seen.tail;
  return c;
}

std::string host_of(std::string_view url) { return lower_case(split_url(url).host); }

std::string path_of(std::string_view url) { return lower_case(split_url(url).path); }

std::string shown_url(std::string_view url) {
  const std::string_view authority = split_url(url).authority;
  const auto start = static_cast<std::size_t>(authority.data() - url.data());
  std::string out = credential::redact(url.substr(0, start));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    out += "…@";
    out += credential::redact(authority.substr(at + 1));
  } else {
    out += credential::redact(authority);
  }
  std::string_view rest = url.substr(start + authority.size());
  const std::size_t query = rest.find_first_of("?#");
  out += credential::redact(rest.substr(0, query));
  if (query == std::string_view::npos) return out;
  rest.remove_prefix(query);
  while (!rest.empty()) {
    const char mark = rest.front();
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find_first_of("&#"), rest.size());
    const std::string_view parameter = rest.substr(0, end);
    const std::size_t equals = parameter.find('=');
    out += mark;
    const std::string name = lower_case(parameter.substr(0, equals));
    if (equals != std::string_view::npos &&
        contains_any(name, {"key", "token", "secret", "auth", "pass", "code", "sig", "session", "state"})) {
      out += credential::redact(parameter.substr(0, equals + 1));
      out += "…";
    } else {
      out += credential::redact(parameter);
    }
    rest.remove_prefix(end);
  }
  return out;
}

void keep_header(Evidence& e, std::string_view name, std::string_view value, const ValueOrigin& origin) {
  const std::string lowered = lower_case(name);
  value = trimmed(value, is_blank);
  std::string shown;
  if (lowered == "authorization") {
    shown = keep_authorization(e, value, origin);
  } else if (lowered == "x-api-key") {
    e.credentials.push_back(describe(value, origin));
    if (!value.empty()) shown = kind_shown(e.credentials.back(), origin);
  } else if (contains_any(lowered, {"cookie"})) {
    // A web session in front of an API is somebody's credential, and the wrong one.
    const std::size_t session = lower_case(value).find("sessionkey=");
    if (session != std::string::npos) {
      std::string_view key = value.substr(session + std::string_view("sessionkey=").size());
      e.credentials.push_back(describe(trimmed(key.substr(0, key.find(';')), is_blank), origin));
    }
    shown = "<cookie>";
  } else if (lowered != "idempotency-key" && lowered != "anthropic-beta" &&
             !lowered.starts_with("access-control-") && !lowered.starts_with("sec-") &&
             !lowered.starts_with("anthropic-ratelimit") &&
             contains_any(lowered, {"key", "token", "auth", "secret", "password", "session", "signature",
                                    "credential"})) {
    shown = "<credential>";
  } else if (lowered == "referer" || lowered == "origin") {
    shown = shown_url(value);
  } else {
    shown = credential::redact(value);
  }
  // A value may stand where the name should: "-H sk-…:".
  e.request.headers.emplace_back(credential::redact(name.substr(0, limits::kHeaderName)), std::move(shown));
}

void observe(Evidence& e, std::string_view fact) {
  if (std::ranges::find(e.observations, fact) == e.observations.end()) e.observations.emplace_back(fact);
}

}  // namespace locksmith::doctor::intake
