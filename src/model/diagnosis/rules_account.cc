#include "model/diagnosis/rule.h"

namespace locksmith::model::diagnosis {
namespace {

using enum Strength;

constexpr Rule kRules[] = {
    // --- credit
    {"credit_said", "says.credit-low", "credit_exhausted.prepaid", strong, "the API says that the credit balance is too low"},
    {"credit_hidden", "says.hidden-credit-low class.bad-request|class.wordless|says.hidden-credit-low", "credit_exhausted.prepaid request_too_large_or_invalid", hint,
     "this client says so where the API says that the credit balance is too low"},
    {"credit_extra_usage", "says.extra-usage", "credit_exhausted.extra_usage", proves, "the subscription's extra usage is used up"},
    {"credit_payment", "class.payment", "credit_exhausted", strong, "the answer is 402: payment"},
    {"credit_exhausted_seen", "account.usage-exhausted says.credit-low|class.payment|class.bad-request", "credit_exhausted", hint, "the account shows it"},
    {"credit_other_organization", "account.balance-positive|account.recently-funded says.credit-low", "credit_exhausted.other_organization", hint,
     "there is credit, but not in the organization that this key belongs to"},
    {"credit_elsewhere_shadow", "account.balance-positive|account.recently-funded says.credit-low", "workspace_or_org_mismatch.other_organization env_shadowed", hint,
     "there is credit in the account that is meant, so the key may belong to another"},
    {"credit_multiple", "account.multiple-organizations says.credit-low", "workspace_or_org_mismatch.other_organization", hint,
     "the account has several organizations, each with its own credit"},
    {"credit_subscription_against", "says.credit-low login.subscription|account.subscription-active", "credit_exhausted", against,
     "a subscription does not draw on API credit"},
    {"credit_positive_against", "account.balance-positive says.credit-low", "credit_exhausted", against, "the account that is meant has credit"},
    {"credit_relogin", "works.after-relogin says.credit-low", "workspace_or_org_mismatch.other_organization", strong, "logging in again chose another organization or credential"},
    {"credit_two_against", "says.credit-low config.two-credentials", "credit_exhausted", against, "two credentials are set, and the message may be about the one that is not meant"},

    // --- spend limits
    {"spend_own", "says.own-spend-limit !says.workspace-spend-limit", "spend_limit.organization", strong, "the organization's own spend limit is reached"},
    {"spend_workspace", "says.workspace-spend-limit", "spend_limit.workspace", strong, "the workspace's spend limit is reached"},
    {"spend_tier", "says.tier-cap", "spend_limit.usage_tier", proves, "the monthly cap of the usage tier is reached; no retry before the month ends"},
    {"spend_contract", "says.contract-limit|says.linked-organization-limit", "spend_limit.contract", proves, "the contract's or linked organization's limit is reached"},
    {"spend_monthly", "says.monthly-spend-limit", "spend_limit", strong, "the message speaks of a spend limit"},
    {"spend_gateway_held", "says.gateway-budget-held", "spend_limit.gateway_held", proves, "the gateway's code says that requests under way hold the rest of the budget"},
    {"spend_gateway_spent", "says.gateway-budget-spent", "spend_limit.gateway_spent", proves, "the gateway's code says that the budget has no room for this request"},
    {"spend_gateway_cut", "says.gateway-budget-cut", "spend_limit.gateway_cut", proves, "the gateway's code says that it ended the answer at its budget"},
    {"spend_gateway", "says.gateway-budget", "spend_limit.gateway", strong, "a gateway's budget is used up"},
    {"spend_rate_against", "says.own-spend-limit|says.workspace-spend-limit|says.tier-cap|says.contract-limit|says.monthly-spend-limit|says.gateway-budget|says.gateway-budget-held|says.gateway-budget-spent|says.gateway-budget-cut", "rate_limit", against,
     "the limit is about money, not about pace"},

    // --- rate limits
    {"rate_class", "class.rate", "rate_limit", strong, "the answer is 429: too many requests"},
    {"rate_said", "says.rate-limit", "rate_limit", hint, "the message speaks of a rate limit"},
    {"rate_input", "says.rate-input-tokens", "rate_limit.input_tokens", hint, "the limit of input tokens a minute is reached"},
    {"rate_output", "says.rate-output-tokens", "rate_limit.output_tokens", hint, "the limit of output tokens a minute is reached"},
    {"rate_requests", "says.rate-requests", "rate_limit.requests", hint, "the limit of requests a minute is reached"},
    {"rate_cloud_quota", "says.cloud-quota", "rate_limit", strong, "the cloud's own quota for this model is used up or nought"},
    {"credit_cloud_quota_against", "says.cloud-quota", "credit_exhausted", against, "the cloud speaks of its quota, not of money"},
    {"rate_concurrency", "says.rate-concurrency", "rate_limit.concurrency", strong, "too many requests ran at the same time"},
    {"rate_acceleration", "says.rate-acceleration", "rate_limit.acceleration", proves, "usage grew faster than the API allows"},
    {"rate_subscription", "says.subscription-limit", "rate_limit.subscription", strong, "the subscription's usage limit is reached"},
    {"rate_exhausted", "account.usage-exhausted", "rate_limit.subscription", hint, "the account's usage is used up"},
    {"rate_usage_low_against", "account.usage-low", "rate_limit", against, "the account's usage is low"},
    {"rate_usage_low_client", "account.usage-low class.rate", "client_bug", hint, "the limit is met although usage is low, so the client may ask too often"},
    {"rate_retry_after", "resp.retry-after class.rate", "rate_limit", hint, "the answer says when to try again"},
    {"rate_burst", "fails.after-first-call class.rate", "rate_limit", hint, "the first call passes"},
    {"rate_edge", "class.rate !resp.request-id resp.cloudflare body.html", "waf_or_cloudflare_block", hint, "the edge answered, not the API"},

    // --- organizations and workspaces
    {"org_disabled_said", "says.org-disabled", "org_disabled", strong, "the API says that the organization is disabled"},
    {"org_on_hold", "says.org-on-hold", "org_disabled.on_hold", proves, "the API says that the organization is on hold"},
    {"org_notice", "account.disabled-notice", "org_disabled", strong, "the account shows a notice that it is disabled"},
    {"org_method_off", "says.login-method-off", "org_disabled.login_method_off", strong, "the organization does not allow this way of signing in"},
    {"org_verification", "says.verification-required", "org_disabled", strong, "the account must be verified first"},
    {"org_workspace_required", "says.workspace-required", "workspace_or_org_mismatch.workspace_required", proves,
     "the API asks for the workspace that this request acts in"},
    {"org_identity_key", "account.key-identity-linked workspace.unset", "workspace_or_org_mismatch.workspace_required", strong,
     "the key is linked to a person or service, and no workspace is named"},
    {"org_workspace_said", "says.workspace-mismatch", "workspace_or_org_mismatch", strong, "the answer speaks of the workspace"},
    {"org_workspace_invalid", "request.workspace-id-invalid", "workspace_or_org_mismatch.workspace_invalid", strong,
     "anthropic-workspace-id holds something that is no workspace's id"},
    {"org_workspace_archived", "account.workspace-archived", "workspace_or_org_mismatch.workspace_archived", proves,
     "the key's workspace is archived, which ends its keys for good"},
    {"org_workspace_archived_edge", "account.workspace-archived says.edge-forbidden", "region_or_country_block", against,
     "an archived workspace explains the refusal"},
    {"org_key_creation", "account.key-creation-off", "workspace_or_org_mismatch.key_creation_off", strong,
     "the organization does not let this member create keys"},
    {"org_other", "account.key-in-other-organization", "workspace_or_org_mismatch.other_organization", strong, "the key belongs to another organization"},
    {"org_multiple", "account.multiple-organizations", "workspace_or_org_mismatch.other_organization", hint, "the account has several organizations"},
    {"org_other_account", "works.other-account class.auth|class.permission|class.not-found|says.permission-missing", "workspace_or_org_mismatch", hint,
     "another account works"},
    {"org_member", "says.membership-lost", "workspace_or_org_mismatch.not_a_member", strong, "the account is no longer a member of the organization"},
    {"org_user_profile", "says.user-profile", "workspace_or_org_mismatch", strong, "the answer speaks of the user profile that is billed"},
    {"org_kind", "says.organization-kind", "workspace_or_org_mismatch", strong, "this is not offered to this kind of organization"},
    {"org_encryption_key", "says.encryption-key class.bad-request", "org_disabled", strong, "the organization's own encryption key is not usable"},
    {"org_scope", "says.scope-missing", "workspace_or_org_mismatch.scope_missing", hint, "the credential's scopes do not cover this"},
    {"org_permission", "class.permission type.api !says.edge-forbidden !says.gateway-permission !gateway.in-path", "workspace_or_org_mismatch", hint,
     "the API knows the credential and refuses what it asks"},
    {"org_console_login", "login.console class.permission", "workspace_or_org_mismatch", hint, "the login is a Console account's"},
    {"org_federation", "says.federation-denied", "workspace_or_org_mismatch", hint, "the identity exchange was refused"},
};

}  // namespace

std::span<const Rule> account_rules() { return kRules; }

}  // namespace locksmith::model::diagnosis
