// What a loop leaves of the process's descriptors, on both kinds of loop.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <memory>

#include "host/descriptors.h"
#include "host/uring_loop.h"

namespace locksmith::host {
namespace {

struct Noted : world::StreamHandler {
  bool closed = false;
  world::Closing closing;
  void on_open(world::Stream&) override {}
  void on_bytes(world::Stream&, std::string_view) override {}
  void on_drained(world::Stream&) override {}
  void on_closed(world::Stream&, const world::Closing& c) override {
    closed = true;
    closing = c;
  }
};

struct Keeper : world::AcceptHandler {
  std::deque<Noted> accepted;
  void on_accept(world::Stream& stream) override { stream.set_handler(accepted.emplace_back()); }
};

class Bounds : public testing::TestWithParam<bool> {
 protected:
  void listen() {
    const auto bound = loop->listen({world::Family::ipv4, {127, 0, 0, 1}, 0}, {}, keeper);
    ASSERT_TRUE(bound);
    address = *bound;
  }
  void run_until_closed(const Noted& client) {
    bool late = false;
    const world::TimerId limit = loop->after(5s, [&late] { late = true; });
    look(client, late);
    loop->run();
    loop->cancel(limit);
    EXPECT_FALSE(late);
  }

  Keeper keeper;
  std::array<Noted, 3> clients;
  world::Address address;
  std::unique_ptr<EpollLoop> loop = make_loop(GetParam());

 private:
  void look(const Noted& client, const bool& late) {
    if (client.closed || late) return loop->stop();
    loop->after(1ms, [this, &client, &late] { look(client, late); });
  }
};

TEST_P(Bounds, AConnectionBeyondTheBoundIsClosedAtOnce) {
  loop->bound({.connections = 2});
  listen();
  for (Noted& client : clients) loop->dial(address, {5s}, client);
  run_until_closed(clients[2]);
  EXPECT_EQ(keeper.accepted.size(), 2U);
  EXPECT_FALSE(clients[0].closed || clients[1].closed);
}

TEST_P(Bounds, DescriptorsAboveTheBoundAreLeftToOthers) {
  listen();
  // One for the first client; none for the gateway's end of it, nor for a second.
  loop->bound({.descriptors = next_descriptor().value() + 1});
  loop->dial(address, {5s}, clients[0]);
  loop->dial(address, {5s}, clients[1]);
  run_until_closed(clients[1]);
  EXPECT_EQ(clients[1].closing.detail, "EMFILE");
  run_until_closed(clients[0]);
  EXPECT_EQ(keeper.accepted.size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(OfBothLoops, Bounds, testing::Bool());

TEST(Descriptors, TheSoftLimitIsRaisedToTheHardOne) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit lower = before;
  lower.rlim_cur = std::min<rlim_t>(before.rlim_max, 256);
  setrlimit(RLIMIT_NOFILE, &lower);
  const int most = raise_descriptor_limit();
  rlimit after{};
  getrlimit(RLIMIT_NOFILE, &after);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  EXPECT_EQ(static_cast<rlim_t>(most), std::min<rlim_t>(before.rlim_max, std::numeric_limits<int>::max()));
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(Descriptors, WhereNoneIsLeftThereIsNoNextOne) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int next = next_descriptor().value();
  rlimit full = before;
  full.rlim_cur = static_cast<rlim_t>(next);
  setrlimit(RLIMIT_NOFILE, &full);
  EXPECT_EQ(next_descriptor(), std::nullopt);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(next_descriptor(), next);
}

}  // namespace
}  // namespace locksmith::host
