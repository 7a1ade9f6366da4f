// Upstream's error answers: which answers are errors, and what caused one.
#include <charconv>

#include "gateway/field_run.h"
#include "gateway/witness.h"
#include "model/credential/credential.h"
#include "model/evidence/evidence.h"
#include "vocabulary/assert.h"
#include "wire/http1/write.h"

namespace locksmith::gateway {
namespace {

// Retry-After in seconds (RFC 9110 section 10.2.3); its date form is not used by the API.
Duration retry_after(const model::evidence::Fields& fields) {
  constexpr std::int64_t kLongestWait = 24 * 3600;
  const std::string* const text = model::evidence::find_field(fields, "retry-after");
  if (text == nullptr) return {};
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || seconds < 0) return {};
  return std::chrono::seconds(std::min(seconds, kLongestWait));
}

}  // namespace

bool is_error(const wire::http1::ResponseHead& head, const EndpointRow& endpoint) {
  if (head.status >= 400) return true;
  if (!endpoint.billed) return false;
  const auto type = head.fields.find("content-type");
  return head.status >= 300 || (type && type->starts_with("text/html"));
}

std::optional<Failing> failing_of_whole_answer(const Answering& answering) {
  if (const std::string_view type = answering.meter.error_type(); !type.empty()) {
    return Failing{"upstream", type, Witness::cause_of_stream_error(type),
                   "The answer's stream ended with an error event of the API", {}};
  }
  if (!answering.is_stream || !answering.meter.broke_off()) return std::nullopt;
  const RefusalRow& row = row_of(Why::stream_cut);
  return Failing{"upstream", row.code, row.cause, row.sentence, row.next_step};
}

std::string text_of(const wire::http1::ResponseHead& head) {
  std::string text;
  wire::http1::begin_response(text, head.status, head.reason);
  {
    FieldRun run(text);
    for (const wire::http1::Field& field : head.fields) run.add(field);
  }
  wire::http1::end_head(text);
  return text;
}

ErrorCause Witness::cause_of(const HeldAnswer& held) const {
  wire::http1::ResponseHead head;
  LOCKSMITH_ASSERT(parse_response_head(held.head, head) == wire::http1::Refusal::none);
  model::evidence::Evidence evidence;
  evidence.error.status = head.status;
  for (const auto& field : head.fields) evidence.error.headers.emplace_back(std::string(field.name), std::string(field.value));
  const std::string* const type = model::evidence::find_field(evidence.error.headers, "content-type");
  const bool html = type != nullptr && type->starts_with("text/html");
  evidence.error.body = held.body.empty() ? "empty" : html ? "html" : held.body.front() == '{' ? "json" : "text";
  evidence.error.text = model::credential::redact(held.body);
  ErrorCause known{"other", {}, retry_after(evidence.error.headers)};
  const model::diagnosis::Diagnosis diagnosis = examiner_.examine(evidence);
  if (diagnosis.findings.empty()) return known;
  const auto& finding = diagnosis.findings.front();
  if (!finding.supports.empty()) known.rule = finding.supports.front().rule;
  known.cause = finding.code->name;
  return known;
}

}  // namespace locksmith::gateway
