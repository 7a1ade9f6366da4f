#include "emulator/connection.h"

#include <algorithm>
#include <utility>

#include "vocabulary/limits/emulator.h"
#include "vocabulary/limits/http.h"
#include "vocabulary/limits/loop.h"
#include "vocabulary/secret.h"
#include "wire/http1/write.h"

namespace locksmith::emulator {

using wire::http1::Step;

namespace {

constexpr std::size_t kLengthTooMuch = 10;  // what wrong_length adds

}  // namespace

Connection::Connection(Server& server, world::Stream& stream)
    : server_(server), stream_(stream), reader_(limits::kRequestBody) {}

Connection::~Connection() {
  clear_timer();
  wipe(body_.data(), body_.size());
  wipe(pending_.data(), pending_.size());
}

void Connection::set_timer(Duration delay, void (Connection::*action)()) {
  clear_timer();
  timer_ = server_.loop().after(delay, [this, action] {
    timer_.reset();
    (this->*action)();
  });
}

void Connection::clear_timer() {
  if (timer_) server_.loop().cancel(*std::exchange(timer_, std::nullopt));
}

void Connection::give_up() { stream_.abort(); }

// --- Reading -------------------------------------------------------------------------------------------------------------

void Connection::on_open(world::Stream&) { set_timer(limits::kEmulatorIdle, &Connection::end_connection); }

void Connection::on_bytes(world::Stream& stream, std::string_view bytes) {
  if (ending_) return;
  if (answering_ || blocked_) {
    pending_.append(bytes);
    stream.pause_reading();
    return;
  }
  read(bytes);
}

void Connection::read(std::string_view bytes) {
  std::string_view piece;
  while (!answering_ && !ending_ && !blocked_) {
    if (reader_.idle() && !bytes.empty()) set_timer(limits::kEmulatorRequest, &Connection::end_connection);
    switch (reader_.read(bytes, piece)) {
      case Step::need_more:
        return;
      case Step::head:
        begin_request();
        break;
      case Step::data:
        body_.append(piece);
        break;
      case Step::end:
        answer_request();
        break;
      case Step::refused:
        answer_ = server_.api().refuse(wire::http1::status_of(reader_.refusal()), wire::http1::to_words(reader_.refusal()));
        answering_ = true;
        keep_alive_ = false;
        send();
        break;
    }
  }
  if (!ending_) pending_.append(bytes);
}

void Connection::begin_request() {
  const auto& head = reader_.head();
  body_.clear();
  http10_ = head.version.minor == 0;
  keep_alive_ = http10_ ? head.fields.lists("connection", "keep-alive") : !head.fields.lists("connection", "close");
  head_only_ = head.method == "HEAD";
  const bool expects = head.fields.find("expect") && reader_.framing().kind != wire::http1::Framing::Kind::none;
  if (expects && !http10_) stream_.write("HTTP/1.1 100 Continue\r\n\r\n");
}

void Connection::answer_request() {
  clear_timer();
  answering_ = true;
  const auto& head = reader_.head();
  const Request request{head.method, head.path(), head.query(), head.fields, body_};
  world::Loop& loop = server_.loop();
  Api& api = server_.api();
  const std::uint64_t before = api.records().empty() ? 0 : api.records().back().number;
  answer_ = api.answer(request, loop.now(), loop.tick());
  next_event_ = 0;
  wipe(body_.data(), body_.size());
  body_ = std::string();
  reader_.forget();
  const bool recorded = !api.records().empty() && api.records().back().number != before;
  if (recorded && server_.settings().on_record) server_.settings().on_record(api.records().back());
  if (answer_.delay > Duration::zero()) {
    set_timer(answer_.delay, &Connection::send);
  } else {
    send();
  }
}

void Connection::on_peer_finished(world::Stream& stream) {
  peer_finished_ = true;
  // A peer that half-closes still gets its answer, but nobody waits for one that will never be complete.
  const bool stalled = answer_.transport == Transport::stall_before || answer_.transport == Transport::stall_midway;
  if (!answering_ || stalled) stream.finish();
}

void Connection::on_closed(world::Stream&, const world::Closing&) {
  bill(next_event_);
  server_.forget(*this);
}

// Of a stream is billed what was written until its end, or until the client was seen to be gone.
void Connection::bill(std::size_t events) {
  if (answer_.charge != nullptr) server_.api().bill_stream(*std::exchange(answer_.charge, nullptr), events);
}

// --- Answering -------------------------------------------------------------------------------------------------------------

bool Connection::chunked() const { return !answer_.events.empty() && !http10_; }

void Connection::send() {
  switch (answer_.transport) {
    case Transport::stall_before:
      return;  // until the client gives up
    case Transport::reset_before:
      bill(answer_.events.size());
      return stream_.abort();
    case Transport::close_before:
      bill(answer_.events.size());
      return end_connection();
    default:
      break;
  }
  if (!answer_.events.empty() && http10_) keep_alive_ = false;
  if (answer_.close || server_.draining() || answer_.transport == Transport::wrong_length) keep_alive_ = false;
  send_head();
  if (head_only_) return answered();
  if (answer_.events.empty()) return send_body();
  next_event_ = 0;
  send_next_event();
}

void Connection::send_head() {
  using namespace wire::http1;
  out_.clear();
  begin_response(out_, answer_.status, answer_.reason.empty() ? reason_phrase(answer_.status) : answer_.reason);
  append_field(out_, "date", to_http_date(server_.loop().now() + answer_.date_offset));
  for (const Header& header : answer_.headers) append_field(out_, header.name, header.value);
  append_field(out_, "x-locksmith-emulator", "1");
  std::size_t length = answer_.body.size();
  if (answer_.transport == Transport::wrong_length) length += kLengthTooMuch;
  if (answer_.transport == Transport::end_midway) length /= 2;
  if (chunked()) {
    append_field(out_, "transfer-encoding", "chunked");
  } else if (answer_.events.empty() && answer_.status != 204) {
    append_field(out_, "content-length", std::to_string(length));
  }
  if (!keep_alive_) append_field(out_, "connection", "close");
  end_head(out_);
  stream_.write(out_);
}

void Connection::send_body() {
  const std::string_view body = answer_.body;
  switch (answer_.transport) {
    case Transport::end_midway:
      stream_.write(body.substr(0, body.size() / 2));
      return answered();
    case Transport::reset_midway:
    case Transport::close_midway:
    case Transport::stall_midway:
      stream_.write(body.substr(0, body.size() / 2));
      return act_midway();
    default:
      stream_.write(body);
      return answered();
  }
}

void Connection::send_body_part(std::string_view part) {
  out_.clear();
  if (chunked()) {
    wire::http1::append_chunk(out_, part);
  } else {
    out_ = part;
  }
  stream_.write(out_);
}

void Connection::act_midway() {
  if (answer_.transport != Transport::stall_midway) bill(next_event_);
  switch (answer_.transport) {
    case Transport::reset_midway:
      // What was written must be on its way before the reset discards it.
      return set_timer(limits::kEmulatorResetPause, &Connection::give_up);
    case Transport::close_midway:
      return end_connection();
    case Transport::error_midway:
      send_body_part(answer_.midway_event);
      return end_stream();
    case Transport::end_midway:
      return end_stream();
    default:
      return;  // stalled, until the client gives up
  }
}

void Connection::send_next_event() {
  const bool cuts = answer_.transport == Transport::end_midway || answer_.transport == Transport::reset_midway ||
                    answer_.transport == Transport::close_midway || answer_.transport == Transport::stall_midway ||
                    answer_.transport == Transport::error_midway;
  if (cuts && next_event_ == answer_.events.size() / 2) return act_midway();
  if (answer_.transport == Transport::buffered) {
    for (const std::string& event : answer_.events) send_body_part(event);
    return end_stream();
  }
  send_body_part(answer_.events[next_event_++]);
  if (next_event_ == answer_.events.size()) return end_stream();
  set_timer(server_.settings().pace, &Connection::send_next_event);
}

void Connection::end_stream() {
  bill(answer_.transport == Transport::buffered ? answer_.events.size() : next_event_);
  if (chunked()) stream_.write(wire::http1::kLastChunk);
  answered();
}

void Connection::answered() {
  answering_ = false;
  answer_ = {};
  if (!keep_alive_ || server_.draining()) return end_connection();
  if (pending_.empty() && peer_finished_) return stream_.finish();
  set_timer(limits::kEmulatorIdle, &Connection::end_connection);
  blocked_ = stream_.unsent() > limits::kWriteBacklog;
  if (blocked_) {
    stream_.pause_reading();
  } else {
    read_on();
  }
}

void Connection::on_drained(world::Stream&) {
  if (!blocked_ || ending_) return;
  blocked_ = false;
  read_on();
}

void Connection::read_on() {
  stream_.resume_reading();
  if (pending_.empty()) return;
  const std::string bytes = std::exchange(pending_, {});
  read(bytes);
}

void Connection::end_connection() {
  if (ending_) return;
  ending_ = true;
  answering_ = false;
  stream_.resume_reading();
  stream_.finish();
  // Closing while the peer still sends would reset the connection, and our answer with it.
  set_timer(limits::kEmulatorLinger, &Connection::give_up);
}

void Connection::drain() {
  if (!answering_) end_connection();
}

}  // namespace locksmith::emulator
