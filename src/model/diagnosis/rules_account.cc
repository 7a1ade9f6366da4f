#include "model/diagnosis/rule.h"

namespace locksmith::model::diagnosis {
namespace {

constexpr Rule kRules[] = {
    // --- credit
    {"credit_said", "says.credit-low", "credit_exhausted.prepaid", 66, "the API says that the credit balance is too low"},
    {"credit_hidden", "says.hidden-credit-low class.bad-request|class.wordless|says.hidden-credit-low", "credit_exhausted.prepaid request_too_large_or_invalid", 24,
     "this client says so where the API says that the credit balance is too low"},
    {"credit_extra_usage", "says.extra-usage", "credit_exhausted.extra_usage", 72, "the subscription's extra usage is used up"},
    {"credit_payment", "class.payment", "credit_exhausted", 42, "the answer is 402: payment"},
    {"credit_exhausted_seen", "account.usage-exhausted says.credit-low|class.payment|class.bad-request", "credit_exhausted", 20, "the account shows it"},
    {"credit_other_organization", "account.balance-positive|account.recently-funded says.credit-low", "credit_exhausted.other_organization", 15,
     "there is credit, but not in the organization that this key belongs to"},
    {"credit_elsewhere_shadow", "account.balance-positive|account.recently-funded says.credit-low", "workspace_or_org_mismatch.other_organization env_shadowed", 25,
     "there is credit in the account that is meant, so the key may belong to another"},
    {"credit_multiple", "account.multiple-organizations says.credit-low", "workspace_or_org_mismatch.other_organization", 30,
     "the account has several organizations, each with its own credit"},
    {"credit_subscription_against", "says.credit-low login.subscription|account.subscription-active", "credit_exhausted", -20,
     "a subscription does not draw on API credit"},
    {"credit_positive_against", "account.balance-positive says.credit-low", "credit_exhausted", -35, "the account that is meant has credit"},
    {"credit_relogin", "works.after-relogin says.credit-low", "workspace_or_org_mismatch.other_organization", 35, "logging in again chose another organization or credential"},
    {"credit_two_against", "says.credit-low config.two-credentials", "credit_exhausted", -12, "two credentials are set, and the message may be about the one that is not meant"},

    // --- spend limits
    {"spend_own", "says.own-spend-limit", "spend_limit.organization", 85, "the organization's own spend limit is reached"},
    {"spend_workspace", "says.workspace-spend-limit", "spend_limit.workspace", 86, "the workspace's spend limit is reached"},
    {"spend_tier", "says.tier-cap", "spend_limit.usage_tier", 92, "the monthly cap of the usage tier is reached; no retry before the month ends"},
    {"spend_contract", "says.contract-limit|says.linked-organization-limit", "spend_limit.contract", 92, "the contract's or linked organization's limit is reached"},
    {"spend_monthly", "says.monthly-spend-limit", "spend_limit", 72, "the message speaks of a spend limit"},
    {"spend_gateway", "says.gateway-budget", "spend_limit.gateway", 62, "a gateway's budget is used up"},
    {"spend_rate_against", "says.own-spend-limit|says.workspace-spend-limit|says.tier-cap|says.contract-limit|says.monthly-spend-limit|says.gateway-budget", "rate_limit", -25,
     "the limit is about money, not about pace"},

    // --- rate limits
    {"rate_class", "class.rate", "rate_limit", 38, "the answer is 429: too many requests"},
    {"rate_said", "says.rate-limit", "rate_limit", 26, "the message speaks of a rate limit"},
    {"rate_input", "says.rate-input-tokens", "rate_limit.input_tokens", 30, "the limit of input tokens a minute is reached"},
    {"rate_output", "says.rate-output-tokens", "rate_limit.output_tokens", 30, "the limit of output tokens a minute is reached"},
    {"rate_requests", "says.rate-requests", "rate_limit.requests", 28, "the limit of requests a minute is reached"},
    {"rate_cloud_quota", "says.cloud-quota", "rate_limit", 45, "the cloud's own quota for this model is used up or nought"},
    {"credit_cloud_quota_against", "says.cloud-quota", "credit_exhausted", -40, "the cloud speaks of its quota, not of money"},
    {"rate_concurrency", "says.rate-concurrency", "rate_limit.concurrency", 45, "too many requests ran at the same time"},
    {"rate_acceleration", "says.rate-acceleration", "rate_limit.acceleration", 90, "usage grew faster than the API allows"},
    {"rate_subscription", "says.subscription-limit", "rate_limit.subscription", 58, "the subscription's usage limit is reached"},
    {"rate_exhausted", "account.usage-exhausted", "rate_limit.subscription", 24, "the account's usage is used up"},
    {"rate_usage_low_against", "account.usage-low", "rate_limit", -15, "the account's usage is low"},
    {"rate_usage_low_client", "account.usage-low class.rate", "client_bug", 12, "the limit is met although usage is low, so the client may ask too often"},
    {"rate_retry_after", "resp.retry-after class.rate", "rate_limit", 8, "the answer says when to try again"},
    {"rate_burst", "fails.after-first-call class.rate", "rate_limit", 8, "the first call passes"},
    {"rate_edge", "class.rate !resp.request-id resp.cloudflare body.html", "waf_or_cloudflare_block", 30, "the edge answered, not the API"},

    // --- organizations and workspaces
    {"org_disabled_said", "says.org-disabled", "org_disabled", 85, "the API says that the organization is disabled"},
    {"org_on_hold", "says.org-on-hold", "org_disabled.on_hold", 95, "the API says that the organization is on hold"},
    {"org_notice", "account.disabled-notice", "org_disabled", 60, "the account shows a notice that it is disabled"},
    {"org_method_off", "says.login-method-off", "org_disabled.login_method_off", 80, "the organization does not allow this way of signing in"},
    {"org_verification", "says.verification-required", "org_disabled", 45, "the account must be verified first"},
    {"org_workspace_required", "says.workspace-required", "workspace_or_org_mismatch.workspace_required", 95,
     "the API asks for the workspace that this request acts in"},
    {"org_identity_key", "account.key-identity-linked workspace.unset", "workspace_or_org_mismatch.workspace_required", 45,
     "the key is linked to a person or service, and no workspace is named"},
    {"org_workspace_said", "says.workspace-mismatch", "workspace_or_org_mismatch", 60, "the answer speaks of the workspace"},
    {"org_workspace_invalid", "request.workspace-id-invalid", "workspace_or_org_mismatch.workspace_invalid", 85,
     "anthropic-workspace-id holds something that is no workspace's id"},
    {"org_workspace_archived", "account.workspace-archived", "workspace_or_org_mismatch.workspace_archived", 92,
     "the key's workspace is archived, which ends its keys for good"},
    {"org_workspace_archived_edge", "account.workspace-archived says.edge-forbidden", "region_or_country_block", -45,
     "an archived workspace explains the refusal"},
    {"org_key_creation", "account.key-creation-off", "workspace_or_org_mismatch.key_creation_off", 80,
     "the organization does not let this member create keys"},
    {"org_other", "account.key-in-other-organization", "workspace_or_org_mismatch.other_organization", 85, "the key belongs to another organization"},
    {"org_multiple", "account.multiple-organizations", "workspace_or_org_mismatch.other_organization", 24, "the account has several organizations"},
    {"org_other_account", "works.other-account class.auth|class.permission|class.not-found|says.permission-missing", "workspace_or_org_mismatch", 18,
     "another account works"},
    {"org_member", "says.membership-lost", "workspace_or_org_mismatch.not_a_member", 75, "the account is no longer a member of the organization"},
    {"org_user_profile", "says.user-profile", "workspace_or_org_mismatch", 45, "the answer speaks of the user profile that is billed"},
    {"org_kind", "says.organization-kind", "workspace_or_org_mismatch", 50, "this is not offered to this kind of organization"},
    {"org_encryption_key", "says.encryption-key class.bad-request", "org_disabled", 50, "the organization's own encryption key is not usable"},
    {"org_scope", "says.scope-missing", "workspace_or_org_mismatch.scope_missing", 34, "the credential's scopes do not cover this"},
    {"org_permission", "class.permission type.api !says.edge-forbidden !says.gateway-permission !gateway.in-path", "workspace_or_org_mismatch", 18,
     "the API knows the credential and refuses what it asks"},
    {"org_console_login", "login.console class.permission", "workspace_or_org_mismatch", 12, "the login is a Console account's"},
    {"org_federation", "says.federation-denied", "workspace_or_org_mismatch", 30, "the identity exchange was refused"},
};

}  // namespace

std::span<const Rule> account_rules() { return kRules; }

}  // namespace locksmith::model::diagnosis
