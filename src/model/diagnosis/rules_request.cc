#include "model/diagnosis/rule.h"

namespace locksmith::model::diagnosis {
namespace {

constexpr Rule kRules[] = {
    // --- endpoint
    {"endpoint_doubled", "url.doubled-v1", "wrong_endpoint.doubled_v1", 95, "the request goes to /v1/v1/…"},
    {"endpoint_has_v1", "config.path-has-v1 class.not-found|class.none|class.wordless", "wrong_endpoint.doubled_v1", 55,
     "the base URL ends in /v1, and the client adds its own"},
    {"endpoint_base_has_v1", "base.has-v1 class.not-found !model.known", "wrong_endpoint.doubled_v1", 35, "the base URL ends in /v1"},
    {"endpoint_base_has_v1_path", "base.has-v1 says.path-missing|says.not-found", "wrong_endpoint.doubled_v1", 30,
     "the base URL ends in /v1, and the path is not found"},
    {"endpoint_lacks_v1", "config.path-lacks-v1", "wrong_endpoint.missing_v1", 65, "the address lacks the /v1 that this client does not add"},
    {"endpoint_url_lacks_v1", "url.lacks-v1", "wrong_endpoint.missing_v1", 70, "the request goes to the API without /v1 in its path"},
    {"endpoint_openai", "gateway.openai-style|url.openai-style", "wrong_endpoint.openai_style", 55, "the address speaks another protocol than the client"},
    {"endpoint_openai_said", "says.openai-style", "wrong_endpoint.openai_style", 30, "the message names an OpenAI-style path"},
    {"endpoint_slash", "config.trailing-slash class.not-found|class.none|class.wordless", "wrong_endpoint", 40, "a slash at the end of the base URL doubles the next one"},
    {"endpoint_path_said", "says.path-missing", "wrong_endpoint.unknown_path", 42, "the server does not know the path"},
    {"endpoint_404", "class.not-found !model.known !says.model-missing !type.api", "wrong_endpoint.unknown_path", 30,
     "the answer is 404, and not in the API's form"},
    {"endpoint_404_custom", "class.not-found config.custom-base-url|base.custom|provider.other !says.model-missing", "wrong_endpoint", 22,
     "a base URL of one's own is configured"},
    {"endpoint_405", "status.405 !body.html", "wrong_endpoint", 40, "the path does not take this method"},
    {"endpoint_method", "request.wrong-method", "wrong_endpoint", 46, "this path only takes POST; without a body curl sends GET"},
    {"endpoint_nothing", "base.loopback says.refused !proxy.set", "wrong_endpoint.nothing_listens", 70, "nothing listens at the configured local address"},
    {"endpoint_container_loopback", "base.loopback launched.container !proxy.set says.refused|says.connection-generic", "wrong_endpoint.nothing_listens", 30,
     "inside a container, localhost is the container itself"},
    {"endpoint_custom_refused", "config.custom-base-url says.refused|says.dns !proxy.set", "wrong_endpoint.nothing_listens", 35, "the configured address does not answer"},
    {"endpoint_scheme", "says.scheme-mismatch !proxy.set !network.proxy-variable-set", "wrong_endpoint", 55, "http and https are mixed up in the address"},
    {"endpoint_unusable", "base.unusable", "wrong_endpoint", 75, "the base URL is no http or https address"},
    {"endpoint_host_differs", "config.credential-host-differs", "wrong_endpoint.other_provider", 60, "the credential was issued by another service than the base URL names"},
    {"endpoint_authorization_wanted", "says.authorization-required config.custom-base-url|gateway.in-path|base.custom", "wrong_endpoint", 40,
     "the configured service has rules of its own about credentials"},
    {"endpoint_token_unknown", "says.bearer-unknown cred.shape.virtual-key", "wrong_endpoint.other_provider", 45, "a gateway's token reaches the API"},
    {"endpoint_provider", "cred.shape.other-provider provider.other|base.custom class.auth !hdr.two-credentials", "wrong_endpoint.other_provider", 15,
     "key and endpoint may belong to different services"},
    {"endpoint_config_changed", "started.after-config-change config.custom-base-url", "wrong_endpoint", 12, "it began when the configuration changed"},
    {"endpoint_without_cause", "config.custom-base-url class.none !gateway.in-path !request.host-not-configured", "wrong_endpoint", 18, "a base URL of one's own is configured"},

    // --- version and beta headers
    {"version_required", "says.version-required", "version_header.missing", 95, "the API says that anthropic-version is missing"},
    {"version_invalid", "says.version-invalid", "version_header.invalid", 92, "the API does not know the version that is named"},
    {"version_doubled", "hdr.version-doubled", "version_header.doubled", 95, "the version header holds two values"},
    {"version_said_doubled", "says.version-doubled", "version_header.doubled", 60, "the version in the message is a list: the header arrived twice"},
    {"version_lacking", "request.lacks-version-header", "version_header.missing", 55, "the request lacks anthropic-version"},
    {"version_absent", "hdr.version-absent !says.bearer-unknown", "version_header.missing", 30, "the request as sent has no anthropic-version"},
    {"version_misnamed", "hdr.version-misnamed", "version_header.missing", 60, "the header is spelt with an underscore or without its dash"},
    {"beta_unexpected", "says.beta-unexpected", "beta_header.unexpected_value", 85, "the API does not accept a value of anthropic-beta"},
    {"beta_oauth_missing", "says.oauth-unsupported", "beta_header.oauth_beta_missing", 88,
     "a login token went out without its beta header; the API then does not take it"},
    {"beta_oauth_header", "hdr.beta-lacks-oauth class.auth", "beta_header.oauth_beta_missing", 30, "the beta header does not name the login's beta"},
    {"beta_extra_inputs", "says.extra-inputs", "beta_header.dropped", 32, "the body uses a beta field, but the header that allows it did not arrive"},
    {"beta_fewer_headers", "works.fewer-headers", "beta_header", 45, "it works without the client's extra headers"},
    {"beta_in_request", "hdr.beta class.bad-request class.wordless|class.bad-request", "beta_header.unexpected_value", 30,
     "the request asks for betas and is refused as invalid"},
    {"beta_long_context", "hdr.beta model.long-context class.bad-request", "beta_header.unexpected_value", 15, "a long-context beta is asked for"},
    {"beta_added", "hdr.beta gateway.adds-header", "beta_header.unexpected_value", 30, "an intermediary adds a beta header"},

    // --- model
    {"model_said", "says.model-missing", "model_not_found_or_no_access.not_found", 58, "the answer says that the model is not there"},
    {"model_no_access", "says.model-no-access", "model_not_found_or_no_access.no_access", 60, "the answer says that this account may not use the model"},
    {"model_retired", "says.model-retired", "model_not_found_or_no_access.retired", 45, "the answer says that the model is retired"},
    {"model_retention", "says.retention-required", "model_not_found_or_no_access.retention_required", 92, "the model needs data retention"},
    {"model_404", "class.not-found type.api !says.path-missing", "model_not_found_or_no_access.not_found", 42,
     "the API's own 404 mostly means the model"},
    {"model_404_named", "class.not-found model.known !says.path-missing !url.doubled-v1 !url.lacks-v1", "model_not_found_or_no_access.not_found", 22,
     "the request names a model, and something is not found"},
    {"model_other_works", "works.other-model", "model_not_found_or_no_access", 42, "another model works"},
    {"model_other_works_against", "works.other-model", "wrong_endpoint key_revoked_or_invalid", -20, "another model works at the same address with the same key"},
    {"model_only_one", "fails.only-one-model", "model_not_found_or_no_access", 34, "it fails with one model only"},
    {"model_key_active", "account.key-active model.known says.key-rejected", "model_not_found_or_no_access", 35,
     "the key is active, and the client checks it with one particular model"},
    {"model_permission", "class.permission type.api model.known", "model_not_found_or_no_access.no_access", 22, "the API refuses this request for this model"},
    {"model_other_fails_against", "fails.other-model", "model_not_found_or_no_access", -20, "another model fails as well"},
    {"model_rate_against", "class.rate|class.overloaded", "model_not_found_or_no_access", -15, "the answer is about pace or load, not about the model"},
    {"model_only_one_load", "fails.only-one-model class.overloaded|class.rate", "overloaded rate_limit", 10, "capacity and limits are kept per model"},

    // --- the request itself
    {"request_prompt", "says.prompt-too-long", "request_too_large_or_invalid.prompt_too_long", 90, "the prompt does not fit into the model's context"},
    {"request_body", "says.body-too-large|class.too-large", "request_too_large_or_invalid.body_too_large", 85, "the body is larger than is allowed"},
    {"request_field", "says.field-invalid", "request_too_large_or_invalid.invalid_field", 48, "the API names a field that is not allowed"},
    {"request_json", "says.body-not-json", "request_too_large_or_invalid.invalid_field", 62, "the body did not arrive as valid JSON"},
    {"request_body_not_json", "request.body-not-json", "request_too_large_or_invalid.invalid_field", 66, "the body as it is sent is not valid JSON"},
    {"request_lacks_field", "request.lacks-required-field", "request_too_large_or_invalid.invalid_field", 58,
     "the body lacks one of model, messages and max_tokens"},
    {"request_wrong_quotes", "request.wrong-quotes !cred.flawed", "request_too_large_or_invalid", 62,
     "the quotes in the command are none for its shell, so it sends something else than is meant"},
    {"request_extra", "says.extra-inputs", "request_too_large_or_invalid.invalid_field", 34, "the body has a field that this endpoint does not know"},
    {"request_400", "class.bad-request !says.credit-low !says.org-disabled", "request_too_large_or_invalid", 16, "the answer is 400: the request is refused as it is"},
    {"request_400_typed", "class.bad-request type.api class.wordless", "request_too_large_or_invalid.invalid_field", 18, "the API calls the request invalid"},
    {"request_large_only", "fails.only-large-requests|works.small-requests !class.transport !says.reset", "request_too_large_or_invalid.body_too_large", 34,
     "only large requests fail"},
    {"request_content", "works.other-content class.bad-request", "request_too_large_or_invalid", 25, "other content passes"},

    // --- browsers
    {"browser_header", "says.cors-header", "cors_or_browser_key.header_missing", 95, "the API refuses a call from a web page that lacks the header which allows it; the key may be good"},
    {"browser_organization", "says.cors-organization", "cors_or_browser_key.organization_forbids", 96, "the organization's settings forbid calls from web pages"},
    {"browser_policy", "says.cors-browser", "cors_or_browser_key.relay_lacks_cors", 80, "the browser blocked the call by its cross-origin policy"},
    {"browser_environment", "says.browser-environment", "cors_or_browser_key", 85, "the SDK refuses to run in a browser"},
    {"browser_no_header", "response.no-cors-header", "cors_or_browser_key.relay_lacks_cors", 65, "the answer lacks the header that lets a web page read it"},
    {"browser_only", "fails.only-in-browser", "cors_or_browser_key", 55, "it fails in the browser only"},
    {"browser_launched", "launched.browser says.connection-generic|class.none|class.wordless|response.no-cors-header", "cors_or_browser_key", 30, "the call is made by a web page"},
    {"browser_launched_some", "launched.browser|hdr.origin", "cors_or_browser_key", 8, "the call is made by a web page"},
    {"browser_code", "config.credential-in-client-code", "cors_or_browser_key", 35, "the key is part of a web page's code"},
    {"browser_blocked", "request.blocked-in-browser", "cors_or_browser_key client_bug", 32,
     "something in the browser, such as an extension, blocked the request before it was sent"},
};

}  // namespace

std::span<const Rule> request_rules() { return kRules; }

}  // namespace locksmith::model::diagnosis
