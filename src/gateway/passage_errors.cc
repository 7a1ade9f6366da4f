// What a passage does with failures: upstream's error answers, which are held until their cause is known, and the
// gateway's own refusals.
#include <charconv>
#include <utility>

#include "gateway/connection.h"
#include "gateway/held_error.h"
#include "gateway/passage.h"
#include "gateway/worker.h"
#include "model/credential/credential.h"
#include "vocabulary/limits/gateway.h"
#include "wire/http1/write.h"

namespace locksmith::gateway {
namespace {

constexpr std::int64_t kLongestWait = 24 * 3600;

// Retry-After in seconds (RFC 9110 section 10.2.3); its date form is not used by the API.
Duration retry_after(const model::evidence::Fields& fields) {
  const std::string* const text = model::evidence::find_field(fields, "retry-after");
  if (text == nullptr) return {};
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || seconds < 0) return {};
  return std::chrono::seconds(std::min(seconds, kLongestWait));
}

std::int64_t whole_seconds(Duration wait) { return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count()); }

}  // namespace

// --- Upstream's error answers ------------------------------------------------------------------------------------------------

void Passage::hold_error(const wire::http1::ResponseHead& head) {
  held_ = std::make_unique<HeldError>();
  held_->evidence = evidence_of(head);
  append_answer_head(held_->head, head, delivery_, client_);
}

void Passage::hold_error_piece(std::string_view piece) {
  held_->body.append(piece);
  if (held_->body.size() <= limits::kErrorBody) return;
  // Too large for an error: its cause is told by what there is, and the rest is passed on as it comes.
  std::string_view rule;
  const std::string_view cause = worker_.witness().cause_of(held_->evidence, held_->body, rule);
  send_error(cause, rule);
}

void Passage::finish_error() {
  std::string_view rule;
  const std::string_view cause = worker_.witness().cause_of(held_->evidence, held_->body, rule);
  const Effect effect = effect_of(cause, retry_after(held_->evidence.error.headers), at_);
  Lender& lender = generation_->lender;
  lender.note(lent_, effect, cause, answered_);
  if (effect.another_may_work) {
    const auto other = lender.choose_other(affinity_, answered_, lent_);
    if (other && !request_.empty() && try_again(other)) {
      held_.reset();
      return;
    }
    if (phase_ == Phase::idle) return;
  }
  send_error(cause, rule);
  append_body_end(worker_.out(), delivery_);
  flush();
  end(client_.keep_alive && sent_whole_);
}

// Sends the head that was held, with the cause, and what there is of the body.
void Passage::send_error(std::string_view cause, std::string_view rule) {
  const std::unique_ptr<HeldError> held = std::move(held_);
  release_request();
  const std::string id(worker_.witness().new_id());
  std::string& out = worker_.out();
  out = held->head;
  out.append("x-locksmith-cause: ").append(cause).append("\r\nx-locksmith-id: ").append(id).append("\r\n");
  end_answer_head(out);
  append_piece(out, delivery_, held->body);
  settle(Outcome::free);
  keep_failure(id, "upstream", rule, cause, model::credential::redact(std::string_view(held->body).substr(0, limits::kFailureText)), {});
  witness(cause, id);
}

// --- The gateway's own refusals ------------------------------------------------------------------------------------------------

void Passage::refuse_head(wire::http1::Refusal refusal) {
  if (phase_ == Phase::idle) note_unread();
  client_.keep_alive = false;
  status_ = wire::http1::status_of(refusal);
  refuse(Why::head_refused, wire::http1::to_words(refusal));
}

void Passage::refuse(Why why, std::string_view detail, Duration wait) {
  if (phase_ == Phase::relaying && !held_) return cut(why);
  if (phase_ == Phase::idle) note_unread();
  const RefusalRow& row = row_of(why);
  const bool unread = link_ != nullptr && phase_ == Phase::waiting && sent_;
  if (link_ != nullptr) std::exchange(link_, nullptr)->abandon();
  held_.reset();
  if (why != Why::head_refused) status_ = row.status;
  const bool executed = unread || (sent_ && (why == Why::upstream_closed || why == Why::upstream_garbled));
  settle(executed ? Outcome::unknown : Outcome::free);

  const std::string id(worker_.witness().new_id());
  std::string body;
  append_error_body(body, row, detail);
  const bool leaves_body = why == Why::body_too_slow || why == Why::body_too_large || why == Why::body_memory;
  if (passes_body_ || leaves_body) client_.keep_alive = false;
  if (admitted_.expects_continue && phase_ == Phase::reading) client_.keep_alive = false;
  std::string& out = worker_.out();
  out.clear();
  using namespace wire::http1;
  begin_response(out, status_, reason_phrase(status_));
  append_field(out, "date", to_http_date(worker_.now()));
  append_field(out, "content-type", "application/json");
  append_field(out, "content-length", std::to_string(body.size()));
  append_field(out, "x-locksmith-cause", row.cause);
  append_field(out, "x-locksmith-id", id);
  if (row.retry == RefusalRow::Retry::useless) append_field(out, "x-should-retry", "false");
  if (wait > Duration::zero()) append_field(out, "retry-after", std::to_string(whole_seconds(wait)));
  if (!client_.keep_alive) append_field(out, "connection", "close");
  if (client_.keep_alive && client_.http10) append_field(out, "connection", "keep-alive");
  end_head(out);
  if (!client_.head_method) out.append(body);
  bytes_out_ = body.size();
  connection_.send(out);
  out.clear();

  worker_.counters().refusals[static_cast<std::size_t>(why)].add();
  std::string message(row.sentence);
  if (!detail.empty()) message.append(" (").append(detail).append(")");
  keep_failure(id, "gateway", row.code, row.cause, message, row.next_step);
  witness(row.cause, id);
  end(client_.keep_alive);
}

// --- Telling -------------------------------------------------------------------------------------------------------------------

void Passage::keep_failure(std::string_view id, std::string_view layer, std::string_view rule, std::string_view cause,
                           std::string_view message, std::string_view next_step) {
  Failed failed;
  failed.id = id;
  failed.at = at_;
  failed.layer = layer;
  failed.rule = rule;
  failed.cause = cause;
  failed.status = status_;
  failed.method = method();
  failed.path = path();
  if (key_ != nullptr) {
    failed.key_id = key_->key.id.value();
    failed.workspace = key_->key.workspace.value();
  }
  failed.model = asked_.model;
  if (generation_ && attempts_ > 0) failed.credential = generation_->settings->credentials[lent_].name;
  failed.message = message;
  failed.request_id = request_id_;
  failed.next_step = next_step;
  worker_.witness().keep(std::move(failed));
}

void Passage::witness(std::string_view cause, std::string_view id) {
  if (std::exchange(witnessed_, true)) return;
  Counters& counters = worker_.counters();
  const Duration took = worker_.exact_tick() - started_;
  counters.requests.add();
  counters.answers[static_cast<std::size_t>(status_ / 100) % counters.answers.size()].add();
  counters.bytes_in.add(bytes_in_);
  counters.bytes_out.add(bytes_out_);
  count_latency(counters, took);
  if (!cause.empty()) worker_.witness().count_cause(cause);
  Line line;
  line.at = at_;
  line.method = method();
  line.path = path();
  if (key_ != nullptr) {
    line.key_id = key_->key.id.value();
    line.workspace = key_->key.workspace.value();
  }
  line.model = meter_.model().empty() ? std::string_view(asked_.model) : meter_.model();
  if (generation_ && attempts_ > 0) line.credential = generation_->settings->credentials[lent_].name;
  line.cause = cause;
  line.id = id;
  line.request_id = request_id_;
  line.status = status_;
  line.took = took;
  if (answered_ > forwarded_) line.upstream_took = answered_ - forwarded_;
  line.bytes_in = bytes_in_;
  line.bytes_out = bytes_out_;
  line.tokens_in = meter_.usage().prompt();
  line.tokens_out = meter_.usage().output;
  line.tokens_cached = meter_.usage().cache_read;
  line.spent = spent_;
  line.attempts = attempts_;
  line.stream = is_stream_;
  line.by_bound = by_bound_;
  worker_.witness().log(line);
}

}  // namespace locksmith::gateway
