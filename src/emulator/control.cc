// The control endpoints under /_emulator/: faults, keys, and what was asked.
#include <fmt/core.h>

#include "emulator/context.h"
#include "emulator/fault_rules.h"

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

Answer Api::control_faults(Context& context) {
  const std::string_view method = context.request.method;
  if (method == "DELETE") {
    faults_.clear();
    return plain(200, rules_json(faults_));
  }
  if (method == "PUT" || method == "POST") {
    const auto document = reader_.parse(context.request.body);
    if (!document) return failed(document.error());
    auto rules = read_fault_rules(*document);
    if (!rules) return failed(rules.error());
    if (method == "PUT") faults_.clear();
    const auto added = faults_.add(std::move(*rules), context.tick);
    if (!added) return failed(added.error());
  }
  return plain(200, rules_json(faults_));
}

Answer Api::control_keys(Context& context) {
  if (context.request.method == "DELETE") {
    keys_.clear();
  } else if (context.request.method == "PUT") {
    const auto document = reader_.parse(context.request.body);
    if (!document) return failed(document.error());
    const auto set = keys_.set(*document);
    if (!set) return failed(set.error());
  }
  return plain(200, fmt::format(R"({{"schema":"locksmith.emulator-keys/1","keys":{},"only_these":{}}})", keys_.size(),
                                keys_.only_these()));
}

Answer Api::control(Context& context) {
  const std::string_view path = context.request.path;
  const std::string_view method = context.request.method;
  if (path == "/_emulator/faults" && (method == "GET" || method == "PUT" || method == "POST" || method == "DELETE")) {
    return control_faults(context);
  }
  if (path == "/_emulator/keys" && (method == "GET" || method == "PUT" || method == "DELETE")) {
    return control_keys(context);
  }
  if (path == "/_emulator/requests" && (method == "GET" || method == "DELETE")) {
    if (method == "DELETE") forget_records();
    return plain(200, records_json(records_));
  }
  return plain(404, R"({"error":{"code":"not_found","message":"The control endpoints are GET, PUT, POST and DELETE of )"
                    R"(/_emulator/faults, GET, PUT and DELETE of /_emulator/keys, GET and DELETE of /_emulator/requests.","next_step":""}})");
}

}  // namespace locksmith::emulator
