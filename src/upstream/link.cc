#include "upstream/link.h"

#include <utility>

#include "upstream/pool.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/http.h"
#include "vocabulary/limits/upstream.h"

namespace locksmith::upstream {

using wire::http1::Framing;
using wire::http1::Progress;
using wire::http1::Refusal;

void Link::begin(LinkUser& user, bool head_method) {
  LOCKSMITH_ASSERT(user_ == nullptr && phase_ == Phase::idle);
  user_ = &user;
  phase_ = Phase::head;
  head_method_ = head_method;
  answered_ = false;
  interim_ = 0;
  torn_head_.forget();
}

void Link::abandon() {
  user_ = nullptr;
  reusable_ = false;
  phase_ = Phase::over;
  if (stream_ != nullptr) stream_->abort();
}

void Link::on_open(world::Stream& stream) {
  if (tunnel_ != Tunnel::wanted) return opened();
  tunnel_ = Tunnel::asked;
  std::string head = pool_.connect_request();
  stream.write(head);
  wipe(head.data(), head.size());
}

void Link::opened() {
  open_ = true;
  pool_.connected();
  if (std::exchange(tunnel_, Tunnel::none) == Tunnel::none || waiting_.empty()) return;
  stream_->write(waiting_);
  wipe(waiting_.data(), waiting_.size());
  waiting_ = {};
}

// --- Through a proxy -------------------------------------------------------------------------------------------------------

void Link::read_tunnel(world::Stream& stream, std::string_view bytes) {
  std::string_view head;
  const wire::http1::HeadEnd end = torn_head_.take(bytes, head);
  if (end.progress == Progress::need_more) return;
  wire::http1::ResponseHead& answer = pool_.head();
  const bool read = end.progress == Progress::done && wire::http1::parse_response_head(head, answer) == Refusal::none;
  const int status = read ? answer.status : 0;
  torn_head_.forget();
  if (!read) return tunnel_refused("the proxy's answer is no HTTP/1.1");
  if (status / 100 == 1) return bytes.empty() ? void() : read_tunnel(stream, bytes);
  if (status / 100 != 2) return tunnel_refused("the proxy answered " + std::to_string(status) + " to CONNECT");
  // Nobody may speak before we do: not the API, nor whoever answers in its place.
  if (!bytes.empty()) return tunnel_refused("the proxy sent more than its answer");
  tunnel_ = Tunnel::securing;
  if (!pool_.secure(stream)) opened();
}

void Link::tunnel_refused(std::string detail) {
  phase_ = Phase::over;
  reusable_ = false;
  stream_->abort();
  pool_.connect_failed();
  lose({.when = Lost::When::connecting, .closing = {world::CloseReason::aborted, std::move(detail)}, .by_proxy = true});
}

void Link::tunnel_late() {
  if (tunnel_ == Tunnel::asked && user_ != nullptr) tunnel_refused("the proxy did not answer");
}

// --- The answer ----------------------------------------------------------------------------------------------------------

void Link::on_bytes(world::Stream& stream, std::string_view bytes) {
  if (tunnel_ == Tunnel::asked) return phase_ == Phase::over ? void() : read_tunnel(stream, bytes);
  if (phase_ == Phase::idle) {
    // Nobody asked: whatever it is, it would answer the next request.
    pool_.drop_idle(*this);
    return abandon();
  }
  answered_ = true;
  // A body may end with the last byte that came, so it is asked once more when nothing is left.
  bool goes_on = true;
  while (goes_on && (phase_ == Phase::body || (phase_ == Phase::head && !bytes.empty()))) {
    goes_on = phase_ == Phase::head ? read_head(bytes) : read_body(bytes);
  }
  if (user_ != nullptr && (phase_ == Phase::head || phase_ == Phase::body)) user_->on_answer_pause();
}

// False where the exchange is over or the head is not whole yet.
bool Link::read_head(std::string_view& input) {
  std::string_view head;
  const wire::http1::HeadEnd end = torn_head_.take(input, head);
  if (end.progress == Progress::need_more) return false;
  const bool goes_on = end.progress == Progress::done && take_head(head);
  if (end.progress == Progress::refused) break_off(end.refusal);
  torn_head_.forget();
  return goes_on;
}

// False where the exchange is over, for better or worse.
bool Link::take_head(std::string_view bytes) {
  wire::http1::ResponseHead& head = pool_.head();
  if (const Refusal refusal = wire::http1::parse_response_head(bytes, head); refusal != Refusal::none) {
    break_off(refusal);
    return false;
  }
  if (head.status < 200) {
    if (head.status != 101 && ++interim_ <= limits::kInterimResponses) return true;
    break_off(Refusal::upgrade_unexpected);
    return false;
  }
  const Framing framing = wire::http1::framing_of(head, head_method_ ? "HEAD" : "POST");
  if (framing.refusal != Refusal::none) {
    break_off(framing.refusal);
    return false;
  }
  const bool closes = head.version.minor == 0 ? !head.fields.lists("connection", "keep-alive")
                                              : head.fields.lists("connection", "close");
  if (closes || framing.kind == Framing::Kind::until_close) reusable_ = false;
  body_ = wire::http1::BodyReader(framing, limits::kAnswerBody);
  phase_ = Phase::body;
  user_->on_answer_head(head, framing);
  if (user_ == nullptr) return false;
  // Also an answer without a body goes through read_body, which looks at what follows it.
  return true;
}

bool Link::read_body(std::string_view& input) {
  std::string_view piece;
  switch (body_.read(input, piece)) {
    case wire::http1::BodyReader::Step::need_more:
      return false;
    case wire::http1::BodyReader::Step::data:
      user_->on_answer_piece(piece);
      return user_ != nullptr;
    case wire::http1::BodyReader::Step::end:
      // Bytes behind the answer would be read as the next one's: such a connection serves no other request.
      if (!input.empty()) reusable_ = false;
      finish_exchange();
      return false;
    case wire::http1::BodyReader::Step::refused:
      break_off(body_.refusal());
      return false;
  }
  return false;
}

// The link is free before its user hears of it, so that the user's next request can take it.
void Link::finish_exchange() {
  LinkUser* const user = std::exchange(user_, nullptr);
  ++served_;
  phase_ = Phase::idle;
  stream_->resume_reading();
  if (reusable_ && stream_->unsent() == 0) {
    pool_.keep(*this);
  } else {
    phase_ = Phase::over;
    stream_->finish();
    pool_.expect_close(*this);
  }
  user->on_answer_end();
}

void Link::break_off(Refusal refusal) {
  phase_ = Phase::over;
  stream_->abort();
  lose({.when = Lost::When::midway, .closing = {}, .reused = served_ > 0, .protocol_broken = true, .refusal = refusal});
}

// --- Its end -------------------------------------------------------------------------------------------------------------

void Link::on_drained(world::Stream&) {
  if (user_ != nullptr) user_->on_link_drained();
}

void Link::on_peer_finished(world::Stream& stream) {
  if (phase_ == Phase::idle) pool_.drop_idle(*this);
  if (phase_ == Phase::body && body_.may_end_here()) {
    finish_exchange();
  } else {
    stream.finish();
  }
}

void Link::lose(Lost lost) {
  if (LinkUser* const user = std::exchange(user_, nullptr)) user->on_lost(lost);
}

void Link::on_closed(world::Stream&, const world::Closing& closing) {
  if (phase_ == Phase::idle) pool_.drop_idle(*this);
  stream_ = nullptr;
  const Lost::When when = !open_       ? Lost::When::connecting
                          : !answered_ ? Lost::When::unanswered
                                       : Lost::When::midway;
  phase_ = Phase::over;
  if (when == Lost::When::connecting && closing.reason != world::CloseReason::aborted) pool_.connect_failed();
  lose({.when = when, .closing = closing, .reused = served_ > 0});
  pool_.forget(*this);
}

}  // namespace locksmith::upstream
