#include "gateway/witness.h"

#include <array>
#include <charconv>
#include <utility>

#include "model/credential/credential.h"
#include "model/diagnosis/cause.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/gateway.h"
#include "wire/json/json.h"

namespace locksmith::gateway {
namespace {

constexpr std::string_view kIdLetters = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford's base 32: none is like another

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

// What a client wrote as a path or a model, up to a credential of ours or of the API's that stands in it: base URLs and
// configurations with a key in the wrong place are among what makes requests fail, and logs are read by others.
std::string_view without_credential(std::string_view text) {
  constexpr std::size_t kShortest = 20;  // no shorter text holds enough of a key to be used
  if (text.size() < kShortest) return text;
  for (const std::string_view beginning : {std::string_view("sk-ant-"), std::string_view("lks_")}) {
    if (const std::size_t at = text.find(beginning); at != std::string_view::npos) text = text.substr(0, at + beginning.size());
  }
  return text;
}

// A name that needs no escape, and a value that may: of a path or a model, which the client wrote.
void append_text(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.append(",\"", 2).append(name).append("\":", 2);
  wire::json::append_string(out, value);
}

// Of a text that is ours and needs no escape.
void append_word(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.append(",\"", 2).append(name).append("\":\"", 3).append(value).push_back('"');
}

void append_count(std::string& out, std::string_view name, std::int64_t number) {
  if (number == 0) return;
  out.append(",\"", 2).append(name).append("\":", 2);
  append_number(out, number);
}

// to_rfc3339 with milliseconds, the date part kept from the last call: a second has many requests.
void append_time(std::string& out, Instant at) {
  thread_local std::int64_t second = -1;
  thread_local std::string text;
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  if (since / 1000 != second) {
    second = since / 1000;
    text = to_rfc3339(at);
    text.pop_back();
  }
  out.append(text).push_back('.');
  const std::int64_t milliseconds = since % 1000;
  out.push_back(static_cast<char>('0' + milliseconds / 100));
  out.push_back(static_cast<char>('0' + milliseconds / 10 % 10));
  out.push_back(static_cast<char>('0' + milliseconds % 10));
  out.push_back('Z');
}

}  // namespace

Witness::Witness(Counters& counters, LogSink& sink, const model::diagnosis::Examiner& examiner, std::uint64_t salt)
    : counters_(counters), sink_(sink), examiner_(examiner), salt_(salt) {
  LOCKSMITH_ASSERT(model::diagnosis::cause_codes().size() <= kCauses);
}

std::string_view Witness::new_id() {
  // A bijection of the serial number: no two are equal, and none tells how many came before it.
  std::uint64_t value = salt_ + ++serial_ * 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  value ^= value >> 31;
  id_ = "lkf_";
  for (int i = 0; i < 13; ++i, value >>= 5) id_.push_back(kIdLetters[value & 31]);
  return id_;
}

model::evidence::Evidence evidence_of(const wire::http1::ResponseHead& head) {
  model::evidence::Evidence evidence;
  evidence.error.status = head.status;
  for (const auto& field : head.fields) evidence.error.headers.emplace_back(std::string(field.name), std::string(field.value));
  return evidence;
}

std::string_view Witness::cause_of(model::evidence::Evidence evidence, std::string_view body, std::string_view& rule) const {
  const std::string* const type = model::evidence::find_field(evidence.error.headers, "content-type");
  const bool html = type != nullptr && type->starts_with("text/html");
  evidence.error.body = body.empty() ? "empty" : html ? "html" : body.front() == '{' ? "json" : "text";
  evidence.error.text = model::credential::redact(body);
  const model::diagnosis::Diagnosis diagnosis = examiner_.examine(evidence);
  if (diagnosis.findings.empty()) return "other";
  const auto& finding = diagnosis.findings.front();
  if (!finding.supports.empty()) rule = finding.supports.front().rule;
  return finding.code->name;
}

model::diagnosis::CauseName Witness::cause_of_stream_error(std::string_view type) {
  if (type == "overloaded_error") return "overloaded";
  if (type == "rate_limit_error") return "rate_limit";
  if (type == "api_error") return "platform_incident.server_error";
  if (type == "authentication_error" || type == "permission_error") return "key_revoked_or_invalid";
  return "other";
}

void Witness::count_cause(std::string_view cause) {
  if (model::diagnosis::find_cause(cause) == nullptr) cause = "other";
  counters_.causes[model::diagnosis::cause_index(cause)].add();
}

void Witness::keep(Failed failed) {
  failed.path.resize(without_credential(failed.path).size());
  failed.model.resize(without_credential(failed.model).size());
  if (failed_.size() == limits::kFailuresKept) failed_.pop_front();
  failed_.push_back(std::move(failed));
}

const Failed* Witness::find(std::string_view id) const {
  for (auto it = failed_.rbegin(); it != failed_.rend(); ++it) {
    if (it->id == id) return &*it;
  }
  return nullptr;
}

void Witness::log(const Line& line) {
  std::string& out = lines_;
  out.append("{\"at\":\"");
  append_time(out, line.at);
  out.append("\",\"status\":");
  append_number(out, line.status);
  append_text(out, "method", line.method);
  append_text(out, "path", without_credential(line.path));
  append_word(out, "key", line.key_id);
  append_text(out, "workspace", line.workspace);
  append_text(out, "model", without_credential(line.model));
  append_text(out, "credential", line.credential);
  append_word(out, "cause", line.cause);
  append_word(out, "id", line.id);
  append_text(out, "request_id", line.request_id);
  append_count(out, "us", std::chrono::duration_cast<std::chrono::microseconds>(line.took).count());
  append_count(out, "upstream_us", std::chrono::duration_cast<std::chrono::microseconds>(line.upstream_took).count());
  append_count(out, "bytes_in", static_cast<std::int64_t>(line.bytes_in));
  append_count(out, "bytes_out", static_cast<std::int64_t>(line.bytes_out));
  append_count(out, "tokens_in", line.tokens_in);
  append_count(out, "tokens_out", line.tokens_out);
  append_count(out, "tokens_cached", line.tokens_cached);
  append_count(out, "spent_nano_usd", line.spent.nano_usd);
  append_count(out, "attempts", line.attempts);
  if (line.stream) out.append(",\"stream\":true");
  if (line.by_bound) out.append(",\"by_bound\":true");
  out.append("}\n");
  if (out.size() >= limits::kLogBatch) flush();
}

void Witness::flush() {
  if (lines_.empty()) return;
  if (!sink_.write(lines_)) counters_.log_dropped.add();
  lines_.clear();
}

}  // namespace locksmith::gateway
