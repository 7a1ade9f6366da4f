#include "sim_loop.h"

#include <gtest/gtest.h>

namespace locksmith::sim {
namespace {

using world::Address;
using world::CloseReason;
using world::Stream;

constexpr Address kHost{world::Family::ipv4, {10, 0, 0, 1}, 443};

struct Peer : world::StreamHandler {
  std::string received, trace;
  world::Closing closing;
  std::string say;
  bool echo = false;
  void on_open(Stream& s) override {
    trace += 'o';
    if (!say.empty()) s.write(say);
    if (!say.empty()) s.finish();
  }
  void on_bytes(Stream& s, std::string_view bytes) override {
    received += bytes;
    if (echo) s.write(bytes);
  }
  void on_drained(Stream&) override { trace += 'd'; }
  void on_peer_finished(Stream& s) override {
    trace += 'f';
    s.finish();
  }
  void on_closed(Stream&, const world::Closing& c) override {
    trace += 'x';
    closing = c;
  }
};

struct Acceptor : world::AcceptHandler {
  Peer* peer;
  void on_accept(Stream& s) override { s.set_handler(*peer); }
};

class SimLoopTest : public testing::Test {
 protected:
  SimLoop loop{Instant(std::chrono::seconds(1'800'000'000))};
  Peer client, server;
  Acceptor acceptor;
  void SetUp() override {
    acceptor.peer = &server;
    ASSERT_TRUE(loop.listen(kHost, {}, acceptor));
  }
  void dial(std::shared_ptr<const world::TlsClientOptions> tls = nullptr) { loop.dial(kHost, {std::chrono::seconds(3), std::move(tls)}, client); }
};

TEST_F(SimLoopTest, EchoesAndEndsInOrder) {
  client.say = "hello";
  server.echo = true;
  dial();
  EXPECT_EQ(client.trace, "");
  loop.run();
  EXPECT_EQ(client.received, "hello");
  EXPECT_EQ(client.trace, "ofx");
  EXPECT_EQ(server.trace, "ofx");
  EXPECT_EQ(loop.streams(), 0u);
}

TEST_F(SimLoopTest, FailsAsTheRealOneDoes) {
  using Connect = HostBehaviour::Connect;
  const std::pair<Connect, CloseReason> cases[] = {{Connect::refuses, CloseReason::refused},
                                                   {Connect::drops, CloseReason::timed_out},
                                                   {Connect::unreachable, CloseReason::unreachable}};
  for (const auto& [connect, reason] : cases) {
    SimLoop own(Instant{});
    Peer peer;
    own.set_host(kHost, {.connect = connect, .certificate = {}});
    own.dial(kHost, {std::chrono::seconds(3), nullptr}, peer);
    own.run();
    EXPECT_EQ(peer.closing.reason, reason);
    EXPECT_EQ(peer.trace, "x");
  }
}

TEST_F(SimLoopTest, DeadlinesPassWithoutWaiting) {
  HostBehaviour silent;
  silent.handshake_silent = true;
  loop.set_host(kHost, silent);
  dial(std::make_shared<world::TlsClientOptions>());
  loop.run();
  EXPECT_EQ(client.closing.reason, CloseReason::timed_out);
  EXPECT_EQ(loop.tick().time_since_epoch(), std::chrono::seconds(3));
}

TEST_F(SimLoopTest, ADatagramIsAnsweredOrEndsAtItsDeadline) {
  loop.set_datagrams(kHost, [](std::string_view bytes) { return std::optional(std::string(bytes) + "!"); });
  std::vector<world::Datagram> seen;
  const auto ask = [&](const Address& peer, std::string_view wanted) {
    loop.ask(peer, "ping", std::chrono::seconds(2), [wanted](std::string_view bytes) { return bytes == wanted; },
             [&](world::Datagram datagram) { seen.push_back(std::move(datagram)); });
    loop.run();
  };
  ask(kHost, "ping!");
  ask(kHost, "something else");
  ask(Address{world::Family::ipv4, {10, 0, 0, 9}, 53}, "ping!");
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].bytes, "ping!");
  EXPECT_EQ(seen[0].error, "");
  EXPECT_EQ(seen[1].error, "ETIMEOUT");
  EXPECT_EQ(seen[2].took, std::chrono::seconds(2));
}

TEST_F(SimLoopTest, TimersKeepTheirOrder) {
  std::string order;
  loop.after(std::chrono::seconds(2), [&] { order += 'c'; });
  loop.after(std::chrono::seconds(1), [&] { order += 'a'; });
  const auto cancelled = loop.after(std::chrono::seconds(1), [&] { order += '!'; });
  loop.after(std::chrono::seconds(1), [&] { order += 'b'; });
  loop.cancel(cancelled);
  loop.run();
  EXPECT_EQ(order, "abc");
}

TEST_F(SimLoopTest, AResetReachesTheOtherSide) {
  HostBehaviour sick;
  sick.resets_data = true;
  loop.set_host(kHost, sick);
  client.say = "data";
  dial();
  loop.run();
  EXPECT_EQ(client.closing.reason, CloseReason::reset);
  EXPECT_EQ(server.received, "");
}

}  // namespace
}  // namespace locksmith::sim
