// What the tests of world::Loop's contract share: a peer made of functions, and a loop of each kind over loopback sockets.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "host/certificates.h"
#include "host/epoll_loop.h"
#include "host/uring_loop.h"

namespace locksmith::host {

using world::Address;
using world::CloseReason;
using world::Closing;
using world::Stream;

constexpr Address kAnyPort{world::Family::ipv4, {127, 0, 0, 1}, 0};

// A handler made of functions; what is not set does the plain thing.
struct Peer : world::StreamHandler {
  std::function<void(Stream&)> open;
  std::function<void(Stream&, std::string_view)> bytes;
  std::function<void(Stream&)> drained;
  std::function<void(Stream&)> finished;
  std::function<void(const Closing&)> closed;

  Stream* stream = nullptr;
  std::string received;
  std::string trace;  // o: open, f: peer finished, d: drained, x: closed
  Closing closing;
  world::TlsFacts facts;

  void on_open(Stream& s) override {
    stream = &s;
    trace += 'o';
    if (open) open(s);
  }
  void on_bytes(Stream& s, std::string_view b) override {
    received += b;
    if (bytes) bytes(s, b);
  }
  void on_drained(Stream& s) override {
    trace += 'd';
    if (drained) drained(s);
  }
  void on_peer_finished(Stream& s) override {
    trace += 'f';
    if (finished) {
      finished(s);
    } else {
      s.finish();
    }
  }
  void on_closed(Stream& s, const Closing& c) override {
    trace += 'x';
    closing = c;
    if (s.tls() != nullptr) facts = *s.tls();
    stream = nullptr;
    if (closed) closed(c);
  }
};

struct Acceptor : world::AcceptHandler {
  std::vector<Peer*> peers;  // in the order in which connections come
  std::size_t next = 0;
  void on_accept(Stream& stream) override { stream.set_handler(*peers.at(next++)); }
};

template <class LoopType>
class LoopContract : public testing::Test {
 protected:
  // Where io_uring is forbidden there is no loop to test; the other implementation is then what serves, too.
  static bool is_available() {
    if constexpr (std::is_base_of_v<UringLoop, LoopType>) return UringLoop::is_available();
    return true;
  }
  std::unique_ptr<LoopType> made = is_available() ? std::make_unique<LoopType>() : nullptr;
  std::unique_ptr<EpollLoop> instead = made ? nullptr : std::make_unique<EpollLoop>();
  EpollLoop& loop = made ? *made : *instead;
  Peer client;
  Peer server;
  Acceptor acceptor;

  void SetUp() override {
    if (!made) GTEST_SKIP() << "io_uring is not allowed here";
    acceptor.peers = {&server};
    // A test that hangs says so instead of being killed.
    loop.after(20s, [this] {
      ADD_FAILURE() << "nothing ended the test; client " << client.trace << ", server " << server.trace;
      loop.stop();
    });
  }

  Address listen(world::ListenOptions options = {}) {
    const auto address = loop.listen(kAnyPort, std::move(options), acceptor);
    EXPECT_TRUE(address) << address.error().message;
    return address.value_or(kAnyPort);
  }
  Stream& dial(const Address& address, std::shared_ptr<const world::TlsClientOptions> tls = nullptr) {
    return loop.dial(address, {5s, std::move(tls)}, client);
  }
  // Runs until both sides have closed.
  void run_until_both_closed() {
    const auto check = [this](const Closing&) {
      if (client.trace.ends_with('x') && server.trace.ends_with('x')) loop.stop();
    };
    client.closed = check;
    server.closed = check;
    loop.run();
  }
  void run_until_client_closed() {
    client.closed = [this](const Closing&) { loop.stop(); };
    loop.run();
  }
};

// A quiet loop sends at once, and tests are quiet; this one gathers as a busy one does.
struct GatheringLoop final : UringLoop {
  GatheringLoop() : UringLoop(0) {}
};

using Implementations = testing::Types<EpollLoop, UringLoop, GatheringLoop>;

}  // namespace locksmith::host
