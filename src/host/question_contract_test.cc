// The contract of world::Loop::ask, on real sockets: who may answer, what a dead port says, and that nothing hangs.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "host/epoll_loop.h"

namespace locksmith::host {
namespace {

using world::Address;
using world::Datagram;

// A datagram peer on a thread of its own: for each datagram it sends what `reply` makes of it.
class DatagramPeer {
 public:
  explicit DatagramPeer(std::function<std::vector<std::string>(const std::string&)> reply) : reply_(std::move(reply)) {
    descriptor_ = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&place), sizeof place), 0);
    socklen_t size = sizeof place;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&place), &size);
    address = {world::Family::ipv4, {127, 0, 0, 1}, ntohs(place.sin_port)};
    const timeval patience{.tv_sec = 0, .tv_usec = 50'000};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    thread_ = std::thread([this] { serve(); });
  }
  ~DatagramPeer() {
    ending_ = true;
    thread_.join();
    ::close(descriptor_);
  }
  Address address;

 private:
  void serve() {
    while (!ending_) {
      char bytes[2048];
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      const ssize_t got = ::recvfrom(descriptor_, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 0) continue;
      for (const std::string& piece : reply_(std::string(bytes, static_cast<std::size_t>(got)))) {
        ::sendto(descriptor_, piece.data(), piece.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
      }
    }
  }
  std::function<std::vector<std::string>(const std::string&)> reply_;
  int descriptor_ = -1;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

Datagram ask(EpollLoop& loop, const Address& peer, Duration deadline, std::function<bool(std::string_view)> is_answer) {
  Datagram seen;
  int calls = 0;
  bool inside = true;
  loop.ask(peer, "ping", deadline, std::move(is_answer), [&](Datagram datagram) {
    EXPECT_FALSE(inside) << "called from within ask()";
    ++calls;
    seen = std::move(datagram);
    loop.after(std::chrono::milliseconds(30), [&] { loop.stop(); });  // a second call would come by then
  });
  inside = false;
  loop.run();
  EXPECT_EQ(calls, 1);
  return seen;
}

bool any(std::string_view) { return true; }

TEST(Question, IsAnsweredByItsPeer) {
  const DatagramPeer peer([](const std::string& bytes) { return std::vector{bytes + "-pong", std::string("late")}; });
  EpollLoop loop;
  const Datagram seen = ask(loop, peer.address, 2s, any);
  EXPECT_EQ(seen.bytes, "ping-pong");
  EXPECT_EQ(seen.error, "");
  EXPECT_GT(seen.took, Duration::zero());
}

TEST(Question, WhatIsNoAnswerIsDropped) {
  const DatagramPeer peer([](const std::string&) { return std::vector<std::string>{"forged", "", "right"}; });
  EpollLoop loop;
  EXPECT_EQ(ask(loop, peer.address, 2s, [](std::string_view bytes) { return bytes == "right"; }).bytes, "right");
}

TEST(Question, SilenceEndsAtTheDeadline) {
  const DatagramPeer peer([](const std::string&) { return std::vector<std::string>{}; });
  EpollLoop loop;
  const Datagram seen = ask(loop, peer.address, std::chrono::milliseconds(60), any);
  EXPECT_EQ(seen.error, "ETIMEOUT");
  EXPECT_GE(seen.took, std::chrono::milliseconds(60));
}

TEST(Question, APortWithoutAListenerSaysSo) {
  Address dead;
  {
    const DatagramPeer peer([](const std::string&) { return std::vector<std::string>{}; });
    dead = peer.address;
  }
  EpollLoop loop;
  EXPECT_EQ(ask(loop, dead, 2s, any).error, "ECONNREFUSED");
}

TEST(Question, ALoopMayEndWithOneOpen) {
  const DatagramPeer peer([](const std::string&) { return std::vector<std::string>{}; });
  bool told = false;
  {
    EpollLoop loop;
    loop.ask(peer.address, "ping", 5s, any, [&](const Datagram&) { told = true; });
    loop.after(std::chrono::milliseconds(10), [&] { loop.stop(); });
    loop.run();
  }
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace locksmith::host
