// A plain TCP stream of a UringLoop. It lives until the kernel has answered for every operation on it.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/uring_loop.h"
#include "world/loop.h"

namespace locksmith::host {

class UringStream final : public world::Stream, public EventSink {
 public:
  UringStream(UringLoop& loop, int descriptor, const world::Address& peer, world::StreamHandler* handler);
  ~UringStream() override;

  void set_handler(world::StreamHandler& handler) override { handler_ = &handler; }
  void write(std::string_view bytes) override;
  std::size_t unsent() const override { return out_.size() + (in_flight_.size() - in_flight_begin_); }
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void finish() override;
  void abort() override;
  const world::Address& peer() const override { return peer_; }
  const world::Address& local() const override { return local_; }
  const world::TlsFacts* tls() const override { return nullptr; }

  void on_events(std::uint32_t events) override;

  // --- For the loop ---
  void begin_connect(Duration deadline);
  void begin_accepted(std::shared_ptr<std::size_t> counter);
  void fail_at_once(int error);
  bool has_handler() const { return handler_ != nullptr; }
  void on_done(UringLoop::Operation operation, int result, std::uint32_t flags);
  void send_queued();
  void on_marked();
  bool waits_to_send() const { return send_queued_; }

 private:
  io_uring_sqe& begin(UringLoop::Operation operation);
  void opened();
  void arm_receive();
  void watch_for_reset();
  void on_received(int result, std::uint32_t flags);
  std::size_t send_now(std::string_view bytes);
  void on_sent(int result);
  void on_connected(int result);
  void deliver(std::string_view bytes);
  void deliver_held();
  void peer_finished();
  void forget_unsent();
  void write_failed(int error);
  void shut_down();
  void close(world::CloseReason reason, std::string detail);
  void take_back();
  void clear_deadline();
  void mark();

  UringLoop& loop_;
  int descriptor_;
  world::StreamHandler* handler_;
  std::uint16_t pending_ = 0;        // operations that the kernel has not answered for
  bool accepted_ = false;            // on_open is owed, from the loop
  bool open_ = false;
  bool receiving_ = false;           // a multishot receive stands
  bool sending_ = false;             // a send is in flight, or queued for this turn
  bool send_queued_ = false;
  bool paused_ = false;
  bool marked_ = false;
  bool read_finished_ = false;
  bool finish_told_ = false;         // on_peer_finished was called
  bool finish_requested_ = false;
  bool write_finished_ = false;
  bool write_broken_ = false;
  bool drained_owed_ = false;
  bool is_closing_ = false;
  bool aborted_ = false;
  bool cancel_sent_ = false;
  bool taken_back_ = false;
  bool closed_ = false;              // the handler has heard
  std::string out_;                  // not yet handed to the kernel
  std::string in_flight_;            // lies still while the kernel reads it
  std::size_t in_flight_begin_ = 0;
  std::string held_;                 // came while reading was paused
  sockaddr_in6 connect_to_{};        // large enough for both families; read by the kernel
  world::Address peer_;
  world::Address local_;
  std::optional<world::TimerId> deadline_;
  std::shared_ptr<std::size_t> counter_;
  world::Closing closing_;
  int write_error_ = 0;
};

}  // namespace locksmith::host
