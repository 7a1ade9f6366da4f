#include "gateway/passage.h"

#include <algorithm>
#include <utility>

#include "gateway/authenticate.h"
#include "gateway/connection.h"
#include "gateway/forward.h"
#include "gateway/held_error.h"
#include "gateway/worker.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/upstream.h"
#include "wire/http1/write.h"

// The nine steps stand in order. Each holds what its file promises, or the request is refused with a cause:
//
//   1 admit         the raw request is bounded and of one meaning                admit.h
//   2 authenticate  one virtual key is known                                     authenticate.h
//   3 authorize     it may use this endpoint and this model                      authorize.h
//   4 reserve       a request, a place and the most money are held               reserve.h
//   5 lend          one upstream credential is lent                              lend.h
//   6 forward       sent at most once per attempt; the client has seen nothing   forward.h
//   7 relay         the first byte is passed on: no retry from here              relay.h
//   8 settle        the hold became spending; on every path                      settle.cc
//   9 witness       a failure has a cause and an id; every request a line        witness.h

namespace locksmith::gateway {

using wire::http1::Framing;
using wire::http1::RequestHead;

namespace {

Why why_of(const upstream::Lost& lost) {
  using When = upstream::Lost::When;
  if (lost.protocol_broken) return Why::upstream_garbled;
  if (lost.when == When::unresolved) return Why::upstream_unresolved;
  if (lost.when != When::connecting) return Why::upstream_closed;
  return lost.closing.reason == world::CloseReason::tls_failed ? Why::upstream_tls : Why::upstream_unreachable;
}

// What asks for a billed answer gets JSON or events from the API, never a page or a way to somewhere else: those come from a
// network that wants a login, or a filter, and cost nothing.
bool is_not_of_api(const wire::http1::ResponseHead& head) {
  const auto type = head.fields.find("content-type");
  return head.status >= 300 || (type && type->starts_with("text/html"));
}

}  // namespace

Passage::Passage(Worker& worker, Connection& connection)
    : worker_(worker), connection_(connection), meter_(worker.json(), worker.peek()) {}

Passage::~Passage() { LOCKSMITH_ASSERT(hold_.account == nullptr); }

void Passage::begin(const RequestHead& head, const Framing& framing) {
  LOCKSMITH_ASSERT(phase_ == Phase::idle);
  phase_ = Phase::reading;
  note_request(head);

  const Admission admission = admit(head, framing, admitted_);
  client_ = {admitted_.http10, admitted_.head_method, admitted_.keep_alive && !worker_.about_to_end()};
  if (admission.why == Why::head_refused) return refuse_head(admission.refusal);
  if (admission.why != Why::none) return refuse(admission.why);
  if (connection_.is_late()) return refuse(Why::draining);

  keys_ = worker_.keys();
  const Authenticated authenticated = authenticate(admitted_, *keys_, at_);
  key_ = authenticated.key;
  if (authenticated.why != Why::none) return refuse(authenticated.why);

  if (const Why why = authorize_endpoint(admitted_); why != Why::none) return refuse(why);

  generation_ = GenerationUse(worker_.generation());
  affinity_ = affinity_of(key_->key.workspace.value(), admitted_.session);
  const bool announced = framing.kind == Framing::Kind::length && admitted_.endpoint->reads != Reads::nothing;
  const std::uint64_t foreseen = announced ? std::min(framing.length, limits::kForeseenBody) : 0;
  request_ = worker_.buffers().take(foreseen);
  append_request_head(request_, head, admitted_, generation_->pool);
  head_size_ = request_.size();
  request_.reserve(head_size_ + foreseen + wire::json::kPeekPadding);
  admitted_.api_key = admitted_.authorization = admitted_.session = {};

  const bool has_body = admitted_.framing.kind != Framing::Kind::none;
  const Reads reads = admitted_.endpoint->reads;
  passes_body_ = has_body && (reads == Reads::nothing || (reads == Reads::json_where_said && !admitted_.json));
  if (has_body && admitted_.expects_continue && !client_.http10) connection_.send("HTTP/1.1 100 Continue\r\n\r\n");
  if (passes_body_) forward();  // its pieces follow as they come
}

void Passage::take_body(std::string_view piece) {
  if (phase_ == Phase::idle) return;  // refused: the rest is read and dropped
  bytes_in_ += piece.size();
  if (bytes_in_ > admitted_.endpoint->body.value) return refuse(Why::body_too_large);
  if (!passes_body_) {
    if (!worker_.hold_body(piece.size())) return refuse(Why::body_memory);
    request_.append(piece);
    return;
  }
  if (link_ == nullptr) return;  // answered already: what is left of the body serves nobody
  worker_.out().clear();
  append_piece(worker_.out(), admitted_.framing.kind == Framing::Kind::chunked ? Delivery::chunked : Delivery::length, piece);
  link_->write(worker_.out());
  worker_.out().clear();
  if (link_->unsent() > limits::kClientBacklog && !std::exchange(client_paused_, true)) connection_.pause();
}

void Passage::end_body() {
  if (phase_ == Phase::idle) return;
  if (passes_body_) {
    sent_whole_ = true;
    if (link_ != nullptr && admitted_.framing.kind == Framing::Kind::chunked) link_->write("0\r\n\r\n");
    return;
  }
  if (admitted_.endpoint->reads != Reads::nothing && request_.size() > head_size_) {
    request_.reserve(request_.size() + wire::json::kPeekPadding);
    const std::string_view body = std::string_view(request_).substr(head_size_);
    const bool exactly = worker_.limits().spend > Money{};
    if (const Why why = worker_.reading().read(admitted_, body, exactly, asked_); why != Why::none) return refuse(why);
    if (const Why why = authorize_model(*generation_->settings, asked_); why != Why::none) return refuse(why);
  }
  forward();
}

// Steps 4 to 6, when all that they need is known.
void Passage::forward() {
  const Money most = most_of(worker_.prices(), *admitted_.endpoint, asked_);
  const Reserved reserved = reserve(*key_, worker_.limits(), most, started_, hold_);
  if (reserved.why != Why::none) return refuse(reserved.why, {}, reserved.wait);
  lent_ = generation_->lender.choose(affinity_, started_);
  send_request();
}

void Passage::send_request() {
  upstream::Pool& pool = generation_->pool;
  link_ = pool.take(*this, admitted_.head_method);
  if (link_ == nullptr) {
    const bool resting = pool.why_not() == upstream::Pool::WhyNot::breaker_open;
    return resting ? refuse(Why::upstream_resting, {}, pool.breaker_left()) : refuse(Why::upstream_unresolved, pool.resolve_error());
  }
  // Only what really goes to upstream counts, on either side of the tenth that may be sent again.
  if (++attempts_ == 1) {
    worker_.count_request();
  } else {
    worker_.counters().upstream_retries.add();
  }
  worker_.counters().upstream_attempts.add();
  const std::string_view body = std::string_view(request_).substr(head_size_);
  std::string& out = worker_.out();
  out.assign(request_, 0, head_size_);
  const Written secret = append_credential(out, generation_->settings->credentials[lent_]);
  if (passes_body_ && admitted_.framing.kind == Framing::Kind::chunked) {
    append_chunked(out);
  } else if (passes_body_) {
    append_length(out, admitted_.framing.length);
  } else if (admitted_.framing.kind != Framing::Kind::none) {
    append_length(out, body.size());
  } else if (!admitted_.repeatable) {
    append_length(out, 0);
  } else {
    append_no_body(out);
  }
  const bool together = body.size() <= limits::kRelayCopy * 2;
  if (together) out.append(body);
  link_->write(out);
  wipe(out.data() + secret.begin, secret.size);
  out.clear();  // what is left there would be taken for a part of the answer
  if (!together && link_ != nullptr) link_->write(body);
  sent_ = true;
  sent_whole_ = !passes_body_;
  phase_ = Phase::waiting;
  forwarded_ = worker_.tick();
  connection_.wait_until(forwarded_ + generation_->settings->first_byte);
}

// --- 7: the answer -----------------------------------------------------------------------------------------------------

void Passage::on_answer_head(const wire::http1::ResponseHead& head, const Framing& framing) {
  answered_ = worker_.tick();
  status_ = head.status;
  if (const auto id = head.fields.find("request-id")) request_id_.assign(id->substr(0, limits::kRequestId));
  if (!sent_whole_) {
    // An answer before the end of the request: the rest of the body will not be read, so neither connection can go on.
    link_->spoil();
    client_.keep_alive = false;
  }
  delivery_ = delivery_of(framing, client_);
  if (delivery_ == Delivery::until_close) client_.keep_alive = false;
  phase_ = Phase::relaying;
  if (status_ >= 400 || (admitted_.endpoint->billed && is_not_of_api(head))) return hold_error(head);
  begin_relay(head);
}

void Passage::begin_relay(const wire::http1::ResponseHead& head) {
  release_request();
  const auto type = head.fields.find("content-type");
  is_stream_ = type && type->starts_with("text/event-stream");
  const bool metered = admitted_.endpoint->billed && !asked_.model.empty() && admitted_.endpoint->endpoint != Endpoint::batches;
  if (metered) {
    meter_.begin(is_stream_ ? UsageMeter::Mode::stream : UsageMeter::Mode::whole,
                 is_stream_ ? std::string() : worker_.buffers().take());
  }
  if (is_stream_) worker_.counters().streams_in_flight.add();
  std::string& out = worker_.out();
  out.clear();
  append_answer_head(out, head, delivery_, client_);
  end_answer_head(out);
  connection_.wait_until(answered_ + generation_->settings->silence);
}

void Passage::on_answer_piece(std::string_view piece) {
  bytes_out_ += piece.size();
  if (held_) return hold_error_piece(piece);
  meter_.take(piece);
  if (is_stream_) note_event_end(piece);
  std::string& out = worker_.out();
  if (piece.size() <= limits::kRelayCopy) return append_piece(out, delivery_, piece);
  if (delivery_ == Delivery::chunked) wire::http1::append_chunk_size(out, piece.size());
  connection_.send(out);
  connection_.send(piece);
  out.assign(delivery_ == Delivery::chunked ? "\r\n" : "");
}

// Two line ends in a row, each CR, LF or both, are the end of an event; the last four bytes tell.
void Passage::note_event_end(std::string_view piece) {
  constexpr std::size_t kTwoLineEnds = 4;
  if (piece.size() >= kTwoLineEnds) {
    piece.remove_prefix(piece.size() - kTwoLineEnds);
    line_end_ = LineEnd::none;
  }
  for (const char c : piece) {
    if (c == '\n' && line_end_ == LineEnd::cr) {
      line_end_ = LineEnd::whole;  // CR LF is one
    } else if (c == '\n' || c == '\r') {
      inside_event_ = line_end_ == LineEnd::none;
      line_end_ = c == '\r' ? LineEnd::cr : LineEnd::whole;
    } else {
      inside_event_ = true;
      line_end_ = LineEnd::none;
    }
  }
}

void Passage::on_answer_pause() {
  if (phase_ != Phase::relaying || held_) return;  // a head that is not whole yet is no answer
  flush();
  connection_.wait_until(worker_.tick() + generation_->settings->silence);
}

void Passage::flush() {
  std::string& out = worker_.out();
  if (!out.empty()) connection_.send(out);
  out.clear();
  // Large pieces were sent from where they lay: also where nothing is left to send, the client may be behind.
  if (link_ != nullptr && !link_paused_ && connection_.unsent() > limits::kClientBacklog) {
    link_paused_ = true;
    link_->pause_reading();
  }
}

void Passage::on_answer_end() {
  link_ = nullptr;
  if (held_) return finish_error();
  append_body_end(worker_.out(), delivery_);
  flush();
  meter_.finish();
  settle(Outcome::answered);
  const bool broke_off = is_stream_ && meter_.knowledge() == UsageMeter::Knowledge::partly && meter_.error_type().empty();
  std::string id;
  std::string_view cause;
  if (!meter_.error_type().empty()) {
    cause = worker_.witness().cause_of_stream_error(meter_.error_type());
    id = worker_.witness().new_id();
    keep_failure(id, "upstream", meter_.error_type(), cause, "The answer's stream ended with an error event of the API", {});
  } else if (broke_off) {
    const RefusalRow& row = row_of(Why::stream_cut);
    cause = row.cause;
    id = worker_.witness().new_id();
    keep_failure(id, "upstream", row.code, cause, row.sentence, row.next_step);
  }
  witness(cause, id);
  end(client_.keep_alive && sent_whole_);
}

void Passage::on_client_drained() {
  if (!std::exchange(link_paused_, false) || link_ == nullptr) return;
  link_->resume_reading();
  connection_.wait_until(worker_.tick() + generation_->settings->silence);
}

void Passage::on_link_drained() {
  if (std::exchange(client_paused_, false)) connection_.resume();
}

// --- What goes wrong -------------------------------------------------------------------------------------------------------

// With another credential, or with the same one again where none is given.
bool Passage::try_again(std::optional<std::size_t> with) {
  if (passes_body_ || attempts_ >= limits::kAttempts || !worker_.may_retry()) return false;
  if (with) lent_ = *with;
  send_request();
  return true;
}

void Passage::on_lost(const upstream::Lost& lost) {
  link_ = nullptr;
  using When = upstream::Lost::When;
  if (phase_ == Phase::relaying && !held_) return cut(Why::stream_cut);
  // An error whose body broke off is an error still: it costs nothing, and another attempt would not mend it.
  if (std::exchange(held_, nullptr)) sent_ = false;
  phase_ = Phase::waiting;
  const bool nothing_sent = lost.when == When::connecting;
  if (nothing_sent) sent_ = false;
  // A kept connection that ends just as it is used again was not read from; only a harmless request is sent twice for it.
  const bool stale = lost.when == When::unanswered && lost.reused && admitted_.repeatable;
  if ((nothing_sent || stale) && try_again({})) return;
  if (phase_ == Phase::idle) return;
  refuse(why_of(lost), lost.closing.detail);
}

void Passage::on_deadline() {
  switch (phase_) {
    case Phase::idle:
      return;
    case Phase::reading:
      return refuse(Why::body_too_slow);
    case Phase::waiting:
      return refuse(Why::upstream_silent);
    case Phase::relaying:
      if (held_) return refuse(Why::upstream_silent);
      // While a slow client has reading paused, upstream is not what is silent; limits::kClientStall watches the client.
      if (link_paused_) return connection_.wait_until(worker_.tick() + generation_->settings->silence);
      return cut(Why::upstream_silent);
  }
}

// The client has part of the answer: it must not take it for the whole.
void Passage::cut(Why why) {
  if (link_ != nullptr) std::exchange(link_, nullptr)->abandon();
  const RefusalRow& row = row_of(why);
  flush();  // what came in the same read as the end
  const std::string id(worker_.witness().new_id());
  // An answer of a told length has no room for what upstream did not send: there the early end alone says it.
  if (is_stream_ && delivery_ != Delivery::length) {
    std::string event;
    append_error_body(event, row, id);
    std::string& out = worker_.out();
    // Within an event it ends first, so that the error is an event of its own, and as one of another type (the last one named
    // counts): a client that reads half of a message's JSON would fail before it came to the error.
    append_piece(out, delivery_, (inside_event_ ? "\nevent: cut\n\nevent: error\ndata: " : "event: error\ndata: ") + event + "\n\n");
    flush();
  }
  settle(Outcome::answered);
  const std::string_view cause = why == Why::upstream_silent ? "stream_interrupted.idle" : row.cause;
  keep_failure(id, "upstream", row.code, cause, row.sentence, row.next_step);
  worker_.counters().refusals[static_cast<std::size_t>(why)].add();
  witness(cause, id);
  // Only where the framing tells the end is an early FIN seen as one; else a reset says it.
  if (delivery_ == Delivery::until_close) connection_.abort();
  end(false);
}

void Passage::client_gone() {
  if (phase_ == Phase::idle) return;
  worker_.counters().clients_gone.add();
  if (link_ != nullptr) std::exchange(link_, nullptr)->abandon();
  const bool failed = held_ != nullptr;
  held_.reset();
  if (status_ == 0) status_ = limits::kStatusClientGone;
  settle(failed ? Outcome::free : Outcome::unknown);
  witness({}, {});
  end(false);
}

// Its key was revoked or suspended while the answer was on its way: the client has had its last byte of it.
void Passage::revoke() {
  if (phase_ == Phase::relaying && !held_) return cut(Why::key_revoked);
  refuse(Why::key_revoked);
}

// --- The beginning and the end -------------------------------------------------------------------------------------------------

void Passage::note_request(const RequestHead& head) {
  started_ = worker_.exact_tick();
  at_ = worker_.now();
  line_.assign(head.method);
  method_size_ = line_.size();
  line_.append(head.path().substr(0, limits::kLoggedPath));
}

// The head could not be read, or not to its end: nothing is known of the request, and nothing of the one before it holds.
void Passage::note_unread() {
  phase_ = Phase::reading;
  started_ = worker_.exact_tick();
  at_ = worker_.now();
  client_ = {};
  client_.keep_alive = false;
  admitted_ = {};
  line_.clear();
  method_size_ = 0;
}

void Passage::release_request() {
  if (!passes_body_ && request_.size() > head_size_) worker_.release_body(request_.size() - head_size_);
  worker_.buffers().give(std::exchange(request_, {}));
}

void Passage::end(bool keep) {
  LOCKSMITH_ASSERT(hold_.account == nullptr && link_ == nullptr && held_ == nullptr);
  release_request();
  worker_.buffers().give(meter_.release());
  if (is_stream_) worker_.counters().streams_in_flight.add(static_cast<std::uint64_t>(-1));
  if (std::exchange(client_paused_, false)) connection_.resume();
  phase_ = Phase::idle;
  delivery_ = Delivery::none;
  passes_body_ = sent_ = sent_whole_ = link_paused_ = is_stream_ = by_bound_ = witnessed_ = inside_event_ = false;
  line_end_ = LineEnd::none;
  status_ = attempts_ = 0;
  head_size_ = 0;
  bytes_in_ = bytes_out_ = 0;
  forwarded_ = answered_ = {};
  spent_ = {};
  asked_.model.clear();
  request_id_.clear();
  key_ = nullptr;
  keys_.reset();
  generation_.reset();
  connection_.answered(keep);
}

}  // namespace locksmith::gateway
