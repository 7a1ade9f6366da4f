// A TCP stream of an EpollLoop, plain or TLS.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/epoll_loop.h"
#include "host/tls_session.h"
#include "world/loop.h"

namespace locksmith::host {

class SocketStream final : public world::Stream, public EventSink {
 public:
  enum class State : std::uint8_t { connecting, handshaking, open };

  // Dialling: `descriptor` is a socket that connects, -1 where that failed at once (fail_at_once follows).
  SocketStream(EpollLoop& loop, int descriptor, State state, world::StreamHandler* handler);
  ~SocketStream() override;

  void set_handler(world::StreamHandler& handler) override { handler_ = &handler; }
  void write(std::string_view bytes) override;
  std::size_t unsent() const override { return out_.size() - out_begin_; }
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void finish() override;
  void abort() override;
  const world::Address& peer() const override { return peer_; }
  const world::Address& local() const override { return local_; }
  const world::TlsFacts* tls() const override { return tls_ ? &tls_->facts() : nullptr; }

  void on_events(std::uint32_t events) override;

  // --- For the loop ---
  void set_peer(const world::Address& peer) { peer_ = peer; }
  void set_client_tls(std::shared_ptr<const world::TlsClientOptions> options) { client_tls_ = std::move(options); }
  void set_server_tls(TlsContext context, std::shared_ptr<const world::TlsServerOptions> options);
  void set_deadline(Duration deadline);
  void count_in(std::shared_ptr<std::size_t> counter);  // of the listener's open connections
  void begin_tls(std::shared_ptr<const world::TlsClientOptions> options, Duration deadline);
  void fail_at_once(world::CloseReason reason, std::string detail) { close(reason, std::move(detail)); }
  void proceed();
  bool has_handler() const { return handler_ != nullptr; }
  void tell_closed() { if (handler_ != nullptr) handler_->on_closed(*this, closing_); }
  bool is_closing() const { return is_closing_; }

  bool in_ready_list = false;

 private:
  enum class Moved : std::uint8_t { some, nothing, ended };

  void check_connected();
  void connected();
  bool make_client_session();
  void drive_handshake();
  void opened();
  void flush();
  void read_some();
  Moved read_once(std::size_t& got);
  Moved read_plain(std::size_t& got);
  Moved read_tls(std::size_t& got);
  std::size_t send_now(std::string_view bytes);
  std::size_t send_plain(std::string_view bytes);
  std::size_t send_tls(std::string_view bytes);
  void write_failed(std::string detail);
  void peer_finished();
  void shut_down();
  void close_if_both_finished();
  void close(world::CloseReason reason, std::string detail);
  void clear_deadline();

  EpollLoop& loop_;
  int descriptor_;
  State state_;
  bool readable_ = false;
  bool writable_ = false;
  bool hang_up_ = false;         // the peer's FIN or an error is on its way: a short read is not the last
  bool paused_ = false;
  bool read_finished_ = false;   // the peer sends no more
  bool finish_requested_ = false;
  bool write_finished_ = false;  // our FIN is out
  bool kept_some_ = false;       // on_drained is owed
  bool write_broken_ = false;    // the kernel takes no more; what the peer sent is still to be read
  bool is_closing_ = false;
  world::StreamHandler* handler_;
  std::string out_;
  std::size_t out_begin_ = 0;
  world::Address peer_;
  world::Address local_;
  std::optional<world::TimerId> deadline_;
  std::unique_ptr<TlsSession> tls_;
  std::shared_ptr<const world::TlsClientOptions> client_tls_;
  std::shared_ptr<std::size_t> counter_;
  world::Closing closing_;
  std::string write_error_;
};

}  // namespace locksmith::host
