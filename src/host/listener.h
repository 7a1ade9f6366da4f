// A listening socket of an EpollLoop.
#pragma once

#include <memory>

#include "host/epoll_loop.h"

namespace locksmith::host {

class Listener final : public EventSink {
 public:
  // Takes the descriptor.
  Listener(EpollLoop& loop, int descriptor, world::ListenOptions options, TlsContext tls, world::AcceptHandler& handler);
  ~Listener() override;
  void on_events(std::uint32_t events) override;
  void close();
  // Of a plain listener: does nothing.
  void replace_certificate(const TlsContext& tls, const std::shared_ptr<const world::TlsServerOptions>& options);

 private:
  void accept_one(int descriptor, const world::Address& peer);

  EpollLoop& loop_;
  int descriptor_;
  world::ListenOptions options_;
  TlsContext tls_;
  world::AcceptHandler& handler_;
  std::shared_ptr<std::size_t> open_ = std::make_shared<std::size_t>(0);
  std::optional<world::TimerId> pause_;
};

}  // namespace locksmith::host
