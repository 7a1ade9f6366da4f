#include "gateway/refusal.h"

#include <array>

#include "vocabulary/assert.h"
#include "wire/json/json.h"

namespace locksmith::gateway {
namespace {

using enum RefusalRow::Retry;

constexpr std::string_view kInvalid = "invalid_request_error";
constexpr std::string_view kAuthentication = "authentication_error";
constexpr std::string_view kPermission = "permission_error";
constexpr std::string_view kNotFound = "not_found_error";
constexpr std::string_view kTooLarge = "request_too_large";
constexpr std::string_view kRateLimit = "rate_limit_error";
constexpr std::string_view kApi = "api_error";
constexpr std::string_view kOverloaded = "overloaded_error";
constexpr std::string_view kTimeout = "timeout_error";

constexpr std::array kRows{
    RefusalRow{Why::head_refused, "request_malformed", 400, kInvalid, "gateway_refusal.request_malformed", useless,
               "The gateway refuses this request because it is not well-formed HTTP/1.1",
               "Mend the client or the proxy in front of the gateway."},
    RefusalRow{Why::credential_in_connection, "connection_names_protected_field", 400, kInvalid,
               "gateway_refusal.connection_names_protected_field", useless,
               "The Connection field names a field that must reach the gateway and the API",
               "Remove that name from Connection."},
    RefusalRow{Why::key_elsewhere, "key_in_other_field", 400, kInvalid, "auth_header_format", useless,
               "A virtual key stands in the URL or in a field that would reach the API with it",
               "Send it in x-api-key or as a Bearer token only; treat it as seen by whatever logs URLs and fields."},
    RefusalRow{Why::path_ambiguous, "path_ambiguous", 400, kInvalid, "gateway_refusal.path_ambiguous", useless,
               "The path can be read in two ways",
               "Send segments of letters, digits and -._~:@ only: no percent-encoding, no empty or dot segments, no parameters."},
    RefusalRow{Why::method_unsupported, "method_unsupported", 405, kInvalid, "gateway_refusal.method_unsupported", useless,
               "The gateway forwards GET, HEAD, POST, PUT, PATCH and DELETE", "Use one of these methods."},
    RefusalRow{Why::body_coding_unknown, "body_coding_unknown", 415, kInvalid, "gateway_refusal.body_coding_unknown", useless,
               "The body's Content-Encoding is one that the gateway cannot read", "Send the body plain or as gzip."},
    RefusalRow{Why::credential_missing, "credential_missing", 401, kAuthentication, "key_missing", useless,
               "No credential arrived at the gateway",
               "Send a virtual key in x-api-key or as a Bearer token; in the client it stands where the API key would."},
    RefusalRow{Why::credentials_differ, "credentials_differ", 401, kAuthentication, "auth_header_format.two_headers",
               useless, "The request carries two different virtual keys, or one field twice",
               "Unset the one that is not meant: often ANTHROPIC_AUTH_TOKEN beside ANTHROPIC_API_KEY."},
    RefusalRow{Why::credential_unsendable, "credential_malformed", 401, kAuthentication, "auth_header_format", useless,
               "The Authorization field holds no Bearer token", "Send: Authorization: Bearer KEY."},
    RefusalRow{Why::provider_key, "provider_credential", 401, kAuthentication, "key_wrong_kind", useless,
               "A credential of the API itself was sent to the gateway, which takes virtual keys only",
               "Use a virtual key here; treat the real one as seen by this gateway."},
    RefusalRow{Why::key_foreign, "key_foreign", 401, kAuthentication, "key_wrong_kind", useless,
               "The credential is no virtual key of this gateway, whose keys begin with lks_",
               "Ask whoever runs the gateway for a key: locksmith keys create."},
    RefusalRow{Why::key_cut, "key_cut", 401, kAuthentication, "key_malformed.truncated", useless,
               "The virtual key does not have the length of one", "Copy it again, whole, and once."},
    RefusalRow{Why::key_damaged, "key_damaged", 401, kAuthentication, "key_malformed", useless,
               "The virtual key was changed on its way here: its checksum does not fit", "Copy it again."},
    RefusalRow{Why::key_unknown, "key_unknown", 401, kAuthentication, "gateway_refusal.key_unknown", useless,
               "The virtual key is well-formed, but this gateway does not know it",
               "Check that it was made for this gateway's store: locksmith keys list."},
    RefusalRow{Why::key_suspended, "key_suspended", 401, kAuthentication, "gateway_refusal.key_suspended", useless,
               "The virtual key is suspended", "Whoever suspended it can resume it: locksmith keys resume."},
    RefusalRow{Why::key_revoked, "key_revoked", 401, kAuthentication, "gateway_refusal.key_revoked", useless,
               "The virtual key was revoked", "Make a new one: locksmith keys create."},
    RefusalRow{Why::key_expired, "key_expired", 401, kAuthentication, "gateway_refusal.key_expired", useless,
               "The virtual key has passed its end date", "Make a new one: locksmith keys create."},
    RefusalRow{Why::admin_path, "admin_path_not_forwarded", 403, kPermission, "gateway_refusal.admin_path_not_forwarded",
               useless, "The gateway does not forward the Admin API: a virtual key may use models, not manage keys",
               "Call the API directly with an Admin API key."},
    RefusalRow{Why::endpoint_unknown, "endpoint_unknown", 404, kNotFound, "gateway_refusal.endpoint_unknown", useless,
               "This path is not one that the gateway forwards",
               "Check the client's base URL; whoever runs the gateway can list further paths: endpoints."},
    RefusalRow{Why::endpoint_doubled_v1, "endpoint_doubled_v1", 404, kNotFound, "wrong_endpoint.doubled_v1", useless,
               "The path has /v1 twice", "Take /v1 off the end of the client's base URL."},
    RefusalRow{Why::endpoint_openai_style, "endpoint_openai_style", 404, kNotFound, "wrong_endpoint.openai_style", useless,
               "This is an OpenAI-style path, whose costs the gateway does not read",
               "Use the Messages API: POST /v1/messages."},
    RefusalRow{Why::endpoint_method, "endpoint_method_unsupported", 405, kInvalid, "gateway_refusal.endpoint_method_unsupported", useless,
               "This path cannot be asked by this method", "Use the method that the API's reference names."},
    RefusalRow{Why::model_not_allowed, "model_not_allowed", 403, kPermission,
               "gateway_refusal.model_not_allowed", useless, "The gateway does not let this key use this model",
               "Use an allowed model, or ask whoever runs the gateway."},
    RefusalRow{Why::body_not_json, "body_not_json", 400, kInvalid, "gateway_refusal.body_not_json", useless,
               "The body is not a JSON object in UTF-8", "Send one, with content-type application/json."},
    RefusalRow{Why::member_repeated, "member_repeated", 400, kInvalid, "gateway_refusal.member_repeated", useless,
               "A member that decides on model or cost stands twice in the body", "Send each member once."},
    RefusalRow{Why::member_wrong, "member_wrong", 400, kInvalid, "gateway_refusal.member_wrong", useless,
               "A member that decides on model or cost has a wrong type", "Send it as the API's reference has it."},
    RefusalRow{Why::cost_unbounded, "cost_unbounded", 403, kPermission, "spend_limit.gateway", useless,
               "What this request can cost has no upper bound, and the virtual key has a spend limit",
               "Give the tool max_uses, or leave it out; the gateway's documentation has the table."},
    RefusalRow{Why::body_too_large, "body_too_large", 413, kTooLarge, "gateway_refusal.body_too_large",
               useless, "The body is larger than the API takes on this path", "Send less, or use the Files API."},
    RefusalRow{Why::body_memory, "gateway_full", 503, kOverloaded, "gateway_refusal.gateway_full", helps,
               "The gateway holds as many request bodies as it may", "Try again in a moment."},
    RefusalRow{Why::body_too_slow, "body_too_slow", 408, kTimeout, "gateway_refusal.body_too_slow", helps,
               "The request did not arrive in time", "Check the network between client and gateway."},
    RefusalRow{Why::rate, "rate_limit_reached", 429, kRateLimit, "gateway_refusal.rate_limit_reached", helps,
               "This virtual key's limit of requests a minute is reached", "Wait for the time in retry-after."},
    RefusalRow{Why::concurrency, "concurrency_limit_reached", 429, kRateLimit, "gateway_refusal.concurrency_limit_reached", helps,
               "This virtual key has as many requests under way as it may", "Send fewer at the same time."},
    RefusalRow{Why::budget_held, "budget_held", 429, kRateLimit, "spend_limit.gateway_held", wanted,
               "Requests under way hold what is left of this virtual key's spend limit",
               "Try again after retry-after; a smaller max_tokens needs less room."},
    RefusalRow{Why::budget_spent, "budget_spent", 429, kRateLimit, "spend_limit.gateway_spent", useless,
               "The most that this request can cost is more than what is left of this virtual key's spend limit",
               "Ask whoever runs the gateway, or send a smaller request or max_tokens."},
    RefusalRow{Why::upstream_unresolved, "upstream_unresolved", 502, kApi, "dns_or_connectivity.dns", helps,
               "The gateway cannot resolve the API's host name", "Check the gateway's DNS: locksmith doctor on its machine."},
    RefusalRow{Why::upstream_unreachable, "upstream_unreachable", 502, kApi, "dns_or_connectivity", helps,
               "The gateway cannot connect to the API", "Check the gateway's network: locksmith doctor on its machine."},
    RefusalRow{Why::upstream_resting, "upstream_resting", 503, kOverloaded, "dns_or_connectivity", helps,
               "The API could not be reached several times in a row, so the gateway waits a moment before it asks again",
               "Try again after retry-after; check the gateway's network if it stays so."},
    RefusalRow{Why::upstream_proxy, "upstream_proxy_refused", 502, kApi, "proxy_or_vpn", helps,
               "The proxy between the gateway and the API does not let it through",
               "Check upstream_proxy, its login, and what the proxy allows."},
    RefusalRow{Why::upstream_tls, "upstream_tls", 502, kApi, "tls_interception_or_ca", helps,
               "The API's certificate could not be verified by the gateway",
               "Give the gateway the CA that its network uses, or take the interception away."},
    RefusalRow{Why::upstream_closed, "upstream_closed", 502, kApi, "dns_or_connectivity.reset", helps,
               "The API's side closed the connection without an answer", "Try again: it is not known whether it was executed."},
    RefusalRow{Why::upstream_garbled, "upstream_garbled", 502, kApi, "gateway_bug", helps,
               "What came back is not an HTTP/1.1 answer", "Look for a proxy between the gateway and the API."},
    RefusalRow{Why::upstream_silent, "upstream_silent", 504, kTimeout, "dns_or_connectivity.timeout", helps,
               "The API did not answer in time", "Stream long answers, or raise the gateway's first_byte limit."},
    RefusalRow{Why::stream_cut, "stream_cut", 502, kApi, "stream_interrupted.cut", helps,
               "The answer broke off on its way from the API", "Try again."},
    RefusalRow{Why::budget_cut, "budget_cut", 429, kRateLimit, "spend_limit.gateway_cut", useless,
               "The answer ends here because nothing is left of this virtual key's spend limit",
               "Ask whoever runs the gateway for a larger limit."},
    RefusalRow{Why::draining, "gateway_stopping", 503, kOverloaded, "gateway_refusal.gateway_stopping", helps,
               "This gateway is about to stop and takes no new requests", "Try again: another instance will take it."},
};

}  // namespace

std::span<const RefusalRow> refusal_rows() { return kRows; }

const RefusalRow& row_of(Why why) {
  const RefusalRow& row = kRows[static_cast<std::size_t>(why) - 1];
  LOCKSMITH_ASSERT(row.why == why);
  return row;
}

void append_error_body(std::string& out, const RefusalRow& row, std::string_view detail) {
  std::string message(row.sentence);
  if (!detail.empty()) message.append(" (").append(detail).append(")");
  message.append(". ").append(row.next_step);
  wire::json::Writer json(out);
  json.begin_object().member("type", "error").key("error").begin_object();
  json.member("type", row.type).member("message", message);
  json.key("details").begin_object().member("error_code", row.code).end_object().end_object();
  json.key("request_id").null().end_object();
}

}  // namespace locksmith::gateway
