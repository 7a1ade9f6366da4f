#include "model/diagnosis/cause.h"

#include <algorithm>
#include <array>
#include <vector>

#include "vocabulary/assert.h"
#include "vocabulary/text.h"

namespace locksmith::model::diagnosis {
namespace {

using enum Side;

constexpr CauseCode kCodes[] = {
    {"key_missing", "No credential reaches the API", machine},
    {"key_missing.unset", "No credential is set anywhere the client looks", machine},
    {"key_missing.empty", "The credential is set, but to nothing", machine},
    {"key_missing.name_differs", "The credential is stored under a name that nobody reads", machine},

    {"key_malformed", "The credential's text is damaged", machine},
    {"key_malformed.trailing_newline", "The credential ends in a line break", machine},
    {"key_malformed.carriage_return", "The credential carries a Windows line end", machine},
    {"key_malformed.space", "The credential has spaces around or inside it", machine},
    {"key_malformed.quoted", "The quotes around the credential became part of it", machine},
    {"key_malformed.embedded_newline", "The credential is broken over two lines", machine},
    {"key_malformed.non_ascii", "The credential holds a character that no key has", machine},
    {"key_malformed.truncated", "The credential was cut when it was copied", machine},
    {"key_malformed.bearer_prefixed", "The word Bearer is part of the stored credential", machine},
    {"key_malformed.assignment_prefixed", "NAME= is part of the stored credential", machine},
    {"key_malformed.doubled", "The credential was pasted twice", machine},
    {"key_malformed.placeholder", "A placeholder stands where the credential should", machine},
    {"key_malformed.no_key", "The value is no Claude key at all", machine},
    {"key_malformed.surplus", "Something else stands before or behind the key", machine},
    {"key_malformed.base64", "The credential is still base64-encoded", machine},
    {"key_malformed.wrong_case", "The key's letters changed their case", machine},
    {"key_malformed.reference", "A reference to a secret store was not resolved", machine},
    {"key_malformed.masked", "The masked form of the key was copied, not the key", machine},

    {"key_wrong_kind", "This kind of credential does not work here", machine},
    {"key_wrong_kind.admin_key", "An Admin API key is used for model requests", machine},
    {"key_wrong_kind.oauth_token", "A subscription login token is used as an API key", machine},
    {"key_wrong_kind.refresh_token", "A refresh token is used as a credential", machine},
    {"key_wrong_kind.session_key", "A claude.ai browser session is used as an API key", machine},
    {"key_wrong_kind.other_provider", "The key belongs to another provider", machine},
    {"key_wrong_kind.virtual_key", "A gateway's own key is sent to the API", machine},
    {"key_wrong_kind.key_id", "The key's id was pasted instead of the key", machine},
    {"key_wrong_kind.claude_code_only", "Claude Code's own login is here, and nothing for other programs", machine},
    {"key_wrong_kind.scoped_key", "A compliance or enterprise key is used for model requests", machine},

    {"key_revoked_or_invalid", "The API does not know this key (any more)", account},
    {"key_revoked_or_invalid.revoked", "The key was disabled or deleted", account},

    {"key_expired", "The key has passed its end date", account},

    {"oauth_expired_or_revoked", "The login has ended", account},
    {"oauth_expired_or_revoked.expired", "The login token has expired", account},
    {"oauth_expired_or_revoked.revoked", "The login was revoked", account},
    {"oauth_expired_or_revoked.no_refresh_token", "The stored login cannot renew itself", machine},
    {"oauth_expired_or_revoked.shared_login", "Two programs renew one login and invalidate each other", machine},

    {"auth_header_format", "The credential is sent in the wrong header", request},
    {"auth_header_format.key_as_bearer", "An API key is sent as a Bearer token where x-api-key is wanted", request},
    {"auth_header_format.token_in_x_api_key", "A token is sent in x-api-key where Authorization is wanted", request},
    {"auth_header_format.doubled", "One credential header is sent twice", request},
    {"auth_header_format.misnamed", "The credential is sent under a name that nobody reads", request},
    {"auth_header_format.two_headers", "Two different credentials are sent at once", request},

    {"version_header", "The anthropic-version header is missing or wrong", request},
    {"version_header.missing", "The anthropic-version header is missing", request},
    {"version_header.invalid", "The anthropic-version header names no version", request},
    {"version_header.doubled", "The anthropic-version header arrives twice", intermediary},

    {"beta_header", "The anthropic-beta header is the problem", request},
    {"beta_header.unexpected_value", "A beta is asked for that this account or version does not have", request},
    {"beta_header.oauth_beta_missing", "The login token goes out without its beta header", request},
    {"beta_header.dropped", "The beta header was removed on the way", intermediary},

    {"wrong_endpoint", "The request goes to the wrong address", machine},
    {"wrong_endpoint.doubled_v1", "The base URL already ends in /v1", machine},
    {"wrong_endpoint.missing_v1", "The base URL lacks the /v1 that this client does not add", machine},
    {"wrong_endpoint.other_provider", "Base URL and credential belong to different services", machine},
    {"wrong_endpoint.openai_style", "An OpenAI-style address is used with a Claude client", machine},
    {"wrong_endpoint.nothing_listens", "Nothing listens at the configured address", machine},
    {"wrong_endpoint.provider_switch", "A variable sends the client to another provider", machine},
    {"wrong_endpoint.unknown_path", "The address exists, but not this path", machine},

    {"env_shadowed", "Another credential wins over the one you mean", machine},
    {"env_shadowed.key_over_login", "An API key in the environment wins over the login", machine},
    {"env_shadowed.token_over_login", "A token in the environment wins over the login", machine},
    {"env_shadowed.token_over_key", "A token wins over the API key", machine},
    {"env_shadowed.dotenv_over_environment", "A .env file wins over the environment", machine},
    {"env_shadowed.settings_over_environment", "A settings file wins over the environment", machine},
    {"env_shadowed.custom_header", "ANTHROPIC_CUSTOM_HEADERS replaces the credential", machine},

    {"env_not_loaded", "The credential exists, but this process does not have it", machine},
    {"env_not_loaded.gui", "A program started from the desktop does not see the shell's variables", machine},
    {"env_not_loaded.service", "The service does not have the variable", machine},
    {"env_not_loaded.container", "The container does not have the variable", machine},
    {"env_not_loaded.ci", "The CI job does not get the secret", machine},
    {"env_not_loaded.ci_fork", "CI withholds secrets from a fork", machine},
    {"env_not_loaded.keychain", "The keychain cannot be opened from here", machine},
    {"env_not_loaded.dotenv", "The .env file is not read", machine},
    {"env_not_loaded.sudo", "sudo took the variable away", machine},
    {"env_not_loaded.ssh", "A command over SSH does not have the variable", machine},
    {"env_not_loaded.file_unreadable", "The client's own file may not be read", machine},
    {"env_not_loaded.file_invalid", "The client's own file has a syntax error", machine},
    {"env_not_loaded.helper", "The key helper gives no credential", machine},
    {"env_not_loaded.line_not_read", "The line that sets the credential is not read", machine},
    {"env_not_loaded.subprocess", "The variable is not passed on to the child process", machine},

    {"workspace_or_org_mismatch", "Credential and workspace or organization do not match", account},
    {"workspace_or_org_mismatch.workspace_required", "This key needs the workspace named in each request", request},
    {"workspace_or_org_mismatch.workspace_invalid", "The header names no workspace", request},
    {"workspace_or_org_mismatch.other_organization", "The key belongs to another organization", account},
    {"workspace_or_org_mismatch.workspace_archived", "The key's workspace is archived", account},
    {"workspace_or_org_mismatch.key_creation_off", "The organization does not let this member create keys", account},
    {"workspace_or_org_mismatch.not_a_member", "The account has left the organization", account},
    {"workspace_or_org_mismatch.tenant_restriction", "The network only lets its own organization's keys through", network},
    {"workspace_or_org_mismatch.scope_missing", "The credential lacks the scope for this", account},

    {"org_disabled", "The organization is disabled", account},
    {"org_disabled.on_hold", "The organization is on hold", account},
    {"org_disabled.login_method_off", "The organization has switched this way of signing in off", account},

    {"credit_exhausted", "The account has no credit left", account},
    {"credit_exhausted.prepaid", "The prepaid API credit is used up", account},
    {"credit_exhausted.extra_usage", "The subscription's extra usage is used up", account},
    {"credit_exhausted.other_organization", "The credit was bought for another organization", account},

    {"spend_limit", "A spend limit is reached", account},
    {"spend_limit.organization", "The organization's own spend limit is reached", account},
    {"spend_limit.workspace", "The workspace's spend limit is reached", account},
    {"spend_limit.usage_tier", "The monthly cap of the usage tier is reached", account},
    {"spend_limit.contract", "The contract's spend limit is reached", account},
    {"spend_limit.gateway", "A gateway's spend limit is reached", intermediary},

    {"rate_limit", "Requests come faster than the limit allows", account},
    {"rate_limit.requests", "Too many requests a minute", account},
    {"rate_limit.input_tokens", "Too many input tokens a minute", account},
    {"rate_limit.output_tokens", "Too many output tokens a minute", account},
    {"rate_limit.concurrency", "Too many requests at the same time", account},
    {"rate_limit.acceleration", "Usage grew too fast", account},
    {"rate_limit.subscription", "The subscription's usage limit is reached", account},

    {"overloaded", "The API is overloaded for the moment", platform},

    {"model_not_found_or_no_access", "The model does not exist, or not for this account", request},
    {"model_not_found_or_no_access.not_found", "No model of this name is visible to this account", request},
    {"model_not_found_or_no_access.retired", "The model has been retired", request},
    {"model_not_found_or_no_access.no_access", "This account may not use the model", account},
    {"model_not_found_or_no_access.retention_required", "The model needs data retention, which is off", account},

    {"region_or_country_block", "The API refuses this place on earth", network},
    {"region_or_country_block.edge", "The network edge refused the address before any key was read", network},
    {"region_or_country_block.model", "The model is not offered in this region", account},

    {"waf_or_cloudflare_block", "A firewall refused the request", network},
    {"waf_or_cloudflare_block.challenge", "Cloudflare asks for a browser check", network},
    {"waf_or_cloudflare_block.stale_edge_address", "An outdated edge address is pinned", network},
    {"waf_or_cloudflare_block.content", "A firewall objects to what the request says", network},

    {"proxy_or_vpn", "A proxy or VPN is in the way", network},
    {"proxy_or_vpn.login_required", "The proxy wants a login", network},
    {"proxy_or_vpn.bad_url", "The proxy setting is not a usable address", machine},
    {"proxy_or_vpn.unreachable", "The configured proxy does not answer", network},
    {"proxy_or_vpn.blocked", "The proxy refuses to connect to the API", network},
    {"proxy_or_vpn.loopback", "Requests to this machine itself go through the proxy", machine},
    {"proxy_or_vpn.not_used", "This program does not use the proxy that the others use", machine},

    {"tls_interception_or_ca", "The certificate cannot be verified", network},
    {"tls_interception_or_ca.unknown_issuer", "A company or security product re-signs the connection", network},
    {"tls_interception_or_ca.host_name", "The certificate is for another host", network},
    {"tls_interception_or_ca.expired", "The certificate has expired", network},

    {"dns_or_connectivity", "The API cannot be reached from here", network},
    {"dns_or_connectivity.dns", "The host name cannot be resolved", network},
    {"dns_or_connectivity.refused", "The connection is refused", network},
    {"dns_or_connectivity.timeout", "The connection times out", network},
    {"dns_or_connectivity.reset", "The connection is reset", network},
    {"dns_or_connectivity.mtu", "Large packets are lost on the way", network},
    {"dns_or_connectivity.ipv6", "IPv6 is broken, IPv4 works", network},
    {"dns_or_connectivity.captive_portal", "A sign-in page of the network answers instead of the API", network},

    {"cors_or_browser_key", "The API is called from a browser", request},
    {"cors_or_browser_key.header_missing", "A browser call lacks the header that allows it", request},
    {"cors_or_browser_key.organization_forbids", "The organization forbids browser calls", account},
    {"cors_or_browser_key.relay_lacks_cors", "The relay does not allow calls from a web page", intermediary},

    {"request_too_large_or_invalid", "The API refuses the request itself", request},
    {"request_too_large_or_invalid.prompt_too_long", "The prompt does not fit into the model's context", request},
    {"request_too_large_or_invalid.body_too_large", "The request body is too large", request},
    {"request_too_large_or_invalid.custom_headers", "ANTHROPIC_CUSTOM_HEADERS holds a line that is no header", machine},
    {"request_too_large_or_invalid.invalid_field", "A field of the request is not allowed", request},

    {"gateway_bug", "An intermediary mangles the request or its answer", intermediary},
    {"gateway_bug.drops_header", "An intermediary removes a header that the API needs", intermediary},
    {"gateway_bug.adds_header", "An intermediary adds a header that the API refuses", intermediary},
    {"gateway_bug.own_error", "The error comes from an intermediary, not from the API", intermediary},

    {"client_bug", "The client program itself is at fault", machine},
    {"client_bug.regression", "A newer version of the client broke it", machine},

    {"stream_interrupted", "The answer breaks off midway", network},
    {"stream_interrupted.cut", "The stream ended before its last event", network},
    {"stream_interrupted.idle", "The stream fell silent and a time limit ended it", network},

    {"platform_incident", "The API itself has a problem", platform},
    {"platform_incident.server_error", "The API answers with an internal error", platform},

    {"stale_rotation", "An old value of a rotated key is still in use", machine},
    {"stale_rotation.copies_differ", "Two copies of the credential differ", machine},
    {"stale_rotation.restart_needed", "The running process still holds the old value", machine},

    {"leaked_key", "The key became public and was switched off", account},

    {"clock_skew", "This machine's clock is wrong", machine},

    {"other", "None of the known causes", machine},
};

}  // namespace

std::span<const CauseCode> cause_codes() { return kCodes; }

const CauseCode* find_cause(std::string_view name) {
  const auto* found = std::ranges::find(kCodes, name, &CauseCode::name);
  return found == std::end(kCodes) ? nullptr : found;
}

std::size_t cause_index(std::string_view name) {
  const CauseCode* found = find_cause(name);
  LOCKSMITH_ASSERT(found != nullptr);
  return static_cast<std::size_t>(found - kCodes);
}

std::span<const std::string_view> nearest_causes(std::string_view mistyped, std::span<std::string_view> room) {
  constexpr std::size_t kLongestName = 64;  // the quadratic distance is not for arbitrary input
  mistyped = mistyped.substr(0, kLongestName);
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (const CauseCode& code : kCodes) {
    const bool contains = !mistyped.empty() && code.name.find(mistyped) != std::string_view::npos;
    const std::size_t distance = contains ? 0 : edit_distance(mistyped, code.name);
    if (distance < mistyped.size() / 3 + 2) ranked.emplace_back(distance, code.name);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string_view>::first);
  const std::size_t count = std::min<std::size_t>({room.size(), 3, ranked.size()});
  for (std::size_t i = 0; i < count; ++i) room[i] = ranked[i].second;
  return room.first(count);
}

}  // namespace locksmith::model::diagnosis
