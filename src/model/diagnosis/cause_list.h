// The list of the causes, each before its finer codes; model/diagnosis/cause.h says what a cause is. A header, because names in the
// code are checked against it when they are compiled (cause_name.h).
#pragma once

#include "model/diagnosis/cause.h"

namespace locksmith::model::diagnosis {

inline constexpr CauseCode kCauses[] = {
    {"key_missing", "No credential reaches the API", Side::machine},
    {"key_missing.unset", "No credential is set anywhere the client looks", Side::machine},
    {"key_missing.empty", "The credential is set, but to nothing", Side::machine},
    {"key_missing.name_differs", "The credential is stored under a name that nobody reads", Side::machine},

    {"key_malformed", "The credential's text is damaged", Side::machine},
    {"key_malformed.trailing_newline", "The credential ends in a line break", Side::machine},
    {"key_malformed.carriage_return", "The credential carries a Windows line end", Side::machine},
    {"key_malformed.space", "The credential has spaces around or inside it", Side::machine},
    {"key_malformed.quoted", "The quotes around the credential became part of it", Side::machine},
    {"key_malformed.embedded_newline", "The credential is broken over two lines", Side::machine},
    {"key_malformed.non_ascii", "The credential holds a character that no key has", Side::machine},
    {"key_malformed.truncated", "The credential was cut when it was copied", Side::machine},
    {"key_malformed.bearer_prefixed", "The word Bearer is part of the stored credential", Side::machine},
    {"key_malformed.assignment_prefixed", "NAME= is part of the stored credential", Side::machine},
    {"key_malformed.doubled", "The credential was pasted twice", Side::machine},
    {"key_malformed.placeholder", "A placeholder stands where the credential should", Side::machine},
    {"key_malformed.no_key", "The value is no Claude key at all", Side::machine},
    {"key_malformed.surplus", "Something else stands before or behind the key", Side::machine},
    {"key_malformed.base64", "The credential is still base64-encoded", Side::machine},
    {"key_malformed.wrong_case", "The key's letters changed their case", Side::machine},
    {"key_malformed.reference", "A reference to a secret store was not resolved", Side::machine},
    {"key_malformed.masked", "The masked form of the key was copied, not the key", Side::machine},

    {"key_wrong_kind", "This kind of credential does not work here", Side::machine},
    {"key_wrong_kind.admin_key", "An Admin API key is used for model requests", Side::machine},
    {"key_wrong_kind.oauth_token", "A subscription login token is used as an API key", Side::machine},
    {"key_wrong_kind.refresh_token", "A refresh token is used as a credential", Side::machine},
    {"key_wrong_kind.session_key", "A claude.ai browser session is used as an API key", Side::machine},
    {"key_wrong_kind.other_provider", "The key belongs to another provider", Side::machine},
    {"key_wrong_kind.virtual_key", "A gateway's own key is sent to the API", Side::machine},
    {"key_wrong_kind.key_id", "The key's id was pasted instead of the key", Side::machine},
    {"key_wrong_kind.claude_code_only", "Claude Code's own login is here, and nothing for other programs", Side::machine},
    {"key_wrong_kind.scoped_key", "A compliance or enterprise key is used for model requests", Side::machine},

    {"key_revoked_or_invalid", "The API does not know this key (any more)", Side::account},
    {"key_revoked_or_invalid.revoked", "The key was disabled or deleted", Side::account},

    {"key_expired", "The key has passed its end date", Side::account},

    {"oauth_expired_or_revoked", "The login has ended", Side::account},
    {"oauth_expired_or_revoked.expired", "The login token has expired", Side::account},
    {"oauth_expired_or_revoked.revoked", "The login was revoked", Side::account},
    {"oauth_expired_or_revoked.no_refresh_token", "The stored login cannot renew itself", Side::machine},
    {"oauth_expired_or_revoked.shared_login", "Two programs renew one login and invalidate each other", Side::machine},

    {"auth_header_format", "The credential is sent in the wrong header", Side::request},
    {"auth_header_format.key_as_bearer", "An API key is sent as a Bearer token where x-api-key is wanted", Side::request},
    {"auth_header_format.token_in_x_api_key", "A token is sent in x-api-key where Authorization is wanted", Side::request},
    {"auth_header_format.doubled", "One credential header is sent twice", Side::request},
    {"auth_header_format.misnamed", "The credential is sent under a name that nobody reads", Side::request},
    {"auth_header_format.two_headers", "Two different credentials are sent at once", Side::request},

    {"version_header", "The anthropic-version header is missing or wrong", Side::request},
    {"version_header.missing", "The anthropic-version header is missing", Side::request},
    {"version_header.invalid", "The anthropic-version header names no version", Side::request},
    {"version_header.doubled", "The anthropic-version header arrives twice", Side::intermediary},

    {"beta_header", "The anthropic-beta header is the problem", Side::request},
    {"beta_header.unexpected_value", "A beta is asked for that this account or version does not have", Side::request},
    {"beta_header.oauth_beta_missing", "The login token goes out without its beta header", Side::request},
    {"beta_header.dropped", "The beta header was removed on the way", Side::intermediary},

    {"wrong_endpoint", "The request goes to the wrong address", Side::machine},
    {"wrong_endpoint.doubled_v1", "The base URL already ends in /v1", Side::machine},
    {"wrong_endpoint.missing_v1", "The base URL lacks the /v1 that this client does not add", Side::machine},
    {"wrong_endpoint.other_provider", "Base URL and credential belong to different services", Side::machine},
    {"wrong_endpoint.openai_style", "An OpenAI-style address is used with a Claude client", Side::machine},
    {"wrong_endpoint.nothing_listens", "Nothing listens at the configured address", Side::machine},
    {"wrong_endpoint.provider_switch", "A variable sends the client to another provider", Side::machine},
    {"wrong_endpoint.unknown_path", "The address exists, but not this path", Side::machine},

    {"env_shadowed", "Another credential wins over the one you mean", Side::machine},
    {"env_shadowed.key_over_login", "An API key in the environment wins over the login", Side::machine},
    {"env_shadowed.token_over_login", "A token in the environment wins over the login", Side::machine},
    {"env_shadowed.token_over_key", "A token wins over the API key", Side::machine},
    {"env_shadowed.dotenv_over_environment", "A .env file wins over the environment", Side::machine},
    {"env_shadowed.settings_over_environment", "A settings file wins over the environment", Side::machine},
    {"env_shadowed.custom_header", "ANTHROPIC_CUSTOM_HEADERS replaces the credential", Side::machine},

    {"env_not_loaded", "The credential exists, but this process does not have it", Side::machine},
    {"env_not_loaded.gui", "A program started from the desktop does not see the shell's variables", Side::machine},
    {"env_not_loaded.service", "The service does not have the variable", Side::machine},
    {"env_not_loaded.container", "The container does not have the variable", Side::machine},
    {"env_not_loaded.ci", "The CI job does not get the secret", Side::machine},
    {"env_not_loaded.ci_fork", "CI withholds secrets from a fork", Side::machine},
    {"env_not_loaded.keychain", "The keychain cannot be opened from here", Side::machine},
    {"env_not_loaded.dotenv", "The .env file is not read", Side::machine},
    {"env_not_loaded.sudo", "sudo took the variable away", Side::machine},
    {"env_not_loaded.ssh", "A command over SSH does not have the variable", Side::machine},
    {"env_not_loaded.file_unreadable", "The client's own file may not be read", Side::machine},
    {"env_not_loaded.file_invalid", "The client's own file has a syntax error", Side::machine},
    {"env_not_loaded.helper", "The key helper gives no credential", Side::machine},
    {"env_not_loaded.line_not_read", "The line that sets the credential is not read", Side::machine},
    {"env_not_loaded.subprocess", "The variable is not passed on to the child process", Side::machine},

    {"workspace_or_org_mismatch", "Credential and workspace or organization do not match", Side::account},
    {"workspace_or_org_mismatch.workspace_required", "This key needs the workspace named in each request", Side::request},
    {"workspace_or_org_mismatch.workspace_invalid", "The header names no workspace", Side::request},
    {"workspace_or_org_mismatch.other_organization", "The key belongs to another organization", Side::account},
    {"workspace_or_org_mismatch.workspace_archived", "The key's workspace is archived", Side::account},
    {"workspace_or_org_mismatch.key_creation_off", "The organization does not let this member create keys", Side::account},
    {"workspace_or_org_mismatch.not_a_member", "The account has left the organization", Side::account},
    {"workspace_or_org_mismatch.tenant_restriction", "The network only lets its own organization's keys through", Side::network},
    {"workspace_or_org_mismatch.scope_missing", "The credential lacks the scope for this", Side::account},

    {"org_disabled", "The organization is disabled", Side::account},
    {"org_disabled.on_hold", "The organization is on hold", Side::account},
    {"org_disabled.login_method_off", "The organization has switched this way of signing in off", Side::account},

    {"credit_exhausted", "The account has no credit left", Side::account},
    {"credit_exhausted.prepaid", "The prepaid API credit is used up", Side::account},
    {"credit_exhausted.extra_usage", "The subscription's extra usage is used up", Side::account},
    {"credit_exhausted.other_organization", "The credit was bought for another organization", Side::account},

    {"spend_limit", "A spend limit is reached", Side::account},
    {"spend_limit.organization", "The organization's own spend limit is reached", Side::account},
    {"spend_limit.workspace", "The workspace's spend limit is reached", Side::account},
    {"spend_limit.usage_tier", "The monthly cap of the usage tier is reached", Side::account},
    {"spend_limit.contract", "The contract's spend limit is reached", Side::account},
    {"spend_limit.gateway", "A gateway's spend limit is reached", Side::intermediary},
    {"spend_limit.gateway_held", "Requests under way hold what is left of a gateway's budget", Side::intermediary},
    {"spend_limit.gateway_spent", "What is left of a gateway's budget is too little for this request", Side::intermediary},
    {"spend_limit.gateway_cut", "A gateway ended the answer because its budget was used up", Side::intermediary},

    {"rate_limit", "Requests come faster than the limit allows", Side::account},
    {"rate_limit.requests", "Too many requests a minute", Side::account},
    {"rate_limit.input_tokens", "Too many input tokens a minute", Side::account},
    {"rate_limit.output_tokens", "Too many output tokens a minute", Side::account},
    {"rate_limit.concurrency", "Too many requests at the same time", Side::account},
    {"rate_limit.acceleration", "Usage grew too fast", Side::account},
    {"rate_limit.subscription", "The subscription's usage limit is reached", Side::account},

    {"overloaded", "The API is overloaded for the moment", Side::platform},

    {"model_not_found_or_no_access", "The model does not exist, or not for this account", Side::request},
    {"model_not_found_or_no_access.not_found", "No model of this name is visible to this account", Side::request},
    {"model_not_found_or_no_access.retired", "The model has been retired", Side::request},
    {"model_not_found_or_no_access.no_access", "This account may not use the model", Side::account},
    {"model_not_found_or_no_access.retention_required", "The model needs data retention, which is off", Side::account},

    {"region_or_country_block", "The API refuses this place on earth", Side::network},
    {"region_or_country_block.edge", "The network edge refused the address before any key was read", Side::network},
    {"region_or_country_block.model", "The model is not offered in this region", Side::account},

    {"waf_or_cloudflare_block", "A firewall refused the request", Side::network},
    {"waf_or_cloudflare_block.challenge", "Cloudflare asks for a browser check", Side::network},
    {"waf_or_cloudflare_block.stale_edge_address", "An outdated edge address is pinned", Side::network},
    {"waf_or_cloudflare_block.content", "A firewall objects to what the request says", Side::network},

    {"proxy_or_vpn", "A proxy or VPN is in the way", Side::network},
    {"proxy_or_vpn.login_required", "The proxy wants a login", Side::network},
    {"proxy_or_vpn.bad_url", "The proxy setting is not a usable address", Side::machine},
    {"proxy_or_vpn.unreachable", "The configured proxy does not answer", Side::network},
    {"proxy_or_vpn.blocked", "The proxy refuses to connect to the API", Side::network},
    {"proxy_or_vpn.loopback", "Requests to this machine itself go through the proxy", Side::machine},
    {"proxy_or_vpn.not_used", "This program does not use the proxy that the others use", Side::machine},

    {"tls_interception_or_ca", "The certificate cannot be verified", Side::network},
    {"tls_interception_or_ca.unknown_issuer", "A company or security product re-signs the connection", Side::network},
    {"tls_interception_or_ca.host_name", "The certificate is for another host", Side::network},
    {"tls_interception_or_ca.expired", "The certificate has expired", Side::network},

    {"dns_or_connectivity", "The API cannot be reached from here", Side::network},
    {"dns_or_connectivity.dns", "The host name cannot be resolved", Side::network},
    {"dns_or_connectivity.refused", "The connection is refused", Side::network},
    {"dns_or_connectivity.timeout", "The connection times out", Side::network},
    {"dns_or_connectivity.reset", "The connection is reset", Side::network},
    {"dns_or_connectivity.mtu", "Large packets are lost on the way", Side::network},
    {"dns_or_connectivity.ipv6", "IPv6 is broken, IPv4 works", Side::network},
    {"dns_or_connectivity.captive_portal", "A sign-in page of the network answers instead of the API", Side::network},

    {"cors_or_browser_key", "The API is called from a browser", Side::request},
    {"cors_or_browser_key.header_missing", "A browser call lacks the header that allows it", Side::request},
    {"cors_or_browser_key.organization_forbids", "The organization forbids browser calls", Side::account},
    {"cors_or_browser_key.relay_lacks_cors", "The relay does not allow calls from a web page", Side::intermediary},

    {"request_too_large_or_invalid", "The API refuses the request itself", Side::request},
    {"request_too_large_or_invalid.prompt_too_long", "The prompt does not fit into the model's context", Side::request},
    {"request_too_large_or_invalid.body_too_large", "The request body is too large", Side::request},
    {"request_too_large_or_invalid.custom_headers", "ANTHROPIC_CUSTOM_HEADERS holds a line that is no header", Side::machine},
    {"request_too_large_or_invalid.invalid_field", "A field of the request is not allowed", Side::request},

    {"gateway_bug", "An intermediary mangles the request or its answer", Side::intermediary},
    {"gateway_bug.drops_header", "An intermediary removes a header that the API needs", Side::intermediary},
    {"gateway_bug.adds_header", "An intermediary adds a header that the API refuses", Side::intermediary},
    {"gateway_bug.own_error", "The error comes from an intermediary, not from the API", Side::intermediary},

    {"client_bug", "The client program itself is at fault", Side::machine},
    {"client_bug.regression", "A newer version of the client broke it", Side::machine},

    {"stream_interrupted", "The answer breaks off midway", Side::network},
    {"stream_interrupted.cut", "The stream ended before its last event", Side::network},
    {"stream_interrupted.idle", "The stream fell silent and a time limit ended it", Side::network},

    {"platform_incident", "The API itself has a problem", Side::platform},
    {"platform_incident.server_error", "The API answers with an internal error", Side::platform},

    {"stale_rotation", "An old value of a rotated key is still in use", Side::machine},
    {"stale_rotation.copies_differ", "Two copies of the credential differ", Side::machine},
    {"stale_rotation.restart_needed", "The running process still holds the old value", Side::machine},

    {"leaked_key", "The key became public and was switched off", Side::account},

    {"clock_skew", "This machine's clock is wrong", Side::machine},

    {"other", "None of the known causes", Side::machine},
};

}  // namespace locksmith::model::diagnosis
