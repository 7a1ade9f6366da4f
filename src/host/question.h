// One datagram and the wait for its answer: the real side of world::Loop::ask. Owned by its loop, on the loop's thread.
#pragma once

#include <functional>
#include <string_view>

#include "host/epoll_loop.h"

namespace locksmith::host {

class Question final : public EventSink {
 public:
  Question(EpollLoop& loop, std::move_only_function<bool(std::string_view)> is_answer,
           std::move_only_function<void(world::Datagram)> done);
  ~Question() override;
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  // The socket is connected, so that the kernel drops what others send and hands over what ICMP says of the peer.
  void send(const world::Address& peer, std::string_view bytes, Duration deadline);
  void on_events(std::uint32_t events) override;

 private:
  void end(world::Datagram result);
  void end_later(std::string error);  // never from within ask()

  EpollLoop& loop_;
  std::move_only_function<bool(std::string_view)> is_answer_;
  std::move_only_function<void(world::Datagram)> done_;
  int descriptor_ = -1;
  world::TimerId timer_ = 0;
  Tick started_{};
};

}  // namespace locksmith::host
