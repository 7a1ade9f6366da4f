// What a passage does with failures: upstream's error answers, which are held until their cause is known, connections that are
// lost, clients that leave, and the gateway's own refusals.
#include <array>
#include <charconv>
#include <utility>

#include "gateway/own_urls.h"
#include "gateway/passage.h"
#include "gateway/worker.h"
#include "model/credential/credential.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/upstream.h"
#include "wire/http1/write.h"

namespace locksmith::gateway {
namespace {

using wire::http1::Field;
using wire::http1::Framing;
using wire::http1::ResponseHead;

Why why_of(const upstream::Lost& lost) {
  using When = upstream::Lost::When;
  if (lost.protocol_broken) return Why::upstream_garbled;
  if (lost.by_proxy) return Why::upstream_proxy;
  if (lost.when == When::unresolved) return Why::upstream_unresolved;
  if (lost.when != When::connecting) return Why::upstream_closed;
  return lost.closing.reason == world::CloseReason::tls_failed ? Why::upstream_tls : Why::upstream_unreachable;
}

std::int64_t whole_seconds(Duration wait) { return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count()); }

// The rest of such a body would be read only to be dropped.
bool leaves_body(Why why) { return why == Why::body_too_slow || why == Why::body_too_large || why == Why::body_memory; }

}  // namespace

// --- Upstream's error answers ------------------------------------------------------------------------------------------------

void Passage::hold_error(const ResponseHead& head, const Framing& framing) {
  exchange().answering.held = std::make_unique<HeldAnswer>(HeldAnswer{text_of(head), framing, {}});
}

void Passage::hold_error_piece(std::string_view piece) {
  HeldAnswer& held = *exchange().answering.held;
  held.body.append(piece);
  // Too large for an error: its cause is told by what there is, and the rest is passed on as it comes.
  if (held.body.size() <= limits::kErrorBody) return;
  const std::unique_ptr<HeldAnswer> whole = std::exchange(exchange().answering.held, nullptr);
  send_error(*whole, worker_.witness().cause_of(*whole));
}

void Passage::finish_error() {
  Exchange& exchange = this->exchange();
  const std::unique_ptr<HeldAnswer> held = std::exchange(exchange.answering.held, nullptr);
  const ErrorCause known = worker_.witness().cause_of(*held);
  const Effect effect = effect_of(known.cause, exchange.answering.status, known.retry_after, exchange.asking.at);
  const Asker asker = asker_of(exchange.asking);
  Lender& lender = exchange.asking.generation->lender;
  lender.note({exchange.attempt.lent, effect, known.cause}, asker, exchange.answering.began);
  if (effect.confirmed == Effect::Confirmed::by_another && !exchange.blamed.empty()) {
    for (const Blamed& blamed : exchange.blamed) lender.withdraw(blamed.index);
    lender.withdraw(exchange.attempt.lent);
  }
  if (effect.another_may_work) {
    phase_ = Phase::waiting;
    exchange.blamed.push_back({exchange.attempt.lent, effect, known.cause});
    const auto other = lender.choose_other(exchange.asking.affinity, exchange.answering.began, asker.kind, exchange.blamed);
    if (other && try_again(other)) return;
  }
  send_error(*held, known);
  client_.send_end();
  flush();
  end(End::in_order);
}

// Sends the head that was held, with the cause, and what there is of the body.
void Passage::send_error(const HeldAnswer& held, const ErrorCause& known) {
  exchange().asking.kept = {};
  const std::string message = model::credential::redact(std::string_view(held.body).substr(0, limits::kFailureText));
  const std::string_view id = fail({"upstream", known.rule, known.cause, message, {}}, Outcome::free);
  ResponseHead head;
  LOCKSMITH_ASSERT(parse_response_head(held.head, head) == wire::http1::Refusal::none);
  client_.send_head(head, held.framing, std::array{Field{"x-locksmith-layer", "upstream"}, Field{"x-locksmith-cause", known.cause},
                                                      Field{"x-locksmith-id", id}});
  client_.send_piece(held.body);
}

// --- Answers that name URLs ----------------------------------------------------------------------------------------------------

void Passage::hold_naming(const ResponseHead& head, const Framing& framing) {
  exchange().answering.naming = std::make_unique<HeldAnswer>(HeldAnswer{text_of(head), framing, {}});
}

void Passage::finish_naming() {
  const std::unique_ptr<HeldAnswer> held = std::exchange(exchange().answering.naming, nullptr);
  const Asking& asking = exchange().asking;
  if (make_urls_own(held->body, asking.own_origin, asking.generation->settings->upstream.target.path_prefix) > 0) {
    set_length(held->head, held->body.size());
    if (held->framing.kind == Framing::Kind::length) held->framing.length = held->body.size();
  }
  ResponseHead head;
  LOCKSMITH_ASSERT(parse_response_head(held->head, head) == wire::http1::Refusal::none);
  client_.send_head(head, held->framing, {});
  client_.send_piece(held->body);
}

// --- Upstream is lost, or silent ---------------------------------------------------------------------------------------------

// With another credential, or with the same one again where none is given. True where the request went out once more, or
// was refused because it could not.
bool Passage::try_again(std::optional<std::size_t> with) {
  Attempt& attempt = exchange().attempt;
  if (exchange().asking.passes_body || attempt.number >= limits::kAttempts || !worker_.may_retry()) return false;
  if (with) attempt.lent = *with;
  send_attempt();
  return true;
}

void Passage::on_lost(const upstream::Lost& lost) {
  link_ = nullptr;
  using When = upstream::Lost::When;
  Exchange& exchange = this->exchange();
  if (phase_ == Phase::relaying && !holds_head()) return cut(Why::stream_cut);
  exchange.answering.naming.reset();
  // An error whose body broke off is an error still: it costs nothing, and another attempt would not mend it.
  if (std::exchange(exchange.answering.held, nullptr)) exchange.attempt.sent = false;
  phase_ = Phase::waiting;
  const bool nothing_sent = lost.when == When::connecting;
  if (nothing_sent) exchange.attempt.sent = false;
  // A kept connection that ends just as it is used again was not read from; only a harmless request is sent twice for it.
  const bool stale = lost.when == When::unanswered && lost.reused && exchange.asking.admitted.repeatable;
  if (((nothing_sent && !lost.by_proxy) || stale) && try_again({})) return;
  refuse(why_of(lost), lost.closing.detail);
}

// The client has part of the answer: it must not take it for the whole.
void Passage::cut(Why why) {
  abandon_link();
  if (!exchange().answering.echo.idle()) release_echo();
  flush();  // what came in the same read as the end
  const Answering& answering = exchange().answering;
  const RefusalRow& row = row_of(why);
  const std::string_view cause = why == Why::upstream_silent ? "stream_interrupted.idle" : row.cause;
  std::string detail = why == Why::budget_cut ? ", " + amounts() : "";
  detail.insert(0, fail({why == Why::budget_cut ? "gateway" : "upstream", row.code, cause, row.sentence, row.next_step}, Outcome::answered));
  if (answering.is_stream && client_.takes_more()) {
    // Within an event it ends first, so that the error is an event of its own, and as one of another type (the last one named
    // counts): a client that reads half of a message's JSON would fail before it came to the error.
    std::string event(answering.events.inside() ? "\nevent: cut\n\nevent: error\ndata: " : "event: error\ndata: ");
    append_error_body(event, row, detail);
    client_.send_piece(event.append("\n\n"));
    flush();
  }
  worker_.counters().refusals[static_cast<std::size_t>(why)].add();
  end(End::broken_off);
}

void Passage::abandon_link() {
  if (link_ != nullptr) std::exchange(link_, nullptr)->abandon();
}

// --- The client leaves, or its key is taken away ------------------------------------------------------------------------------

void Passage::client_gone() {
  if (phase_ == Phase::idle) return;
  worker_.counters().clients_gone.add();
  if (may_drain()) return drain();
  abandon_link();
  Answering& answering = exchange().answering;
  const bool failed = std::exchange(answering.held, nullptr) != nullptr;
  answering.naming.reset();
  if (answering.status == 0) answering.status = limits::kStatusClientGone;
  settle(failed ? Outcome::free : Outcome::unknown);
  worker_.witness().tell(exchange(), worker_.exact_tick(), {}, {});
  client_.set_last();
  end(End::in_order);
}

bool Passage::may_drain() {
  const Exchange& exchange = this->exchange();
  return link_ != nullptr && exchange.attempt.sent_whole && !exchange.answering.held && is_metered(exchange.asking) &&
         exchange.asking.generation->settings->on_disconnect == OnDisconnect::drain && !worker_.draining() && worker_.drained().has_room();
}

// The answer is read to its end without a client.
void Passage::drain() {
  Exchange& exchange = this->exchange();
  exchange.asking.kept = {};
  if (exchange.answering.status == 0) exchange.answering.status = limits::kStatusClientGone;
  worker_.drained().take(std::move(slot_), *std::exchange(link_, nullptr));
  link_paused_ = body_paused_ = false;
  phase_ = Phase::idle;
  client_.set_last();
  client_.finish();
}

// Its key was revoked or suspended while the answer was on its way: the client has had its last byte of it.
void Passage::revoke() { refuse(Why::key_revoked); }

// --- The gateway's own answers ------------------------------------------------------------------------------------------------

// As the API answers it: Claude Code takes anything else for an endpoint that is down.
void Passage::answer_probe() {
  constexpr std::string_view kHello = R"({"message":"hello"})";
  exchange().answering.status = 200;
  exchange().answering.bytes_out = kHello.size();
  client_.send_own(200, {}, kHello);
  worker_.witness().tell(exchange(), worker_.exact_tick(), {}, {});
  end(End::in_order);
}

void Passage::refuse_head(wire::http1::Refusal refusal) {
  if (phase_ == Phase::idle) open_unread();
  client_.set_last();
  exchange().answering.status = wire::http1::status_of(refusal);
  refuse(Why::head_refused, wire::http1::to_words(refusal));
}

// The head could not be read, or not to its end: nothing is known of the request.
void Passage::open_unread() {
  open_exchange();
  client_.begin(exchange().asking.admitted);
  client_.set_last();
}

void Passage::refuse(Why why, std::string_view detail, Duration wait) {
  if (phase_ == Phase::idle) open_unread();
  Exchange& exchange = this->exchange();
  Answering& answering = exchange.answering;
  if (phase_ == Phase::relaying && !holds_head()) return cut(why);
  const bool unread = link_ != nullptr && phase_ == Phase::waiting;
  const bool lost = exchange.attempt.sent && (why == Why::upstream_closed || why == Why::upstream_garbled);
  abandon_link();
  answering.held.reset();
  answering.naming.reset();
  const RefusalRow& row = row_of(why);
  if (why != Why::head_refused) answering.status = row.status;
  const bool waits = exchange.asking.admitted.expects_continue && phase_ == Phase::reading;
  if (exchange.asking.passes_body || leaves_body(why) || waits) client_.set_last();

  std::string body;
  append_error_body(body, row, detail);
  answering.bytes_out = body.size();
  std::string message(row.sentence);
  if (!detail.empty()) message.append(" (").append(detail).append(")");
  worker_.counters().refusals[static_cast<std::size_t>(why)].add();
  const std::string_view id = fail({"gateway", row.code, row.cause, message, row.next_step},
                                   unread || lost ? Outcome::unknown : Outcome::free);
  send_refusal(row, id, wait, body);
  end(End::in_order);
}

void Passage::send_refusal(const RefusalRow& row, std::string_view id, Duration wait, std::string_view body) {
  std::array<Field, 6> fields{Field{"x-locksmith-layer", "gateway"}, Field{"x-locksmith-cause", row.cause}, Field{"x-locksmith-id", id}};
  std::size_t count = 3;
  if (row.retry == RefusalRow::Retry::useless) fields[count++] = {"x-should-retry", "false"};
  if (row.retry == RefusalRow::Retry::wanted) fields[count++] = {"x-should-retry", "true"};
  const std::string seconds = std::to_string(whole_seconds(wait));
  if (wait > Duration::zero()) fields[count++] = {"retry-after", seconds};
  if (row.why == Why::method_unsupported) fields[count++] = {"allow", "GET, HEAD, POST, PUT, PATCH, DELETE"};
  if (row.why == Why::endpoint_method) fields[count++] = {"allow", exchange().asking.admitted.endpoint->allow};
  client_.send_own(exchange().answering.status, std::span(fields).first(count), body);
}

// --- Steps 8 and 9 of what failed ----------------------------------------------------------------------------------------------

// Settles, keeps the failure under a new id and writes the line. The id is valid until the next one.
std::string_view Passage::fail(const Failing& failing, Outcome outcome) {
  settle(outcome);
  return worker_.witness().fail(exchange(), worker_.exact_tick(), failing);
}

}  // namespace locksmith::gateway
