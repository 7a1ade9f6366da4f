// What the examination of a machine measured or read there itself. These facts are noted by the doctor alone, each after it did the
// one thing that the fact speaks of; they outweigh what is only likely from an error's words.
#include "model/diagnosis/rule.h"

namespace locksmith::model::diagnosis {
namespace {

using enum Strength;

constexpr Rule kRules[] = {
    // --- the same credential in the other header
    {"measured_other_header_refused", "fails.other-auth-header", "auth_header_format", rules_out, "the same credential is refused in the other header too"},
    {"measured_other_header_no_bug", "fails.other-auth-header", "client_bug", rules_out, "the endpoint refuses the credential however it is sent"},
    {"measured_other_vendor", "fails.other-auth-header class.auth cred.shape.other-provider !provider.other !cred.flawed", "key_wrong_kind.other_provider", settles,
     "the credential has the form of another provider's key, and the endpoint refuses it in either header"},
    {"measured_refused_in_both", "fails.other-auth-header class.auth !cred.shape.other-provider !cred.flawed !config.copies-differ !config.two-credentials !cred.elsewhere", "key_revoked_or_invalid", strong,
     "the endpoint refuses the credential in either header"},

    // --- custom headers
    {"measured_custom_credential", "config.custom-header-credential class.auth|class.permission|works.fewer-headers", "env_shadowed.custom_header", settles,
     "ANTHROPIC_CUSTOM_HEADERS replaces the credential by another one, which is refused"},
    {"measured_custom_not_the_key", "config.custom-header-credential works.fewer-headers", "key_revoked_or_invalid auth_header_format client_bug beta_header", rules_out,
     "without the custom headers the credential is accepted"},
    {"measured_custom_invalid", "config.custom-headers-invalid", "request_too_large_or_invalid.custom_headers", settles,
     "a line of ANTHROPIC_CUSTOM_HEADERS is no header, so the client sends nothing"},
    {"measured_custom_invalid_against", "config.custom-headers-invalid", "wrong_endpoint client_bug key_malformed", rules_out, "nothing was sent, because of the custom headers"},
    {"measured_file_ends_client", "config.file-invalid request.not-sent", "env_not_loaded.file_invalid", settles,
     "the client does not start with a file of its own that it cannot read"},

    // --- where the request goes
    {"measured_provider_switch", "config.provider-switch request.not-sent", "wrong_endpoint.provider_switch", settles,
     "a variable sends the client to another provider, so the key goes nowhere"},
    {"measured_in_clear", "request.plain-http", "wrong_endpoint", strong, "the API is at https://; over http:// the credential crosses the network in clear"},
    {"measured_url_refused", "config.base-url-refused", "wrong_endpoint", proves, "the client makes no request of this base URL"},
    {"measured_page_on_this_machine", "base.loopback body.html status.200", "wrong_endpoint", proves,
     "what listens at this local address answers with a web page: it is a development server, not the API"},
    {"measured_no_portal_here", "base.loopback body.html|resp.redirect", "dns_or_connectivity.captive_portal", rules_out, "an address of this machine has no network to sign in to"},
    {"measured_base_is_not_it", "request.not-sent|cred.none-set config.custom-base-url class.none", "wrong_endpoint", against, "nothing was asked at that address"},

    {"measured_unanswered", "network.unanswered", "dns_or_connectivity.timeout", strong, "the connection is open and the request was sent, and no answer came"},
    {"measured_no_tls_there", "base.plain-http !says.tls !tls.unknown-issuer !says.scheme-mismatch", "tls_interception_or_ca", rules_out, "the address is a plain http:// one, which has no certificate"},

    // --- proxies
    {"measured_without_proxy", "works.without-proxy proxy.set", "proxy_or_vpn", settles, "without the proxy the same request is answered"},
    {"measured_proxy_for_loopback", "base.loopback proxy.set works.without-proxy class.http-error", "proxy_or_vpn.loopback", strong, "the address is one of this machine, and the request to it goes through the proxy"},
    {"measured_proxy_not_edge", "works.without-proxy proxy.set", "waf_or_cloudflare_block region_or_country_block wrong_endpoint gateway_bug env_shadowed", rules_out,
     "without the proxy the same request is answered"},

    // --- files that set nothing
    {"measured_dotenv_unloaded", "config.dotenv-not-loaded", "env_not_loaded.dotenv", settles, "the credential stands in a .env file, and nothing in this program loads it"},
    {"measured_dotenv_above", "config.dotenv-elsewhere", "env_not_loaded.dotenv", strong, "the credential stands in a .env file of a folder above, which is not loaded from here"},
    {"measured_line_not_read", "config.line-not-read", "env_not_loaded.line_not_read", settles, "the line that should set the credential is in a form that its reader does not take"},
    {"measured_file_unreadable", "config.file-unreadable cred.none-set", "env_not_loaded.file_unreadable", settles, "the file in which the client keeps its credential may not be read"},
    {"measured_helper_failed", "config.helper-failed", "env_not_loaded.helper", settles, "the key helper was run, and what it gave is no credential"},
    {"measured_login_lacks_scope", "login.lacks-inference-scope cred.none-used", "workspace_or_org_mismatch.scope_missing", settles,
     "the stored login lacks the scope user:inference, so the client does not use it"},
    {"measured_file_invalid", "config.file-invalid cred.none-set", "env_not_loaded.file_invalid", settles, "the file in which the client keeps its settings or login has a syntax error"},
    {"measured_not_missing", "config.dotenv-not-loaded|config.dotenv-elsewhere|config.line-not-read|config.file-unreadable|config.file-invalid|config.helper-failed", "key_missing wrong_endpoint", rules_out,
     "a credential is stored, only not where this process takes it from"},

    // --- how it was started
    {"measured_stray_key", "config.key-name-differs cred.env-unset", "key_missing.name_differs", settles, "the credential was found under a name that no client reads"},
    {"measured_large_lost", "works.small-requests network.bulk-upload-stalls", "dns_or_connectivity.mtu", settles, "small requests are answered, and a large one is lost on the way without a word"},
    {"measured_header_dropped", "gateway.drops-header", "gateway_bug.drops_header", settles, "a header that was sent did not arrive"},
    {"measured_nothing_anywhere", "launched.container cred.none-set cred.env-unset !config.set-outside-process !cred.elsewhere", "key_missing.unset", hint,
     "no place that was looked at holds a credential"},
    {"measured_sudo", "launched.sudo cred.env-unset|cred.none-set", "env_not_loaded.sudo", strong, "sudo starts a program without the variables of the shell that called it"},
    {"measured_ci_empty", "launched.ci cred.env-empty", "env_not_loaded.ci", strong, "the CI job sets the variable from a secret that it does not get"},
    {"measured_ci_fork", "launched.ci-fork cred.env-empty|cred.env-unset", "key_missing", against, "a fork's jobs get no secrets"},
    {"measured_ssh", "launched.ssh cred.shell-file !cred.env-set", "env_not_loaded.ssh", strong, "a command over SSH does not read the shell's start-up files"},
    {"measured_cron", "launched.cron cred.env-unset|cred.none-set", "env_not_loaded.service", strong, "cron starts programs with an environment of its own"},

    // --- kinds
    {"measured_claude_code_only", "cred.claude-code-login-only", "key_wrong_kind.claude_code_only", proves,
     "the only credential here is Claude Code's own login, which no other program may use"},
    {"measured_gateway_wants_its_own", "says.virtual-key-wanted", "key_wrong_kind", settles, "the gateway takes keys of its own only, and another one was sent to it"},
    {"measured_gateway_wants_its_own_against", "says.virtual-key-wanted", "key_revoked_or_invalid gateway_bug", rules_out, "the gateway refuses every key that is not its own"},
    {"measured_claude_code_only_against", "cred.claude-code-login-only", "wrong_endpoint env_not_loaded oauth_expired_or_revoked", rules_out, "this client does not read that login"},

    {"measured_login_is_sent", "request.login-sent", "env_shadowed", rules_out, "the login itself goes out, and no other credential is set"},

    // --- a value that shows by itself what is wrong with it
    {"flaw_surplus", "cred.flaw.surplus", "key_malformed.surplus", settles, "a whole key stands in the value, with something else before or behind it"},
    {"flaw_base64", "cred.flaw.base64", "key_malformed.base64", settles, "the value is the base64 form of a key, which nobody undid"},
    {"flaw_wrong_case", "cred.flaw.wrong-case", "key_malformed.wrong_case", settles, "the letters of the key changed their case, which matters"},
    {"shape_reference", "cred.shape.reference", "key_malformed.reference", settles, "the value says where the secret is kept; nothing put the secret in its place"},
    {"flaw_explains_refusal", "cred.flaw.surplus|cred.flaw.base64|cred.flaw.wrong-case|cred.shape.reference|cred.shape.placeholder class.auth", "key_revoked_or_invalid", rules_out,
     "what was sent is not the key, so that its refusal says nothing of the key"},
    {"flaw_explains_any_refusal", "cred.flawed class.auth|request.not-sent", "key_revoked_or_invalid", rules_out,
     "what was sent is damaged, so that its refusal says nothing of the key"},
    {"flaw_explains_header", "cred.flaw.trailing-newline|cred.flaw.carriage-return|cred.flaw.quoted|cred.flaw.non-ascii|cred.flaw.truncated|cred.flaw.embedded-newline|cred.flaw.inner-whitespace|cred.flaw.bearer-prefixed|cred.flaw.assignment-prefixed|cred.flaw.doubled|cred.flaw.surplus|cred.flaw.base64|cred.flaw.wrong-case|cred.shape.reference class.auth",
     "auth_header_format client_bug", rules_out, "what was sent is damaged, whichever header carries it"},
    {"measured_repair_works", "works.after-resave cred.flawed", "key_malformed", strong, "with the damage undone, the same request is answered"},
};

}  // namespace

std::span<const Rule> measured_rules() { return kRules; }

}  // namespace locksmith::model::diagnosis
