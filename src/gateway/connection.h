// One client's connection: its bytes become requests, one after another; answers go out in that order.
#pragma once

#include <string>
#include <string_view>

#include "gateway/http1_downstream.h"
#include "gateway/passage.h"
#include "gateway/short_text.h"
#include "vocabulary/limits/gateway.h"
#include "wire/http1/body.h"
#include "wire/http1/torn_head.h"
#include "world/loop.h"

namespace locksmith::gateway {

class Worker;

class Connection final : public world::StreamHandler {
 public:
  Connection(Worker& worker, world::Stream& stream);
  ~Connection() override;

  void on_open(world::Stream& stream) override;
  void on_bytes(world::Stream& stream, std::string_view bytes) override;
  void on_drained(world::Stream& stream) override;
  void on_peer_finished(world::Stream& stream) override;
  void on_closed(world::Stream& stream, const world::Closing& closing) override;

  // --- For its side of an exchange
  void send(std::string_view bytes);
  std::size_t unsent() const { return stream_.unsent(); }
  void pause();
  void resume();
  void wait_until(Tick deadline) { deadline_ = deadline; }
  // The answer is out. `keep`: the next request may follow.
  void answered(bool keep);
  void abort() { stream_.abort(); }

  // --- For the worker
  void check_deadline(Tick now);
  // Ends it when it is idle; else the request under way is its last.
  void drain();
  // Accepted after the drain began: its first request is refused, and is its last.
  bool is_late() const { return late_; }
  std::string_view address() const { return address_.view(); }
  bool over_tls() const { return stream_.tls() != nullptr; }
  Passage& passage() { return passage_; }
  std::size_t place = 0;  // in the worker's list

 private:
  enum class State : std::uint8_t { head, body, answering, rejected, lingering };

  // Of the request's body.
  struct Upload {
    std::uint64_t read = 0;
    Tick began{};                  // later by the time in which we did not read
    Tick paused_since{};           // zero: it is read
  };

  void consume(std::string_view bytes);
  bool read_head(std::string_view& bytes);
  bool read_body(std::string_view& bytes);
  void keep_rest(std::string_view bytes);
  void next_request();
  void end_connection();
  void linger();

  Worker& worker_;
  world::Stream& stream_;
  ShortText<limits::kShownAddress> address_;
  State state_ = State::head;
  bool consuming_ = false;
  bool draining_ = false;
  const bool late_;
  bool answered_early_ = false;    // the answer is out, and the request's body is not yet read
  std::uint64_t lingered_ = 0;     // bytes read and dropped
  std::uint64_t answer_bytes_ = 0; // handed to the stream for this request
  std::size_t unsent_before_ = 0;
  Tick deadline_;                  // from the first moment on: a sweep may come before on_open, within a TLS handshake
  Upload upload_;
  Tick stalled_since_{};
  wire::http1::TornHead torn_head_;
  wire::http1::BodyReader body_;
  std::string rest_;               // requests that wait for their turn
  Http1Downstream downstream_;
  Passage passage_;
};

}  // namespace locksmith::gateway
