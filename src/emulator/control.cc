// The control endpoints under /_emulator/: faults, keys, and what was asked.
#include <fmt/core.h>

#include <algorithm>

#include "emulator/context.h"
#include "emulator/fault_rules.h"
#include "vocabulary/limits/emulator.h"

namespace locksmith::emulator {
namespace {

using wire::json::Writer;

Answer plain(int status, std::string body) {
  Answer answer;
  answer.status = status;
  answer.headers.push_back({"content-type", "application/json"});
  answer.body = std::move(body);
  return answer;
}

Answer failed(const Failure& failure) {
  std::string out;
  Writer json(out);
  json.begin_object().key("error").begin_object().member("code", failure.code.name());
  json.member("message", failure.message).member("next_step", failure.next_step).end_object().end_object();
  return plain(400, std::move(out));
}

std::string rules_json(const FaultRules& rules) {
  std::string out;
  Writer json(out);
  json.begin_object().member("schema", "locksmith.emulator-faults/1").key("faults").begin_array();
  for (const FaultRule& rule : rules.all()) {
    json.begin_object().member("name", rule.fault->name);
    if (!rule.path.empty()) json.member("path", rule.path);
    if (rule.credential) json.member("credential_sha256", wire::digest::to_hex(*rule.credential));
    if (rule.times) json.member("times", static_cast<std::int64_t>(*rule.times));
    if (rule.delay) json.member("delay_ms", *rule.delay / std::chrono::milliseconds(1));
    if (rule.after > Duration::zero()) json.member("after_s", rule.after / std::chrono::seconds(1));
    if (rule.lasts) json.member("for_s", *rule.lasts / std::chrono::seconds(1));
    json.end_object();
  }
  json.end_array().end_object();
  return out;
}

void write_record(Writer& json, const Record& record) {
  json.begin_object().member("number", static_cast<std::int64_t>(record.number)).member("at", to_rfc3339(record.at));
  json.member("method", record.method).member("path", record.path).key("headers").begin_array();
  for (const RecordedField& field : record.fields) json.string(field.name);
  json.end_array().key("fields").begin_array();
  for (const RecordedField& field : record.fields) {
    json.begin_object().member("name", field.name);
    if (field.sha256.empty()) {
      json.member("value", field.value);
    } else {
      json.member("sha256", field.sha256);
    }
    json.end_object();
  }
  json.end_array().key("credential").begin_object().member("header", record.credential_header);
  if (!record.credential_shape.empty()) {
    json.member("shape", record.credential_shape).member("length", record.credential_length);
  }
  json.end_object().member("version", record.version).member("body_bytes", record.body_bytes);
  json.member("status", record.status);
  if (!record.fault.empty()) json.member("fault", record.fault);
  if (!record.request_id.empty()) json.member("request_id", record.request_id);
  json.end_object();
}

std::string records_json(const std::deque<Record>& records) {
  std::string out;
  Writer json(out);
  json.begin_object().member("schema", "locksmith.emulator-requests/1").key("requests").begin_array();
  for (const Record& record : records) write_record(json, record);
  json.end_array().end_object();
  return out;
}

}  // namespace

// The handlers answer at once, on the call of control(): `tick_` is that request's.
void Api::add_control_routes() {
  const auto on = [this](std::string method, std::string pattern, Answer (Api::*act)(std::string_view body)) {
    const auto handler = [this, act](const serving::Request& request, serving::Reply reply) {
      const Answer answer = (this->*act)(request.body);
      reply({.status = answer.status, .body = answer.body});
    };
    control_.on({std::move(method), std::move(pattern), serving::Access::everybody, serving::Cost::probe, handler});
  };
  on("GET", "/_emulator/faults", &Api::show_faults);
  on("PUT", "/_emulator/faults", &Api::replace_faults);
  on("POST", "/_emulator/faults", &Api::add_faults);
  on("DELETE", "/_emulator/faults", &Api::clear_faults);
  on("GET", "/_emulator/keys", &Api::show_keys);
  on("PUT", "/_emulator/keys", &Api::set_keys);
  on("DELETE", "/_emulator/keys", &Api::clear_keys);
  on("GET", "/_emulator/requests", &Api::show_records);
  on("DELETE", "/_emulator/requests", &Api::clear_records);
  on("GET", "/_emulator/bill", &Api::show_bill);
  on("DELETE", "/_emulator/bill", &Api::clear_bill);
  on("GET", "/_emulator/manner", &Api::show_manner);
  on("PUT", "/_emulator/manner", &Api::set_manner);
  on("DELETE", "/_emulator/manner", &Api::clear_manner);
}

Answer Api::show_faults(std::string_view) { return plain(200, rules_json(faults_)); }

Answer Api::clear_faults(std::string_view) {
  faults_.clear();
  return show_faults({});
}

Answer Api::set_faults(std::string_view body, bool replaces) {
  const auto document = reader_.parse(body);
  if (!document) return failed(document.error());
  auto rules = read_fault_rules(*document);
  if (!rules) return failed(rules.error());
  if (replaces) faults_.clear();
  const auto added = faults_.add(std::move(*rules), tick_);
  return added ? show_faults({}) : failed(added.error());
}

Answer Api::show_keys(std::string_view) {
  return plain(200, fmt::format(R"({{"schema":"locksmith.emulator-keys/1","keys":{},"only_these":{}}})", keys_.size(), keys_.only_these()));
}

Answer Api::set_keys(std::string_view body) {
  const auto document = reader_.parse(body);
  if (!document) return failed(document.error());
  const auto set = keys_.set(*document);
  return set ? show_keys({}) : failed(set.error());
}

Answer Api::clear_keys(std::string_view) {
  keys_.clear();
  return show_keys({});
}

Answer Api::show_records(std::string_view) { return plain(200, records_json(records_)); }

Answer Api::clear_records(std::string_view) {
  forget_records();
  return show_records({});
}

Answer Api::show_bill(std::string_view) {
  return plain(200, fmt::format(R"({{"schema":"locksmith.emulator-bill/1","nano_usd":{},"answers":{},"runs":{},"web_searches":{}}})", bill_.nano_usd(),
                                bill_.answers(), bill_.runs(), bill_.searches()));
}

Answer Api::clear_bill(std::string_view) {
  bill_.clear();
  return show_bill({});
}

Answer Api::show_manner(std::string_view) {
  return plain(200, fmt::format(R"({{"schema":"locksmith.emulator-manner/1","dearest":{},"answer_tokens":{}}})", manner_.dearest, manner_.answer_tokens));
}

// What is not named is as it is by itself; an answer is no longer than limits::kEmulatorAnswer.
Answer Api::set_manner(std::string_view body) {
  const auto document = reader_.parse(body);
  if (!document) return failed(document.error());
  manner_.dearest = (*document)["dearest"].as_boolean().value_or(false);
  manner_.answer_tokens = std::clamp<std::int64_t>((*document)["answer_tokens"].as_integer().value_or(0), 0, limits::kEmulatorAnswer);
  return show_manner({});
}

Answer Api::clear_manner(std::string_view) {
  manner_ = {};
  return show_manner({});
}

Answer Api::control(Context& context) {
  const auto found = control_.find(context.request.method, context.request.path);
  if (found.route == nullptr) {
    return plain(404, R"({"error":{"code":"not_found","message":"The control endpoints are GET, PUT, POST and DELETE of )"
                      R"(/_emulator/faults, GET, PUT and DELETE of /_emulator/keys, GET and DELETE of /_emulator/requests and /_emulator/bill, GET, PUT and DELETE of /_emulator/manner.","next_step":""}})");
  }
  tick_ = context.tick;
  Answer answer;
  const serving::Request request{context.request.method, context.request.path, context.request.query, context.request.fields, context.request.body};
  found.route->handler(request, serving::Reply([&answer](const serving::Response& response) { answer = plain(response.status, response.body); }));
  return answer;
}

}  // namespace locksmith::emulator
