// What only the real loop can be asked: the kernel's own refusals.
#include "host/epoll_loop.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "vocabulary/limits/loop.h"

namespace locksmith::host {
namespace {

using world::Address;
using world::CloseReason;

struct Noted : world::StreamHandler {
  EpollLoop& loop;
  bool opened = false;
  bool closed = false;
  world::Closing closing;
  explicit Noted(EpollLoop& l) : loop(l) {}
  void on_open(world::Stream&) override { opened = true; }
  void on_bytes(world::Stream&, std::string_view) override {}
  void on_drained(world::Stream&) override {}
  void on_closed(world::Stream&, const world::Closing& c) override {
    closed = true;
    closing = c;
    loop.stop();
  }
};

struct Keeper : world::AcceptHandler {
  EpollLoop& loop;
  std::deque<Noted> accepted;
  explicit Keeper(EpollLoop& l) : loop(l) {}
  void on_accept(world::Stream& stream) override { stream.set_handler(accepted.emplace_back(loop)); }
};

TEST(EpollLoop, AConnectionThatNobodyTakesTimesOut) {
  // A listener whose queue is full: the kernel drops further SYNs, as a firewall does.
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof in;
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&in), size), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&in), &size), 0);
  std::vector<int> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    ::connect(fillers.back(), reinterpret_cast<const sockaddr*>(&in), size);
  }
  EpollLoop loop;
  Noted client(loop);
  loop.dial({world::Family::ipv4, {127, 0, 0, 1}, ntohs(in.sin_port)}, {80ms}, client);
  const Tick begin = loop.tick();
  loop.run();
  EXPECT_FALSE(client.opened);
  EXPECT_EQ(client.closing.reason, CloseReason::timed_out);
  EXPECT_EQ(client.closing.detail, "ETIMEDOUT: connecting");
  EXPECT_GE(loop.tick() - begin, 80ms);
  for (const int filler : fillers) ::close(filler);
  ::close(listener);
}

TEST(EpollLoop, SpeaksIpv6) {
  EpollLoop loop;
  Keeper keeper(loop);
  const auto address = loop.listen(*world::parse_ip("::1", 0), {}, keeper);
  if (!address) GTEST_SKIP() << "this machine has no IPv6 loopback: " << address.error().message;
  Noted client(loop);
  world::Stream& stream = loop.dial(*address, {5s}, client);
  loop.after(20ms, [&] {
    EXPECT_TRUE(client.opened);
    EXPECT_EQ(stream.peer(), *address);
    EXPECT_TRUE(is_loopback(stream.local()));
    stream.abort();
  });
  loop.run();
  EXPECT_TRUE(client.closed);
}

TEST(EpollLoop, OutlivesALackOfDescriptors) {
  EpollLoop loop;
  Keeper keeper(loop);
  const auto address = loop.listen({world::Family::ipv4, {127, 0, 0, 1}, 0}, {}, keeper);
  ASSERT_TRUE(address);
  Noted client(loop);
  loop.dial(*address, {5s}, client);
  // With no descriptor left, the connection waits in the kernel's queue until there is one.
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int next = ::dup(0);
  ::close(next);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(next);
  setrlimit(RLIMIT_NOFILE, &none);
  std::size_t accepted_without = 1;
  loop.after(50ms, [&] {
    accepted_without = keeper.accepted.size();
    setrlimit(RLIMIT_NOFILE, &before);
  });
  loop.after(50ms + 3 * limits::kAcceptPause, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(accepted_without, 0U);
  EXPECT_EQ(keeper.accepted.size(), 1U);
}

TEST(EpollLoop, DyingWithOpenStreamsIsQuiet) {
  auto loop = std::make_unique<EpollLoop>();
  Keeper keeper(*loop);
  const auto address = loop->listen({world::Family::ipv4, {127, 0, 0, 1}, 0}, {}, keeper);
  Noted client(*loop);
  loop->dial(*address, {5s}, client);
  loop->resolve("no-such-host.invalid", 1, world::Family::any, 5s, [&](world::Resolution) { EXPECT_NE(loop, nullptr); });
  loop->after(5s, [] { FAIL(); });
  loop->after(10ms, [&] { loop->stop(); });
  loop->run();
  loop.reset();
  EXPECT_FALSE(client.closed) << "no callback when the loop dies";
}

TEST(EpollLoop, MoreLookUpsThanMayWaitAreRefusedAtOnce) {
  EpollLoop loop;
  const std::size_t total = limits::kResolverQueue + limits::kResolverThreads + 200;
  std::size_t busy = 0;
  std::size_t calls = 0;
  for (std::size_t i = 0; i < total; ++i) {
    loop.resolve("no-such-host-" + std::to_string(i) + ".invalid", 1, world::Family::any, 100ms,
                 [&](world::Resolution result) {
                   if (result.error == "EBUSY") ++busy;
                   EXPECT_TRUE(result.addresses.empty());
                   if (++calls == total) loop.stop();
                 });
  }
  loop.run();
  EXPECT_EQ(calls, total) << "each is answered exactly once";
  EXPECT_LE(busy, total - limits::kResolverQueue);
}

}  // namespace
}  // namespace locksmith::host
