// An HTTP/1.1 client's side of an exchange: one request at a time on its connection, answers framed by length, chunks or the
// connection's end.
#pragma once

#include "gateway/downstream.h"
#include "gateway/relay.h"

namespace locksmith::gateway {

class Connection;
class Worker;

class Http1Downstream final : public Downstream {
 public:
  Http1Downstream(Worker& worker, Connection& connection) : worker_(worker), connection_(connection) {}

  void begin(const Admitted& request) override;
  bool is_late() const override;
  bool over_tls() const override;
  std::string_view address() const override;
  void ask_for_body() override;
  void pause_body() override;
  void resume_body() override;
  void send_head(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing,
                 std::span<const wire::http1::Field> own) override;
  void send_piece(std::string_view piece) override;
  void send_end() override;
  void flush() override;
  void send_own(int status, std::span<const wire::http1::Field> fields, std::string_view body) override;
  bool takes_more() const override { return delivery_ != Delivery::length && delivery_ != Delivery::none; }
  std::size_t unsent() const override;
  void wait_until(Tick deadline) override;
  void set_last() override { client_.keep_alive = false; }
  void finish() override;
  void break_off() override;

 private:
  std::string& gathered();

  Worker& worker_;
  Connection& connection_;
  Client client_;
  Delivery delivery_ = Delivery::none;
};

}  // namespace locksmith::gateway
