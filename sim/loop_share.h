// One of several loops in one simulated world: a process has a loop for each worker and one of its own, and all of them pass the same
// virtual time. What listens through a share stops with it, and stop() ends the share alone.
#pragma once

#include <utility>
#include <vector>

#include "sim_loop.h"

namespace locksmith::sim {

class LoopShare final : public world::Loop {
 public:
  explicit LoopShare(SimLoop& loop) : loop_(loop) {}
  bool stopped() const { return stopped_; }

  Instant now() const override { return loop_.now(); }
  Tick tick() const override { return loop_.tick(); }
  world::Stream& dial(const world::Address& address, world::DialOptions options, world::StreamHandler& handler) override {
    return loop_.dial(address, std::move(options), handler);
  }
  void start_tls(world::Stream& stream, std::shared_ptr<const world::TlsClientOptions> options, Duration deadline) override {
    loop_.start_tls(stream, std::move(options), deadline);
  }
  Result<world::Address> listen(const world::Address& address, world::ListenOptions options, world::AcceptHandler& handler) override {
    auto bound = loop_.listen(address, std::move(options), handler);
    if (bound) handlers_.push_back(&handler);
    return bound;
  }
  void stop_listening() override {
    for (const world::AcceptHandler* const handler : std::exchange(handlers_, {})) loop_.stop_listening(*handler);
  }
  Result<void> replace_certificate(std::shared_ptr<const world::TlsServerOptions> tls) override { return loop_.replace_certificate(std::move(tls)); }
  void resolve(std::string host, std::uint16_t port, world::Family family, Duration deadline, std::move_only_function<void(world::Resolution)> done) override {
    loop_.resolve(std::move(host), port, family, deadline, std::move(done));
  }
  void ask(const world::Address& peer, std::string bytes, Duration deadline, std::move_only_function<bool(std::string_view)> is_answer,
           std::move_only_function<void(world::Datagram)> done) override {
    loop_.ask(peer, std::move(bytes), deadline, std::move(is_answer), std::move(done));
  }
  world::TimerId after(Duration delay, std::move_only_function<void()> action) override { return loop_.after(delay, std::move(action)); }
  void cancel(world::TimerId timer) override { loop_.cancel(timer); }
  void post(std::move_only_function<void()> action) override { loop_.post(std::move(action)); }
  void run() override { loop_.run(); }
  void stop() override { stopped_ = true; }

 private:
  SimLoop& loop_;
  std::vector<world::AcceptHandler*> handlers_;
  bool stopped_ = false;
};

}  // namespace locksmith::sim
