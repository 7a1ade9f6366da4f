#include "emulator/api.h"

#include <fmt/core.h>

#include <algorithm>

#include "emulator/context.h"
#include "emulator/envelope.h"
#include "emulator/messages.h"
#include "emulator/models.h"
#include "vocabulary/character.h"
#include "vocabulary/limits/emulator.h"
#include "wire/gzip/gzip.h"

namespace locksmith::emulator {
namespace {

using wire::json::Value;

struct Route {
  std::string_view path;  // a '*' stands for one segment
  std::string_view methods;
};

constexpr Route kRoutes[] = {
    {"/v1/messages", "POST"},
    {"/v1/messages/count_tokens", "POST"},
    {"/v1/messages/batches", "GET, POST"},
    {"/v1/messages/batches/*", "GET"},
    {"/v1/messages/batches/*/results", "GET, HEAD"},
    {"/v1/models", "GET"},
    {"/v1/models/*", "GET"},
    {"/v1/organizations/api_keys", "GET"},
    {"/api/hello", "GET, HEAD"},
};

const Route* find_route(std::string_view path) {
  for (const Route& route : kRoutes) {
    if (route.path == path) return &route;
    const std::size_t star = route.path.find('*');
    if (star == std::string_view::npos) continue;
    const std::string_view before = route.path.substr(0, star), behind = route.path.substr(star + 1);
    if (path.size() <= before.size() + behind.size() || !path.starts_with(before) || !path.ends_with(behind)) continue;
    if (path.substr(star, path.size() - before.size() - behind.size()).find('/') == std::string_view::npos) return &route;
  }
  return nullptr;
}

bool allows(const Route& route, std::string_view method) {
  std::string_view rest = route.methods;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(", ");
    if (rest.substr(0, comma) == method) return true;
    if (comma == std::string_view::npos) return false;
    rest.remove_prefix(comma + 2);
  }
  return false;
}

// Repeated fields are one list, joined as RFC 9110 5.3 says: "2023-06-01, 2023-06-01".
std::string joined(const wire::http1::Fields& fields, std::string_view name) {
  std::string value;
  bool first = true;
  for (const auto& field : fields) {
    if (!wire::http1::same_name(field.name, name)) continue;
    if (!first) value += ", ";
    value += field.value;
    first = false;
  }
  return value;
}

std::vector<std::string> elements(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), one.size() + 1));
    one = trimmed(one, is_blank);
    if (!one.empty()) out.emplace_back(one);
  }
  return out;
}

bool is_preflight(const Request& request) {
  return request.method == "OPTIONS" && request.fields.find("origin") &&
         request.fields.find("access-control-request-method");
}

Answer preflight(std::string_view path) {
  Answer answer;
  // Batches and files do not answer preflights.
  if (path.starts_with("/v1/messages/batches") || path.starts_with("/v1/files") || find_route(path) == nullptr) {
    answer.status = 404;
    return answer;
  }
  answer.status = 204;
  answer.headers = {{"access-control-allow-origin", "*"},
                    {"access-control-allow-methods", "GET, POST, OPTIONS"},
                    {"access-control-allow-headers", "*"},
                    {"access-control-max-age", "600"}};
  return answer;
}

std::string first_of_next_month(Instant now) {
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const auto next = today.year() / today.month() / 1 + std::chrono::months(1);
  return to_rfc3339(Instant(std::chrono::sys_days(next))).substr(0, 10);
}

void drop_api_headers(Answer& answer) {
  std::erase_if(answer.headers, [](const Header& header) {
    return header.name == "request-id" || header.name.starts_with("anthropic-");
  });
}

}  // namespace

Api::Api() : catalogue_(built_in_catalogue()) { add_control_routes(); }

Answer Api::error(Context& context, const ErrorText& text) {
  Answer answer = error_answer(text, context.request_id);
  if (context.identity) add_identity(answer, *context.identity);
  add_edge(answer, context.number);
  return answer;
}

Answer Api::json(Context& context, std::string body) {
  Answer answer;
  answer.headers.push_back({"content-type", "application/json"});
  answer.headers.push_back({"request-id", context.request_id});
  if (context.identity) add_identity(answer, *context.identity);
  add_edge(answer, context.number);
  answer.body = std::move(body);
  return answer;
}

std::string Api::filled_in(Context& context, std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t begin = text.find("{{");
    out += text.substr(0, begin);
    if (begin == std::string_view::npos) return out;
    text.remove_prefix(begin + 2);
    const std::size_t end = text.find("}}");
    const std::string_view name = text.substr(0, end);
    text.remove_prefix(end + 2);
    constexpr int kRetryAfter = 12;
    if (name == "model") out += context.model(reader_);
    if (name == "organization") out += kOrganization;
    if (name == "ray") out += ray(context.number).substr(0, 16);
    if (name == "retry_after") out += std::to_string(kRetryAfter);
    if (name == "reset") out += to_rfc3339(context.now + std::chrono::seconds(kRetryAfter));
    if (name == "first_of_next_month") out += first_of_next_month(context.now);
  }
}

Answer Api::faulty(Context& context, const Fault& fault) {
  Answer answer;
  if (fault.status == 0) {
    answer = ordinary(context);
  } else if (fault.content_type.empty()) {
    ErrorText text{fault.status, fault.type, filled_in(context, fault.message), fault.code, fault.details};
    // A refused credential leaves the organization unknown; the others come after authentication.
    if (fault.status != 401) context.identity = Identity{std::string(kOrganization), std::string(kDefaultWorkspace)};
    answer = error(context, text);
  } else {
    answer.status = fault.status;
    answer.headers.push_back({"content-type", fault.content_type});
    if (fault.origin == FaultSource::api) answer.headers.push_back({"request-id", context.request_id});
    if (fault.origin != FaultSource::middle) add_edge(answer, context.number);
    answer.body = filled_in(context, fault.body);
  }
  for (const Header& header : fault.headers) {
    std::erase_if(answer.headers, [&](const Header& other) { return other.name == header.name; });
    answer.headers.push_back({header.name, filled_in(context, header.value)});
  }
  if (fault.origin == FaultSource::middle) drop_api_headers(answer);
  answer.fault = fault.name;
  answer.transport = fault.transport;
  answer.delay = fault.delay;
  answer.date_offset = fault.date_offset;
  if (fault.transport == Transport::stripped) drop_api_headers(answer);
  if (fault.transport == Transport::error_midway) {
    const std::string body = error_body({0, fault.type, fault.message, {}, {}}, context.request_id);
    answer.midway_event = "event: error\ndata: " + body + "\n\n";
  }
  return answer;
}

// --- The ordinary way ----------------------------------------------------------------------------------------------------

Answer Api::ordinary(Context& context) {
  const Request& request = context.request;
  if (is_preflight(request)) return preflight(request.path);
  const Route* route = find_route(request.path);
  if (route == nullptr) {
    return error(context, {404, "not_found_error", "The requested resource could not be found.", {}, {}});
  }
  if (!allows(*route, request.method)) {
    Answer answer = error(context, {405, "invalid_request_error", "Method Not Allowed", {}, {}});
    answer.headers.push_back({"allow", std::string(route->methods)});
    return answer;
  }
  if (request.path == "/api/hello") return json(context, R"({"message":"hello"})");
  const bool direct = request.fields.find("anthropic-dangerous-direct-browser-access") == "true";
  if (request.fields.find("origin") && !direct) {
    return error(context, {401, "authentication_error",
                           "CORS requests must set 'anthropic-dangerous-direct-browser-access' header", {}, {}});
  }
  const bool admin = context.carried.examined.shape == model::credential::Shape::admin_key;
  if (request.path.starts_with("/v1/organizations/")) {
    if (!admin) return error(context, {401, "authentication_error", "invalid x-api-key", {}, {}});
    if (auto refused = check_headers(context)) return std::move(*refused);
    return json(context, keys_.list());
  }
  const auto verdict = authenticate(context.carried, request.fields, keys_);
  if (const auto* refused = std::get_if<Refused>(&verdict)) {
    return error(context, {401, "authentication_error", refused->message, {}, {}});
  }
  context.identity = std::get<Identity>(verdict);
  Answer answer = authenticated(context);
  if (direct) answer.headers.push_back({"access-control-allow-origin", "*"});
  return answer;
}

std::optional<Answer> Api::check_headers(Context& context) {
  const auto& fields = context.request.fields;
  const auto refuse = [&](std::string message) {
    return error(context, {400, "invalid_request_error", std::move(message), {}, {}});
  };
  if (context.declared.version.empty()) return refuse("anthropic-version: header is required");
  if (std::ranges::find(catalogue_.versions, context.declared.version) == catalogue_.versions.end()) {
    return refuse(fmt::format("anthropic-version: \"{}\" is not a valid version", context.declared.version));
  }
  std::string unexpected;
  for (const std::string& beta : context.declared.betas) {
    if (looks_like_beta(beta)) continue;
    unexpected += (unexpected.empty() ? "`" : ", `") + beta + "`";
  }
  if (!unexpected.empty()) {
    return refuse("Unexpected value(s) " + unexpected +
                  " for the `anthropic-beta` header. Please consult our documentation at platform.claude.com/docs or try "
                  "again without the header.");
  }
  const auto workspace = fields.find("anthropic-workspace-id");
  if (context.identity && workspace && !workspace->empty() && *workspace != context.identity->workspace_id) {
    // The wording is ours.
    return error(context, {403, "permission_error",
                           "anthropic-workspace-id names another workspace than that of the API key.", {}, {}});
  }
  return std::nullopt;
}

Answer Api::authenticated(Context& context) {
  if (auto refused = check_headers(context)) return std::move(*refused);
  const std::string_view path = context.request.path;
  if (path == "/v1/messages") return messages(context, false);
  if (path == "/v1/messages/count_tokens") return messages(context, true);
  if (path.starts_with("/v1/messages/batches")) return batches(context);
  constexpr std::string_view kOne = "/v1/models/";
  const auto body = path.starts_with(kOne) ? show_model(catalogue_, path.substr(kOne.size()))
                                           : list_models(catalogue_, context.request.query);
  return body ? json(context, *body) : error(context, body.error());
}

Answer Api::messages(Context& context, bool count_only) {
  if (auto refusal = context.decode_body()) return error(context, *refusal);
  const auto parsed = reader_.parse(context.body());
  if (!parsed) {
    return error(context, {400, "invalid_request_error",
                           "The request body is not valid JSON: unexpected character: line 1 column 1 (char 0)", {}, {}});
  }
  const Value body = *parsed;
  const Purpose purpose = count_only ? Purpose::count : Purpose::create;
  if (const auto wrong = check_message(body, catalogue_, context.declared, purpose)) return error(context, *wrong);
  if (count_only) return json(context, fmt::format(R"({{"input_tokens":{}}})", count_tokens(body)));
  Reply reply = make_reply(body, *catalogue_.find(body["model"].string_or("")), catalogue_, manner_, context.number, context.declared);
  Answer answer;
  if (body["stream"].as_boolean().value_or(false)) {
    answer = json(context, {});
    answer.headers.front().value = "text/event-stream; charset=utf-8";
    answer.headers.push_back({"cache-control", "no-cache"});
    answer.events = message_events(reply);
    answer.charge = std::make_shared<const Charge>(std::move(reply.charge));
  } else {
    answer = json(context, message_body(reply));
    bill_.add(reply.charge);  // also where it never arrives: it was written
  }
  add_rate_limits(answer, context.now);
  return answer;
}

Answer Api::batches(Context& context) {
  std::string_view path = context.request.path;
  path.remove_prefix(std::string_view("/v1/messages/batches").size());
  if (context.request.method == "POST") {
    if (auto refusal = context.decode_body()) return error(context, *refusal);
    const auto parsed = reader_.parse(context.body());
    if (!parsed) return error(context, {400, "invalid_request_error", "The request body is not valid JSON", {}, {}});
    const auto made = batches_.create(*parsed, catalogue_, manner_, context.number, context.declared, context.now, bill_);
    return made ? json(context, *made) : error(context, made.error());
  }
  const std::string origin = "http://" + std::string(context.request.fields.find("host").value_or("localhost"));
  if (path.empty()) return json(context, batches_.list(origin));
  path.remove_prefix(1);
  const std::string_view id = path.substr(0, path.find('/'));
  const Batch* const batch = batches_.find(id);
  if (batch == nullptr) return error(context, {404, "not_found_error", "The requested resource could not be found.", {}, {}});
  if (path == id) return json(context, batch_body(*batch, true, origin));
  Answer answer = json(context, batch->results);
  answer.headers.front().value = "application/x-jsonl";
  return answer;
}

// --- All requests ----------------------------------------------------------------------------------------------------------

Answer Api::answer(const Request& request, Instant now, Tick tick) {
  Context context{request, find_credential(request.fields), ++number_, now, tick};
  context.request_id = make_id("req_011C", context.number);
  context.declared = {joined(request.fields, "anthropic-version"), elements(joined(request.fields, "anthropic-beta"))};
  if (request.path.starts_with("/_emulator/")) return control(context);

  Answer answer;
  if (const auto name = request.fields.find("x-locksmith-fault")) {
    const Fault* fault = find_fault(*name);
    if (fault == nullptr) {
      answer.status = 400;
      answer.headers.push_back({"content-type", "text/plain; charset=utf-8"});
      answer.body = fmt::format("There is no fault of that name. Nearest: {}. All: locksmith emulate --fault list\n",
                                nearest_fault(*name));
    } else {
      answer = faulty(context, *fault);
    }
  } else if (const FaultRule* rule = faults_.take(request.path, context.carried.digest, tick)) {
    const std::optional<Duration> delay = rule->delay;
    answer = faulty(context, *rule->fault);
    if (delay) answer.delay = *delay;
  } else {
    answer = ordinary(context);
  }
  record(context, answer);
  return answer;
}

Answer Api::refuse(int status, std::string_view why) {
  ++number_;
  Answer answer;
  answer.status = status;
  answer.close = true;
  if (status == 413) {
    answer.headers.push_back({"content-type", "application/json"});
    answer.body = error_body({413, "request_too_large", "Request exceeds the maximum size", {}, {}}, {});
  } else {
    answer.headers.push_back({"content-type", "text/html"});
    answer.body = fmt::format("<html><head><title>{0} Bad Request</title></head><body><center><h1>{0} Bad Request</h1>"
                              "<p>{1}</p></center><hr><center>cloudflare</center></body></html>", status, why);
  }
  add_edge(answer, number_);
  return answer;
}

namespace {

// Fields whose values are no secret in any request that the API takes.
constexpr std::array<std::string_view, 10> kPlainFields{"accept",     "accept-encoding", "anthropic-beta", "anthropic-version", "connection",
                                                        "content-length", "content-type",    "host",           "transfer-encoding", "user-agent"};

bool is_plain(std::string_view name) {
  return std::ranges::any_of(kPlainFields, [name](std::string_view plain) {
    return std::ranges::equal(plain, name, {}, {}, [](char c) { return lower_case(c); });
  });
}

RecordedField recorded(std::string_view name, std::string_view value) {
  RecordedField field;
  field.name = model::credential::redact(name);
  if (is_plain(name) && model::credential::redact(value) == value) field.value = value;
  if (field.value.empty()) field.sha256 = wire::digest::to_hex(wire::digest::sha256(value));
  return field;
}

}  // namespace

void Api::record(Context& context, const Answer& answer) {
  Record record;
  record.number = context.number;
  record.at = context.now;
  record.method = context.request.method;
  // A key can stand where none belongs: in a path, as a version, even as the name of a field.
  record.path = model::credential::redact(context.request.path);
  for (const auto& field : context.request.fields) {
    record.fields.push_back(recorded(field.name, field.value));
  }
  record.credential_header = context.carried.header == CredentialHeader::none      ? "none"
                             : context.carried.header == CredentialHeader::api_key ? "x-api-key"
                                                                                   : "authorization";
  if (context.carried.header != CredentialHeader::none) {
    record.credential_shape = model::credential::name(context.carried.examined.shape);
    record.credential_length = context.carried.value.size();
  }
  record.version = model::credential::redact(context.declared.version);
  record.body_bytes = context.request.body.size();
  record.status = answer.status;
  record.fault = answer.fault;
  for (const Header& header : answer.headers) {
    if (header.name == "request-id") record.request_id = header.value;
  }
  records_.push_back(std::move(record));
  if (records_.size() > limits::kEmulatorRecords) records_.pop_front();
}

}  // namespace locksmith::emulator
