// The hosts of Claude: the one place that names them. Hosts in lower case.
//
// Sources: the SDKs' default base URL (api.anthropic.com); the sign-in and the apps stand below claude.ai, claude.com and
// anthropic.com. November 2026.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "vocabulary/url.h"

namespace locksmith::model::evidence {

inline constexpr std::string_view kApiHost = "api.anthropic.com";
inline constexpr std::string_view kApiBase = "https://api.anthropic.com";
static_assert(split_url(kApiBase).host == kApiHost);

// The API, the apps and the web sites.
constexpr bool is_claude_host(std::string_view host) {
  constexpr std::array<std::string_view, 3> kDomains{"anthropic.com", "claude.ai", "claude.com"};
  return std::ranges::any_of(kDomains, [host](std::string_view domain) { return is_within(host, domain); });
}

// The web app, whose sessions are no credentials of the API.
constexpr bool is_web_app(std::string_view host) { return is_within(host, "claude.ai"); }

// What a browser shows as itself: a page there that asks the API is Claude's own.
constexpr bool is_own_page(std::string_view host) { return is_web_app(host) || is_within(host, "claude.com"); }

// Whether a base URL leads to the API over TLS, whatever its path.
constexpr bool is_api_base(std::string_view url) {
  const UrlParts parts = split_url(url);
  return parts.scheme == "https" && parts.host == kApiHost;
}

}  // namespace locksmith::model::evidence
