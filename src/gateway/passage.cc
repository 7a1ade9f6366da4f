#include "gateway/passage.h"

#include <algorithm>
#include <utility>

#include "gateway/authenticate.h"
#include "gateway/authorize.h"
#include "gateway/metering.h"
#include "gateway/own_urls.h"
#include "gateway/worker.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/gateway.h"

// The nine steps stand in order. Each holds what its file promises, or the request is refused with a cause:
//
//   1 admit         the raw request is bounded and of one meaning                admit.h
//   2 authenticate  one virtual key is known                                     authenticate.h
//   3 authorize     it may use this endpoint and this model                      authorize.h
//   4 reserve       a request, a place and the most money are held               reserve.h, passage_money.cc
//   5 lend          one upstream credential is lent                              lend.h
//   6 forward       sent at most once per attempt; the client has seen nothing   forward.h
//   7 relay         the first byte is passed on: no retry from here              downstream.h
//   8 settle        the hold became spending; on every path                      settle.h
//   9 witness       a failure has a cause and an id; every request a line        witness.h
//
// What goes wrong, at whichever step, is in passage_errors.cc; who waits for whom in passage_pace.cc; what is held and spent in
// passage_money.cc.

namespace locksmith::gateway {

using wire::http1::Framing;
using wire::http1::RequestHead;
using wire::http1::ResponseHead;

Passage::~Passage() { LOCKSMITH_ASSERT(slot_ == nullptr); }

// --- Steps 1 to 4, as far as the head tells ------------------------------------------------------------------------------

void Passage::begin(const RequestHead& head, const Framing& framing) {
  open_exchange();
  Asking& asking = exchange().asking;
  asking.method.assign(head.method);
  asking.path.assign(head.path());

  const Admission admission = admit(head, framing, asking.admitted);
  client_.begin(asking.admitted);
  if (admission.why == Why::head_refused) return refuse_head(admission.refusal);
  if (admission.why != Why::none) {
    // What follows a CONNECT is no body of anything that is known here (RFC 9110 section 9.3.6): it must not be read as a request.
    if (head.method == "CONNECT") client_.set_last();
    return refuse(admission.why);
  }
  if (client_.is_late()) return refuse(Why::draining);
  if (is_probe(asking.admitted)) return answer_probe();

  asking.keys = worker_.keys();
  const Authenticated authenticated = authenticate(asking.admitted, *asking.keys, asking.at);
  asking.key = authenticated.key;
  if (authenticated.why != Why::none) return refuse(authenticated.why);

  asking.generation = GenerationUse(worker_.generation());
  const Why barred = authorize_endpoint(asking.admitted, head.path(), *asking.generation->settings);
  if (barred != Why::none) return refuse(barred);

  const Reserved reserved = enter(*asking.key, asking.generation->settings->key_limits, asking.began, exchange().place);
  if (reserved.why != Why::none) return refuse(reserved.why, {}, reserved.wait);

  if (framing.kind != Framing::Kind::none && !worker_.takes_bodies()) return refuse(Why::body_memory);
  keep_head(head);
  if (asking.passes_body) reserve();  // its pieces follow as they come
}

// The head's bytes do not stay: what of them is needed later is kept.
void Passage::keep_head(const RequestHead& head) {
  Asking& asking = exchange().asking;
  Admitted& admitted = asking.admitted;
  asking.affinity = affinity_of(asking.key->key.workspace.value(), admitted.session);
  const bool announced = admitted.framing.kind == Framing::Kind::length && admitted.endpoint->reads != Reads::nothing;
  const std::uint64_t foreseen = announced ? std::min(admitted.framing.length, limits::kForeseenBody) : 0;
  BodyPart memory(worker_.body_memory(), asking.key->account.get());
  asking.kept = KeptRequest(worker_.buffers(), std::move(memory), head, admitted, foreseen, asking.generation->dials);
  if (admitted.endpoint->names_urls) asking.own_origin = own_origin(head, client_.over_tls());
  admitted.api_key = admitted.authorization = admitted.own_key = admitted.foreign = admitted.session = {};
  if (admitted.framing.kind == Framing::Kind::none) return;
  asking.passes_body = admitted.endpoint->reads == Reads::nothing;
  if (admitted.expects_continue) client_.ask_for_body();
}

void Passage::take_body(std::string_view piece) {
  if (phase_ == Phase::idle) return;  // refused: the rest is read and dropped
  Asking& asking = exchange().asking;
  asking.bytes_in += piece.size();
  if (asking.bytes_in > asking.admitted.endpoint->body.value) return refuse(Why::body_too_large);
  if (!asking.passes_body) {
    if (!asking.kept.append_body(piece)) refuse(Why::body_memory);
    return;
  }
  if (link_ == nullptr) return;  // answered already: what is left of the body serves nobody
  worker_.forwarder().send_piece(*link_, asking, piece);
  if (link_->unsent() <= limits::kClientBacklog || std::exchange(body_paused_, true)) return;
  client_.pause_body();
  client_.wait_until(worker_.tick() + asking.generation->settings->silence);
}

// --- Steps 3 to 6, when all that they need is known -----------------------------------------------------------------------

void Passage::end_body() {
  if (phase_ == Phase::idle) return;
  Asking& asking = exchange().asking;
  if (asking.passes_body) {
    exchange().attempt.sent_whole = true;
    if (link_ == nullptr) return;
    Forwarder::send_end(*link_, asking);
    return client_.wait_until(worker_.tick() + asking.generation->settings->first_byte);
  }
  if (asking.admitted.endpoint->reads != Reads::nothing && !(asking.admitted.repeatable && asking.kept.body().empty())) {
    asking.kept.pad();
    const BodyReading::Verdict verdict = worker_.reading().read(asking.admitted, asking.kept.body(), asking.kept.memory().beside(),
                                                                *asking.generation->settings, worker_.prices(), asking.asked);
    if (verdict.why != Why::none) return refuse(verdict.why, verdict.detail);
  }
  reserve();
}

void Passage::forward() {
  const Asking& asking = exchange().asking;
  const Lender& lender = asking.generation->lender;
  exchange().attempt.lent = lender.choose(asking.affinity, asking.began, lender.kinds_rest(asking.began) ? asker_of(asking).kind : 0);
  send_attempt();
}

void Passage::send_attempt() {
  const Asking& asking = exchange().asking;
  Attempt& attempt = exchange().attempt;
  upstream::Pool& pool = asking.generation->pool;
  link_ = pool.take(*this, asking.admitted.head_method, asking.key->account.get());
  if (link_ == nullptr) {
    const bool resting = pool.why_not() == upstream::Pool::WhyNot::breaker_open;
    return resting ? refuse(Why::upstream_resting, {}, pool.breaker_left()) : refuse(Why::upstream_unresolved, pool.resolve_error());
  }
  attempt = {.number = attempt.number + 1, .lent = attempt.lent, .sent = true, .sent_whole = !asking.passes_body,
             .forwarded = worker_.tick()};
  worker_.count_attempt(attempt.number);
  worker_.forwarder().send(*link_, pool, asking, asking.generation->settings->credentials[attempt.lent]);
  phase_ = Phase::waiting;
  client_.wait_until(attempt.forwarded + asking.generation->settings->first_byte);
}

// --- Step 7 ----------------------------------------------------------------------------------------------------------------

void Passage::on_answer_head(const ResponseHead& head, const Framing& framing) {
  const KeyTrace& trace = exchange().trace();
  if (!echoes_key(head, trace)) return take_head(head, framing);
  worker_.counters().upstream.echoes.add();
  take_head(without_echoes(head, trace), framing);
}

void Passage::take_head(const ResponseHead& head, const Framing& framing) {
  Answering& answering = exchange().answering;
  answering.began = worker_.tick();
  answering.status = head.status;
  if (const auto id = head.fields.find("request-id")) answering.request_id.assign(*id);
  phase_ = Phase::relaying;
  if (!exchange().attempt.sent_whole) {
    // An answer before the end of the request: the rest of the body will not be read, so neither connection can go on.
    link_->spoil();
    client_.set_last();
  }
  if (is_error(head, *exchange().asking.admitted.endpoint)) return hold_error(head, framing);
  begin_relay(head, framing);
}

void Passage::begin_relay(const ResponseHead& head, const Framing& framing) {
  Asking& asking = exchange().asking;
  Answering& answering = exchange().answering;
  asking.kept = {};  // no retry from here
  Lender& lender = asking.generation->lender;
  lender.note_taken(exchange().attempt.lent, answering.began);
  for (const Blamed& blamed : exchange().blamed) lender.note_served_elsewhere(blamed, asker_of(asking), answering.began);
  begin_metering(worker_, exchange(), head, framing);
  client_.wait_until(answering.began + asking.generation->settings->silence);
  if (names_urls(head, asking)) return hold_naming(head, framing);
  client_.send_head(head, framing, {});
}

void Passage::on_answer_piece(std::string_view piece) {
  Exchange& exchange = this->exchange();
  if (exchange.answering.echo.passes(exchange.trace(), piece)) return relay(piece);
  relay(exchange.answering.echo.take(exchange.trace(), piece));
}

// What waits because it may be the beginning of the real key: the answer ends, so it is not, or was covered.
void Passage::release_echo() {
  Exchange& exchange = this->exchange();
  relay(exchange.answering.echo.finish(exchange.trace()));
  if (exchange.answering.echo.masked() > 0) worker_.counters().upstream.echoes.add();
}

void Passage::relay(std::string_view piece) {
  Answering& answering = exchange().answering;
  answering.bytes_out += piece.size();
  if (answering.held) return hold_error_piece(piece);
  answering.meter.take(piece);
  if (answering.batch != nullptr) answering.batch->take(piece);
  if (answering.is_stream) {
    answering.events.take(piece);
    if (answering.first_token == Tick{} && answering.meter.saw_content()) answering.first_token = worker_.exact_tick();
  }
  if (answering.naming) {
    answering.naming->body.append(piece);
    if (answering.naming->body.size() > limits::kNamingBody) refuse(Why::upstream_garbled, "an answer about batches is too large");
    return;
  }
  client_.send_piece(piece);
  if (!keep_room()) cut(Why::budget_cut);
}

void Passage::on_answer_pause() {
  if (phase_ != Phase::relaying || holds_head()) return;  // a head that is not whole yet is no answer
  flush();
  client_.wait_until(worker_.tick() + exchange().asking.generation->settings->silence);
}

// --- Steps 8 and 9 -----------------------------------------------------------------------------------------------------------

void Passage::on_answer_end() {
  link_ = nullptr;
  Answering& answering = exchange().answering;
  if (!answering.echo.idle()) release_echo();
  if (phase_ == Phase::idle) return;
  if (answering.held) return finish_error();
  if (answering.naming) finish_naming();
  client_.send_end();
  flush();
  answering.meter.finish();
  if (const auto failing = failing_of_whole_answer(answering)) {
    fail(*failing, Outcome::answered);
  } else {
    settle(Outcome::answered);
    end_batch(exchange());
    worker_.witness().tell(exchange(), worker_.exact_tick(), {}, {});
  }
  end(End::in_order);
}

// --- The beginning and the end -----------------------------------------------------------------------------------------------

void Passage::open_exchange() {
  LOCKSMITH_ASSERT(phase_ == Phase::idle && slot_ == nullptr);
  phase_ = Phase::reading;
  slot_ = worker_.exchanges().take();
  exchange().asking.began = worker_.exact_tick();
  exchange().asking.at = worker_.now();
  exchange().asking.client.assign(client_.address());
}

void Passage::end(End how) {
  LOCKSMITH_ASSERT(link_ == nullptr);
  if (phase_ == Phase::reserving) worker_.money_queue().leave(*this);
  if (exchange().answering.is_stream) worker_.counters().streams_in_flight.add(static_cast<std::uint64_t>(-1));
  worker_.exchanges().give(std::move(slot_));
  if (std::exchange(body_paused_, false)) client_.resume_body();
  link_paused_ = false;
  phase_ = Phase::idle;
  how == End::in_order ? client_.finish() : client_.break_off();
}

}  // namespace locksmith::gateway
