#include "gateway/connection.h"

#include <algorithm>
#include <utility>

#include "gateway/worker.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/loop.h"
#include "vocabulary/secret.h"

namespace locksmith::gateway {

using wire::http1::Framing;
using wire::http1::Progress;

Connection::Connection(Worker& worker, world::Stream& stream)
    : worker_(worker), stream_(stream), late_(worker.draining()), deadline_(worker.tick() + limits::kClientIdle), downstream_(worker, *this),
      passage_(worker, downstream_) {
  address_.assign(to_string(stream.peer()));
}

Connection::~Connection() { wipe(rest_.data(), rest_.size()); }

void Connection::on_open(world::Stream&) { deadline_ = worker_.tick() + limits::kClientIdle; }

// --- Reading ---------------------------------------------------------------------------------------------------------------

void Connection::on_bytes(world::Stream&, std::string_view bytes) {
  switch (state_) {
    case State::lingering:
      lingered_ += bytes.size();
      if (lingered_ > limits::kLingerBytes) stream_.abort();
      return;
    case State::answering:
      return keep_rest(bytes);
    default:
      return consume(bytes);
  }
}

// Requests that came before their turn wait here, at most what one read brought; then the client waits.
void Connection::keep_rest(std::string_view bytes) {
  if (bytes.empty()) return;
  rest_.append(bytes);
  stream_.pause_reading();
}

void Connection::consume(std::string_view bytes) {
  consuming_ = true;
  bool goes_on = true;
  while (goes_on) {
    switch (state_) {
      case State::head:
        goes_on = !bytes.empty() && read_head(bytes);
        break;
      case State::body:
      case State::rejected:
        goes_on = read_body(bytes);
        break;
      case State::answering:
        keep_rest(bytes);
        goes_on = false;
        break;
      case State::lingering:
        goes_on = false;
        break;
    }
  }
  consuming_ = false;
}

bool Connection::read_head(std::string_view& input) {
  if (torn_head_.empty()) deadline_ = worker_.tick() + limits::kClientHead;
  std::string_view bytes;
  const wire::http1::HeadEnd end = torn_head_.take(input, bytes);
  if (end.progress == Progress::need_more) return false;
  wire::http1::Refusal refusal = end.refusal;
  wire::http1::RequestHead& head = worker_.head();
  if (end.progress == Progress::done) refusal = parse_request_head(bytes, head);
  if (refusal != wire::http1::Refusal::none) {
    torn_head_.forget();
    passage_.refuse_head(refusal);
    return false;
  }
  const Framing framing = framing_of(head);
  body_ = wire::http1::BodyReader(framing, limits::kLargestUpload);
  upload_ = {};
  answer_bytes_ = 0;
  state_ = State::body;
  answered_early_ = false;
  passage_.begin(head, framing);
  torn_head_.forget();
  return true;
}

bool Connection::read_body(std::string_view& input) {
  if (state_ == State::rejected && upload_.read > limits::kLingerBytes) {
    end_connection();
    return false;
  }
  std::string_view piece;
  switch (body_.read(input, piece)) {
    case wire::http1::BodyReader::Step::need_more:
      if (upload_.read == 0) upload_.began = worker_.tick();
      if (state_ == State::rejected || (passage_.awaits_body() && upload_.paused_since == Tick{})) {
        deadline_ = upload_.began + limits::kClientBody +
                    std::chrono::seconds(static_cast<std::int64_t>(upload_.read) / limits::kSlowestBody);
      }
      return false;
    case wire::http1::BodyReader::Step::data:
      if (upload_.read == 0) upload_.began = worker_.tick();
      upload_.read += piece.size();
      passage_.take_body(piece);
      return true;
    case wire::http1::BodyReader::Step::end:
      if (answered_early_) {
        next_request();
        return true;
      }
      state_ = State::answering;
      passage_.end_body();
      return true;
    case wire::http1::BodyReader::Step::refused:
      if (answered_early_) {
        end_connection();
      } else {
        passage_.refuse_head(body_.refusal());
      }
      return false;
  }
  return false;
}

// The time in which we do not read is not the client's.
void Connection::pause() {
  upload_.paused_since = worker_.tick();
  stream_.pause_reading();
}

void Connection::resume() {
  upload_.began += worker_.tick() - std::exchange(upload_.paused_since, Tick{});
  stream_.resume_reading();
}

// --- Answering ---------------------------------------------------------------------------------------------------------------

void Connection::send(std::string_view bytes) {
  stream_.write(bytes);
  answer_bytes_ += bytes.size();
  if (stream_.unsent() > 0 && unsent_before_ == 0) stalled_since_ = worker_.tick();
  unsent_before_ = stream_.unsent();
}

void Connection::on_drained(world::Stream&) {
  unsent_before_ = 0;
  if (state_ == State::lingering) linger();
  passage_.on_client_drained();
}

void Connection::answered(bool keep) {
  if (!keep || draining_) return end_connection();
  if (state_ == State::body) {
    // Refused before its body came: what comes of it is dropped, so that the next request can follow.
    answered_early_ = true;
    state_ = State::rejected;
    return;
  }
  next_request();
}

void Connection::next_request() {
  state_ = State::head;
  answered_early_ = false;
  deadline_ = worker_.tick() + limits::kClientIdle;
  if (draining_) return end_connection();
  if (consuming_) return;
  if (rest_.empty()) return stream_.resume_reading();
  std::string bytes = std::exchange(rest_, {});
  consume(bytes);
  wipe(bytes.data(), bytes.size());
  if (state_ == State::head || state_ == State::body || state_ == State::rejected) stream_.resume_reading();
}

void Connection::end_connection() {
  if (state_ == State::lingering) return;
  state_ = State::lingering;
  wipe(rest_.data(), rest_.size());
  rest_ = {};
  stream_.resume_reading();
  stream_.finish();
  linger();
}

// Closing while the client still sends would reset the connection, and the answer with it; so would closing before a slow
// client has taken what the kernel still holds of the answer, of which the stream does not tell.
void Connection::linger() {
  const std::uint64_t held = std::min<std::uint64_t>(answer_bytes_, limits::kWriteBacklog);
  deadline_ = worker_.tick() + limits::kClientLinger + std::chrono::seconds(static_cast<std::int64_t>(held) / limits::kSlowestBody);
}

void Connection::drain() {
  draining_ = true;
  if (state_ == State::head && torn_head_.empty()) end_connection();
}

// --- Its end -----------------------------------------------------------------------------------------------------------------

void Connection::on_peer_finished(world::Stream& stream) {
  // A client that waits for an answer and ends its side has nearly always left; whoever pays for the answer would not
  // want it to be written to its end. (nginx reads it so, too.)
  if (!passage_.idle()) {
    passage_.client_gone();
    return stream_.abort();
  }
  stream.finish();
}

void Connection::on_closed(world::Stream&, const world::Closing&) {
  passage_.client_gone();
  worker_.forget(*this);
}

void Connection::check_deadline(Tick now) {
  if (stream_.unsent() > 0) {
    if (stream_.unsent() < unsent_before_) stalled_since_ = now;
    unsent_before_ = stream_.unsent();
    if (now - stalled_since_ > limits::kClientStall) return stream_.abort();
    if (state_ == State::lingering || (state_ == State::head && torn_head_.empty())) return;  // the answer is still going out
  }
  if (now < deadline_) return;
  switch (state_) {
    case State::head:
      if (torn_head_.empty()) return end_connection();
      return passage_.refuse(Why::body_too_slow);
    case State::rejected:
      return end_connection();
    case State::lingering:
      return stream_.abort();
    default:
      return passage_.on_deadline();
  }
}

}  // namespace locksmith::gateway
