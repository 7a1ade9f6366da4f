#include "serving/connection.h"

#include <utility>

#include "serving/server.h"
#include "vocabulary/limits/serving.h"
#include "vocabulary/secret.h"
#include "wire/http1/write.h"

namespace locksmith::serving {

using wire::http1::Step;

Connection::Connection(Server& server, world::Stream& stream, std::uint64_t since)
    : server_(server), stream_(&stream), reader_(limits::kServingBody), since_(since) {}

Connection::~Connection() {
  if (timer_) server_.loop_.cancel(*timer_);
  wipe(body_.data(), body_.size());
  wipe(pending_.data(), pending_.size());
}

void Connection::enter(State state) {
  state_ = state;
  since_ = ++server_.order_;
}

void Connection::keep_time(Duration limit) {
  if (timer_) server_.loop_.cancel(*timer_);
  timer_ = server_.loop_.after(limit, [this] {
    timer_.reset();
    give_up();
  });
}

void Connection::give_up() {
  ending_ = true;
  if (stream_ != nullptr) stream_->abort();
}

// --- Reading -------------------------------------------------------------------------------------------------------------

void Connection::on_open(world::Stream&) { keep_time(limits::kServingIdle); }

void Connection::on_bytes(world::Stream& stream, std::string_view bytes) {
  if (ending_) return;
  if (state_ == State::idle || state_ == State::reading) return read(bytes);
  pending_.append(bytes);
  stream.pause_reading();
}

void Connection::read(std::string_view bytes) {
  std::string_view piece;
  while (true) {
    if (state_ == State::idle && !bytes.empty()) {
      enter(State::reading);
      keep_time(limits::kServingVisit);
    }
    switch (reader_.read(bytes, piece)) {
      case Step::need_more:
        return;
      case Step::head:
        body_.clear();
        if (head().fields.find("expect") && head().version.minor > 0) stream_->write("HTTP/1.1 100 Continue\r\n\r\n");
        break;
      case Step::data:
        body_.append(piece);
        break;
      case Step::end:
        // What came behind it waits for its turn, so that a row of requests is not served ahead of everybody else.
        pending_.assign(bytes);
        return server_.take(shared_from_this());
      case Step::refused:
        return send({.status = wire::http1::status_of(reader_.refusal()), .body = std::string(to_words(reader_.refusal())) + "\n"});
    }
  }
}

// --- Answering -------------------------------------------------------------------------------------------------------------

void Connection::wait(Router::Found found, std::optional<Principal> who) {
  found_ = std::move(found);
  who_ = std::move(who);
  enter(State::waiting);
  keep_time(limits::kServingVisit);
}

Request Connection::work() {
  enter(State::working);
  keep_time(limits::kServingVisit);
  return {head().method, head().path(), head().query(), head().fields, body_, found_.captured, who_ ? &*who_ : nullptr};
}

void Connection::send(const Response& response) {
  using namespace wire::http1;
  if (stream_ == nullptr || ending_) return;
  const bool refused = reader_.refusal() != Refusal::none;
  const bool head_only = !refused && head().method == "HEAD";
  const bool closes = refused || head().version.minor == 0 || head().fields.lists("connection", "close");
  std::string out;
  begin_response(out, response.status, reason_phrase(response.status));
  append_field(out, "content-type", response.type);
  append_field(out, "content-length", std::to_string(response.body.size()));
  append_field(out, "cache-control", "no-store");
  append_field(out, "x-content-type-options", "nosniff");
  for (const Header& header : response.headers) append_field(out, header.name, header.value);
  if (closes) append_field(out, "connection", "close");
  end_head(out);
  if (!head_only) out.append(response.body);
  wipe(body_.data(), body_.size());
  body_.clear();
  if (!refused) reader_.forget();
  enter(State::sending);
  keep_time(limits::kServingVisit);
  stream_->write(out);
  if (closes) {
    ending_ = true;
    stream_->resume_reading();  // what still comes is dropped, so that the answer is not
    stream_->finish();
  } else if (stream_->unsent() == 0) {
    begin_again();
  }
}

void Connection::on_drained(world::Stream&) {
  if (state_ == State::sending && !ending_) begin_again();
}

void Connection::begin_again() {
  enter(State::idle);
  keep_time(limits::kServingIdle);
  stream_->resume_reading();
  if (pending_.empty()) return;
  server_.loop_.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || self->stream_ == nullptr || self->ending_ || self->state_ != State::idle) return;
    const std::string bytes = std::exchange(self->pending_, {});
    self->read(bytes);
  });
}

void Connection::on_closed(world::Stream&, const world::Closing&) {
  stream_ = nullptr;
  server_.forget(*this);
}

}  // namespace locksmith::serving
