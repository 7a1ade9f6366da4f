// The tests that separate two causes which explain the same symptoms: one changed thing at a time.
#include <algorithm>
#include <array>

#include "model/diagnosis/examine.h"

namespace locksmith::model::diagnosis {
namespace {

struct Pair {
  std::string_view first;   // the cause that a "yes" speaks for
  std::string_view second;  // the cause that a "no" speaks for; empty: any other
  NextTest test;
};

constexpr Pair kPairs[] = {
    {"env_shadowed", "key_revoked_or_invalid",
     {"Run the same client with no other credential set: env -u ANTHROPIC_AUTH_TOKEN -u ANTHROPIC_API_KEY and the one you mean", "works.clean-environment",
      "env_shadowed", "key_revoked_or_invalid"}},
    {"env_shadowed", "oauth_expired_or_revoked",
     {"Unset ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN and CLAUDE_CODE_OAUTH_TOKEN, then run the client again", "works.clean-environment", "env_shadowed",
      "oauth_expired_or_revoked"}},
    {"env_shadowed", "credit_exhausted",
     {"Unset ANTHROPIC_API_KEY and run the client again: does it work with the login alone?", "works.clean-environment", "env_shadowed", "credit_exhausted"}},
    {"env_shadowed", "",
     {"Run the same program in a clean environment (env -i HOME=\"$HOME\" PATH=\"$PATH\" and the one credential)", "works.clean-environment", "env_shadowed", ""}},
    {"env_not_loaded", "",
     {"Start the same program from a terminal in which the variable is set", "works.from-terminal", "env_not_loaded", ""}},
    {"auth_header_format", "key_revoked_or_invalid",
     {"Send the same key once in x-api-key and once in Authorization: Bearer", "works.other-auth-header", "auth_header_format", "key_revoked_or_invalid"}},
    {"client_bug", "key_revoked_or_invalid",
     {"Send the same key with curl from the same machine", "works.curl", "client_bug", "key_revoked_or_invalid"}},
    {"gateway_bug", "",
     {"Ask the API directly, without the gateway (locksmith doctor --base-url https://api.anthropic.com)", "works.without-gateway", "gateway_bug", ""}},
    {"proxy_or_vpn", "", {"Try once without the proxy and with the VPN off", "works.without-proxy", "proxy_or_vpn", ""}},
    {"tls_interception_or_ca", "",
     {"Look at who issued the certificate (locksmith doctor shows it): is it your company or a security product?", "tls.unknown-issuer",
      "tls_interception_or_ca", ""}},
    {"region_or_country_block", "", {"Try from another network, such as a phone's hotspot", "works.other-network", "region_or_country_block", ""}},
    {"waf_or_cloudflare_block", "", {"Send a one-word prompt instead of the real one", "works.other-content", "waf_or_cloudflare_block", ""}},
    {"model_not_found_or_no_access", "", {"Ask for another model, one that GET /v1/models lists", "works.other-model", "model_not_found_or_no_access", ""}},
    {"stream_interrupted", "", {"Ask for the same without streaming", "works.non-streaming", "stream_interrupted", ""}},
    {"platform_incident", "", {"Look at https://status.claude.com for the time of the failure", "status-page.incident", "platform_incident", ""}},
    {"workspace_or_org_mismatch", "", {"Compare anthropic-organization-id of a successful answer with the organization that you mean", "account.key-in-other-organization",
      "workspace_or_org_mismatch", ""}},
    {"stale_rotation", "", {"Restart the process, and compare the key's last four characters with the Console's", "works.after-restart", "stale_rotation", ""}},
    {"oauth_expired_or_revoked", "", {"Log in again", "works.after-relogin", "oauth_expired_or_revoked", ""}},
    {"client_bug", "", {"Try the version of the client before this one", "works.older-client", "client_bug", ""}},
    {"request_too_large_or_invalid", "", {"Send the smallest request that the endpoint takes: one word, no tools, no betas", "works.small-requests",
      "request_too_large_or_invalid", ""}},
    {"key_revoked_or_invalid", "", {"Look the key up in the Console by its last four characters", "account.key-revoked", "key_revoked_or_invalid", ""}},
    {"dns_or_connectivity", "", {"Try from another network, such as a phone's hotspot", "works.other-network", "dns_or_connectivity", ""}},
};

}  // namespace

const NextTest* next_test(std::string_view first_cause, std::string_view second_cause) {
  for (const Pair& pair : kPairs) {
    const bool exact = (pair.first == first_cause && pair.second == second_cause) ||
                       (pair.first == second_cause && pair.second == first_cause);
    if (exact) return &pair.test;
  }
  for (const Pair& pair : kPairs) {
    if (pair.second.empty() && (pair.first == first_cause || pair.first == second_cause)) return &pair.test;
  }
  return nullptr;
}

}  // namespace locksmith::model::diagnosis
