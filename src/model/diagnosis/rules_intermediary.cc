#include "model/diagnosis/rule.h"

namespace locksmith::model::diagnosis {
namespace {

using enum Strength;

constexpr Rule kRules[] = {
    // --- gateways
    {"gateway_in_path", "gateway.in-path", "gateway_bug", hint, "an intermediary stands in the path"},
    {"gateway_named", "gateway.named !gateway.in-path", "gateway_bug", hint, "an intermediary is configured"},
    {"gateway_drops", "gateway.drops-header", "gateway_bug.drops_header", strong, "the intermediary removes a header"},
    {"gateway_adds", "gateway.adds-header", "gateway_bug.adds_header", strong, "the intermediary adds a header"},
    {"gateway_passes_against", "gateway.passes-headers", "gateway_bug", against, "the headers arrive behind the intermediary as they were sent"},
    {"gateway_rewrites", "gateway.rewrites-path", "gateway_bug", strong, "the intermediary changes the path"},
    {"gateway_own_error", "gateway.own-error", "gateway_bug.own_error", strong, "the intermediary wrote the error itself"},
    {"gateway_own_words", "says.gateway-permission", "gateway_bug.own_error", strong, "the words are not the API's"},
    {"gateway_default_key", "gateway.default-key", "env_shadowed gateway_bug", strong, "the intermediary uses a key of its own"},
    {"gateway_off_works", "works.without-gateway", "gateway_bug", proves, "it works without the intermediary"},
    {"gateway_filter_off_works", "works.without-gateway-filter", "gateway_bug", proves, "it works with the intermediary's filter off"},
    {"gateway_upgraded", "started.after-gateway-upgrade", "gateway_bug", strong, "it began with a new version of the intermediary"},
    {"gateway_health", "works.health-check gateway.in-path", "gateway_bug", hint, "the intermediary's own test passes"},
    {"gateway_token", "says.invalid-token gateway.in-path|gateway.named|base.custom", "gateway_bug.own_error", hint, "the refusal is in an intermediary's words"},
    {"gateway_local_reset", "base.loopback says.reset", "gateway_bug", strong, "the intermediary on this machine closed the connection"},
    {"gateway_named_reset", "gateway.in-path says.reset|class.server !base.loopback", "gateway_bug", hint, "the connection ends at the intermediary"},
    {"gateway_stream", "gateway.in-path|gateway.named says.stream-idle|stream.incomplete|stream.ended-early", "gateway_bug", hint, "the intermediary ended the stream"},
    {"gateway_stream_round", "gateway.in-path|gateway.named stream.at-round-time", "gateway_bug", hint, "the stream ended at a round time, as a time limit of an intermediary makes it"},
    {"gateway_version_doubled", "hdr.version-doubled gateway.in-path", "gateway_bug.adds_header", hint, "a header that arrives twice was added on the way"},
    {"gateway_version_said_doubled", "says.version-doubled", "gateway_bug.adds_header", hint, "a header that arrives twice was added on the way"},
    {"gateway_malformed_answer", "says.answer-malformed !says.captive-portal", "gateway_bug.own_error", strong,
     "an answer of 200 without a usable body never comes from the API"},
    {"gateway_empty_answer", "status.200 body.empty|says.empty-answer !body.html", "gateway_bug.own_error", strong, "an answer of 200 without a usable body never comes from the API"},
    {"gateway_broken_body", "says.body-not-json gateway.in-path|gateway.named", "gateway_bug", hint, "the body was whole when it was sent"},
    {"gateway_beta_dropped", "says.oauth-unsupported|says.extra-inputs gateway.drops-header", "gateway_bug.drops_header", hint, "the header that is missing was removed on the way"},
    {"gateway_key_not_swapped", "cred.shape.virtual-key says.key-unknown|says.bearer-unknown gateway.in-path|gateway.named|base.custom", "gateway_bug", strong, "the gateway's own key reached the API: the gateway did not put the real one in its place"},
    {"gateway_key_missing", "says.key-header-required gateway.in-path|gateway.drops-header", "gateway_bug.drops_header", hint, "the key may be removed on the way"},
    {"gateway_unseen", "gateway.sees-no-request", "wrong_endpoint client_bug", strong, "the intermediary never sees the request"},
    {"gateway_client_upgrade", "gateway.in-path started.after-client-upgrade", "gateway_bug", hint, "a newer client sends what the intermediary does not expect"},
    {"gateway_foreign_auth", "gateway.in-path class.permission !type.forbidden", "gateway_bug", hint, "the intermediary may have refused it"},
    {"gateway_api_answer_against", "resp.request-id !gateway.drops-header !gateway.adds-header !gateway.rewrites-path", "gateway_bug", against, "the answer is the API's own"},

    // --- clients
    {"client_too_old", "says.client-too-old", "client_bug", strong, "the API no longer takes this version of the client"},
    {"client_program_mismatch", "says.program-mismatch", "client_bug", strong, "the program was written for another version of the library that it runs with"},
    {"client_stored_login", "config.stored-login-lacks-expiry", "client_bug", strong, "the client stored a login without its end date, and takes it for expired"},
    {"client_older_works", "works.older-client", "client_bug.regression", proves, "an older version of the client works"},
    {"client_upgraded", "started.after-client-upgrade", "client_bug.regression", hint, "it began with a new version of the client"},
    {"client_other_works", "works.other-client|works.curl", "client_bug", hint, "another client works with the same credential"},
    {"client_same_key_works", "works.other-tool-same-key", "client_bug", hint, "another tool works with the same key"},
    {"client_other_source", "works.other-source", "client_bug", strong, "the same key works when it is given in another place"},
    {"client_wrong_host", "request.host-not-configured|url.other-than-base", "client_bug", strong, "the client does not ask the address that it was given"},
    {"client_one_tool", "fails.only-one-tool", "client_bug", hint, "only this tool fails"},
    {"client_usage", "request.usage-endpoint", "client_bug", strong, "the client asks an endpoint that is not meant for it"},
    {"client_active_key", "account.key-active says.key-rejected|class.none", "client_bug", hint, "the key is active, but the client calls it invalid"},
    {"client_login_disagrees", "login.cli-says-logged-in|login.succeeded says.oauth-expired|says.run-login|class.auth|says.credential-required", "client_bug", strong, "the login is good by its own word, but the client does not see it so"},
    {"client_login_third_party", "login.cli-says-logged-in client.third-party", "client_bug", hint, "another program's login is read, not renewed"},
    {"client_stored_login_unrenewed", "login.cli-says-logged-in cred.stored-expired client.third-party", "client_bug", strong,
     "the login's own program is signed in, while this program reads the stored token without renewing it"},
    {"client_can_refresh", "cred.stored-expired cred.refresh-present client.third-party", "client_bug", hint, "the means to renew the login are there, and the client does not use them"},
    {"client_good_login_against", "login.cli-says-logged-in", "oauth_expired_or_revoked", against, "the login is good by its own word"},
    {"client_zero_cost", "client.zero-cost-run", "client_bug env_not_loaded", hint, "the client ended at once without a call"},
    {"client_first_call", "fails.after-first-call !class.rate", "client_bug", hint, "the first call passes, later ones do not"},
    {"client_non_streaming", "fails.only-non-streaming|fails.only-streaming !stream.incomplete !says.stream-cut", "client_bug", hint, "it depends on whether the answer is streamed"},
    {"client_not_sent", "request.not-sent", "client_bug", hint, "the client failed before it connected"},
    {"client_restart", "works.after-restart|started.after-restart !class.auth", "client_bug", hint, "it depends on when the program was started"},
    {"client_fresh_key", "fails.fresh-key works.other-client|works.curl", "client_bug version_header", hint, "a new key fails here and works elsewhere"},
    {"client_headers", "works.fewer-headers|works.other-user-agent", "client_bug", hint, "it depends on the client's own headers"},

    // --- streams
    {"stream_cut", "says.stream-cut", "stream_interrupted.cut", strong, "the message says that the stream ended too early"},
    {"stream_idle", "says.stream-idle", "stream_interrupted.idle", strong, "the message says that the stream fell silent"},
    {"stream_no_stop", "stream.incomplete", "stream_interrupted.cut", strong, "the stream never brought its last event"},
    {"stream_early", "stream.ended-early", "stream_interrupted.cut", strong, "the stream ended in order although the answer is cut off"},
    {"stream_only", "fails.only-streaming|works.non-streaming", "stream_interrupted", hint, "only streamed answers fail"},
    {"stream_slow", "fails.only-slow-answers", "stream_interrupted.idle", hint, "only slow answers fail"},
    {"stream_round", "stream.at-round-time", "stream_interrupted.idle", hint, "it ended at a round time, as time limits are"},
    {"stream_network_against", "says.stream-cut|stream.incomplete", "dns_or_connectivity", against, "the connection did work until the stream broke off"},

    // --- the platform
    {"platform_overloaded", "class.overloaded", "overloaded", strong, "the answer is 529: overloaded"},
    {"platform_overloaded_said", "says.overloaded", "overloaded", strong, "the message says that the API is overloaded"},
    {"platform_overloaded_against", "says.overloaded !status-page.incident", "platform_incident", against, "it says that it is overloaded, which is no fault"},
    {"platform_incident", "status-page.incident", "platform_incident", strong, "the status page shows an incident at that time"},
    {"platform_many", "fails.many-users", "platform_incident", strong, "many users report the same at the same time"},
    {"platform_5xx", "class.server !says.overloaded !says.dns", "platform_incident.server_error", strong, "the answer is a server error"},
    {"platform_said", "says.server-error !says.overloaded !says.dns", "platform_incident.server_error", hint, "the message speaks of an internal error"},
    {"platform_gateway", "says.bad-gateway|status.52x", "platform_incident.server_error", hint, "a server before the API could not get an answer"},
    {"platform_gateway_own", "says.bad-gateway|class.server gateway.in-path|gateway.named|base.custom", "gateway_bug.own_error", hint, "the intermediary's own server error"},
    {"platform_login", "login.endpoint-5xx", "platform_incident", strong, "the login endpoint answers with a server error"},
    {"platform_sometimes", "works.sometimes class.auth|class.server|class.bad-request|class.permission", "platform_incident", hint, "it works sometimes, without any change"},
    {"platform_suddenly", "started.suddenly class.server|class.auth|class.none", "platform_incident", hint, "it began suddenly, without any change"},
    {"platform_everywhere", "fails.everywhere|fails.other-account", "platform_incident", hint, "it fails everywhere, with other accounts too"},
    {"platform_fresh_key", "fails.fresh-key fails.many-users|status-page.incident", "platform_incident", hint, "a newly created key fails as well"},
    {"platform_clear_against", "status-page.clear", "platform_incident", against, "the status page shows no incident"},
    {"platform_incident_load", "status-page.incident class.overloaded", "overloaded", hint, "the incident explains the load"},
};

}  // namespace

std::span<const Rule> intermediary_rules() { return kRules; }

}  // namespace locksmith::model::diagnosis
