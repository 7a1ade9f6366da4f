// For each fault the causes that its sentence alone cannot tell from its own.

// "Fix external API key" names a key from outside the login: where there is a good login, that key is what hides it.
const refused = ['env_shadowed', 'key_missing', 'key_revoked_or_invalid', 'key_expired', 'leaked_key', 'stale_rotation', 'key_wrong_kind'];
const login = ['oauth_expired_or_revoked', 'key_revoked_or_invalid', 'auth_header_format'];
const between = ['dns_or_connectivity', 'proxy_or_vpn', 'waf_or_cloudflare_block', 'gateway_bug'];
const body = ['request_too_large_or_invalid', 'gateway_bug'];  // who spoilt the body is not on the wire
const missing = ['model_not_found_or_no_access', 'wrong_endpoint'];  // Claude Code says "the selected model" of every 404
const organization = ['workspace_or_org_mismatch', 'org_disabled'];

export const alike = {
  // "Invalid API key" is all that Claude Code says, and "invalid x-api-key" all that the API says.
  'key-invalid': refused, 'key-missing': refused, 'key-expired': refused, 'key-leaked': refused, 'key-rotated': refused, 'key-wrong-kind': refused,
  'key-header-doubled': refused,  // that it came twice is not said
  'bearer-invalid': login, 'credential-invalid': login, 'account-deactivated': login, 'federation-denied': login,
  'edge-ip-restricted': between, 'captive-portal-redirect': between, 'slow-first-byte': between, 'proxy-login': between,
  // Of a stream in which nothing came that the SDK knows it says that it ended.
  'captive-portal': [...between, 'stream_interrupted'], 'empty-answer': ['stream_interrupted'], 'malformed-answer': ['stream_interrupted'],
  'ip-not-allowed': [...between, ...organization],
  'sandbox-egress-restricted': between, 'sandbox-denied': between,
  // The organization's rule and the network's: the sentence names the rule.
  'tenant-restricted': organization, 'tenant-headers-multiple': organization, 'tenant-headers-malformed': organization,
  'oauth-not-allowed': organization,
  'no-access-to-claude': [...organization, 'oauth_expired_or_revoked'],  // it says "Please login again"
  // The scope that is missing has a finer code under that cause.
  'oauth-scope-insufficient': organization, 'organization-level-key-required': organization, 'compliance-scope-missing': organization, 'api-key-scope-missing': organization,
  // A bill that is not paid and a limit that is reached are one answer of the linked organization.
  'linked-organization-billing': ['spend_limit'], 'usage-credits-long-context': ['rate_limit'],  // type and status say rate limit
  'user-profile-not-billable': organization,
  'restricted-regime': [...organization, 'wrong_endpoint'], 'spend-limit-writes-off': [...organization, 'wrong_endpoint'],
  'organization-type-not-supported': organization,
  'extra-usage-long-context': ['credit_exhausted'],
  'version-doubled': ['version_header'], 'extra-inputs': [...body, 'beta_header'], 'body-not-parsed': body, 'body-not-json': body,
  'body-encoding-unsupported': body, 'body-encoding-invalid': body,
  'api-key-limit-organization': body, 'api-key-limit-workspace': body, 'oauth-vague-error': body,
  'policy-blocked': between,  // whose policy is not said
  'enterprise-key-unknown': missing, 'path-not-found': missing, 'not-found-html': missing,
  'gateway-key-model': missing,
};

// Faults that a client does not notice.
export const hidden = new Set(['stream-error', 'request-id-stripped', 'wrong-content-length', 'clock-two-hours-ahead', 'stream-buffered']);
