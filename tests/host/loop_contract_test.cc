// The contract of world::Loop, as tests that every implementation must pass: plain streams, timers, look-ups.
#include <sys/resource.h>

#include "loop_contract.h"

namespace locksmith::host {
namespace {

TYPED_TEST_SUITE_P(LoopContract);

TYPED_TEST_P(LoopContract, EchoesAndEndsInOrder) {
  this->server.bytes = [](Stream& s, std::string_view b) { s.write(b); };
  this->client.open = [](Stream& s) {
    s.write("hello ");
    s.write("world");
    s.finish();
  };
  const Address address = this->listen();
  EXPECT_NE(address.port, 0);
  Stream& stream = this->dial(address);
  EXPECT_EQ(this->client.trace, "");  // never from within dial()
  EXPECT_EQ(stream.peer(), address);
  this->run_until_both_closed();
  EXPECT_EQ(this->client.received, "hello world");
  // A loop that sends at the end of its turn keeps everything for so long, and tells when it is out.
  std::erase(this->client.trace, 'd');
  std::erase(this->server.trace, 'd');
  EXPECT_EQ(this->client.trace, "ofx");
  EXPECT_EQ(this->server.trace, "ofx");
  EXPECT_EQ(this->client.closing.reason, CloseReason::finished);
  EXPECT_EQ(this->server.closing.reason, CloseReason::finished);
}

TYPED_TEST_P(LoopContract, KeepsWhatIsWrittenBeforeItIsOpen) {
  this->server.bytes = [](Stream& s, std::string_view) { s.finish(); };
  this->dial(this->listen()).write("early");
  this->run_until_both_closed();
  EXPECT_EQ(this->server.received, "early");
}

TYPED_TEST_P(LoopContract, HalfOpenStreamsStillCarryTheOtherWay) {
  this->server.finished = [this](Stream& s) {
    this->loop.after(10ms, [&s] {
      s.write("late answer");
      s.finish();
    });
  };
  this->client.open = [](Stream& s) { s.finish(); };
  this->dial(this->listen());
  this->run_until_both_closed();
  EXPECT_EQ(this->client.received, "late answer");
  EXPECT_EQ(this->client.closing.reason, CloseReason::finished);
}

TYPED_TEST_P(LoopContract, AbortIsSeenAsAReset) {
  this->server.bytes = [](Stream& s, std::string_view) {
    s.abort();
    s.write("ignored");
  };
  this->client.open = [](Stream& s) { s.write("x"); };
  this->dial(this->listen());
  this->run_until_both_closed();
  EXPECT_EQ(this->server.closing.reason, CloseReason::aborted);
  EXPECT_EQ(this->client.closing.reason, CloseReason::reset);
  EXPECT_EQ(this->client.closing.detail, "ECONNRESET");
  EXPECT_EQ(this->client.received, "");
}

TYPED_TEST_P(LoopContract, AbortBeforeOpenClosesWithoutOpening) {
  this->dial(this->listen()).abort();
  EXPECT_EQ(this->client.trace, "");  // not from within abort()
  this->run_until_client_closed();
  EXPECT_EQ(this->client.trace, "x");
}

TYPED_TEST_P(LoopContract, AnAnswerBeforeAResetIsStillRead) {
  // A server that refuses a large request answers and closes while the client still sends.
  this->server.bytes = [](Stream& s, std::string_view) {
    s.pause_reading();
    s.write("413");
    s.finish();
  };
  this->server.closed = [](const Closing&) {};
  this->client.open = [](Stream& s) { s.write(std::string(8 * 1024 * 1024, 'x')); };
  this->client.bytes = [this](Stream&, std::string_view) {
    this->loop.after(20ms, [this] { if (this->server.stream != nullptr) this->server.stream->abort(); });
  };
  this->client.finished = [](Stream&) {};
  this->dial(this->listen());
  this->run_until_client_closed();
  EXPECT_EQ(this->client.received, "413");
  EXPECT_EQ(this->client.closing.reason, CloseReason::reset);
}

// As when a gateway is told a second time to end: its loop has stopped, and another thread lets go of all that was open.
TYPED_TEST_P(LoopContract, ManyStreamsAreAbortedAfterTheLoopHasStopped) {
  constexpr std::size_t kPairs = 1200;  // more than io_uring's queue takes at once
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  if (descriptors.rlim_cur < 2 * kPairs + 100) GTEST_SKIP() << "too few descriptors are allowed here";
  std::vector<Peer> servers(kPairs);
  std::vector<Peer> clients(kPairs);
  this->acceptor.peers.clear();
  for (Peer& each : servers) this->acceptor.peers.push_back(&each);
  const Address address = this->listen();
  std::size_t open = 0;
  const std::function<void(Stream&)> count = [&](Stream&) {
    if (++open == 2 * kPairs) return this->loop.stop();
    if (open % 2 == 0) this->loop.dial(address, {5s}, clients[open / 2]);
  };
  for (Peer& each : servers) each.open = count;
  for (Peer& each : clients) each.open = count;
  this->loop.dial(address, {5s}, clients[0]);
  std::thread([this] { this->loop.run(); }).join();
  ASSERT_EQ(open, 2 * kPairs);
  for (Peer& each : servers) each.stream->abort();
}

TYPED_TEST_P(LoopContract, ARefusedConnectionSaysSo) {
  const Address address = this->listen();
  this->loop.stop_listening();
  this->dial(address);
  this->run_until_client_closed();
  EXPECT_EQ(this->client.trace, "x");
  EXPECT_EQ(this->client.closing.reason, CloseReason::refused);
  EXPECT_EQ(this->client.closing.detail, "ECONNREFUSED");
}

TYPED_TEST_P(LoopContract, ADialEndsAtItsDeadline) {
  // A TLS server that never speaks: the connection stands, the handshake does not come.
  this->server.bytes = [](Stream&, std::string_view) {};
  auto tls = std::make_shared<world::TlsClientOptions>();
  tls->server_name = "localhost";
  this->loop.dial(this->listen(), {50ms, tls}, this->client);
  const Tick begin = this->loop.tick();
  this->run_until_client_closed();
  EXPECT_EQ(this->client.closing.reason, CloseReason::timed_out);
  EXPECT_EQ(this->client.closing.detail, "ETIMEDOUT: the TLS handshake");
  EXPECT_GE(this->loop.tick() - begin, 50ms);
}

TYPED_TEST_P(LoopContract, LargeTransfersArriveWholeWithBackPressure) {
  const std::size_t total = 24 * 1024 * 1024;
  std::string block(1024 * 1024, '\0');
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<char>(i * 31 >> 3);
  std::size_t sent = 0;
  std::size_t most_kept = 0;
  const auto send_more = [&](Stream& s) {
    while (sent < total && s.unsent() == 0) {
      s.write(block);
      sent += block.size();
      most_kept = std::max(most_kept, s.unsent());
    }
    if (sent == total && s.unsent() == 0) s.finish();
  };
  this->client.open = send_more;
  this->client.drained = send_more;
  int pauses = 0;
  this->server.bytes = [&](Stream& s, std::string_view) {
    if (this->server.received.size() / (4 * 1024 * 1024) <= static_cast<std::size_t>(pauses)) return;
    ++pauses;
    s.pause_reading();
    const std::size_t before = this->server.received.size();
    this->loop.after(5ms, [this, &s, before] {
      EXPECT_EQ(this->server.received.size(), before) << "bytes came while reading was paused";
      s.resume_reading();
    });
  };
  this->dial(this->listen());
  this->run_until_both_closed();
  ASSERT_EQ(this->server.received.size(), total);
  for (std::size_t i = 0; i < total; i += block.size()) {
    ASSERT_EQ(std::string_view(this->server.received).substr(i, block.size()), block);
  }
  EXPECT_GE(pauses, 5);
  EXPECT_LE(most_kept, block.size());
}

TYPED_TEST_P(LoopContract, APausedStreamMakesItsPeerWait) {
  constexpr std::size_t kMuch = 64 * 1024 * 1024;  // more than any socket buffers on the way
  std::size_t taken = 0;
  this->server.open = [](Stream& s) { s.pause_reading(); };
  this->client.open = [&](Stream& s) {
    const std::string piece(1024 * 1024, 'x');
    for (std::size_t i = 0; i < kMuch / piece.size(); ++i) s.write(piece);
    this->loop.after(300ms, [&] {
      taken = kMuch - this->client.stream->unsent();
      this->server.stream->resume_reading();
      this->client.stream->finish();
    });
  };
  this->dial(this->listen());
  this->run_until_both_closed();
  EXPECT_LT(taken, kMuch / 2);
  EXPECT_EQ(this->server.received.size(), kMuch);
}

TYPED_TEST_P(LoopContract, TimersFireInOrderAndNotWhenCancelled) {
  std::string order;
  this->loop.after(20ms, [&] { order += 'c'; });
  this->loop.after(5ms, [&] { order += 'a'; });
  this->loop.after(5ms, [&] { order += 'b'; });
  const auto cancelled = this->loop.after(10ms, [&] { order += '!'; });
  this->loop.cancel(cancelled);
  this->loop.cancel(cancelled);
  this->loop.after(0ms, [&] { this->loop.after(0ms, [&] { order += '0'; }); });
  this->loop.after(30ms, [&] { this->loop.stop(); });
  const Tick begin = this->loop.tick();
  this->loop.run();
  EXPECT_EQ(order, "0abc");
  EXPECT_GE(this->loop.tick() - begin, 30ms);
}

TYPED_TEST_P(LoopContract, PostRunsOnTheLoopsThread) {
  std::vector<int> seen;
  const auto own = std::this_thread::get_id();
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) {
      this->loop.post([&, i] {
        EXPECT_EQ(std::this_thread::get_id(), own);
        seen.push_back(i);
      });
    }
    this->loop.stop();
  });
  this->loop.run();
  other.join();
  if (seen.size() < 100) {  // stop() may overtake the last of them
    this->loop.post([this] { this->loop.stop(); });
    this->loop.run();
  }
  ASSERT_EQ(seen.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TYPED_TEST_P(LoopContract, ResolvesLiteralsWithoutALookUp) {
  int calls = 0;
  const auto expect = [&](std::string host, world::Family family, std::string address, std::string error) {
    this->loop.resolve(std::move(host), 443, family, 1s, [&, address, error](world::Resolution result) {
      EXPECT_EQ(result.error, error);
      EXPECT_EQ(result.addresses.empty() ? "" : to_string(result.addresses.front()), address);
      if (++calls == 3) this->loop.stop();
    });
  };
  expect("127.0.0.1", world::Family::any, "127.0.0.1:443", "");
  expect("[::1]", world::Family::ipv6, "[::1]:443", "");
  expect("::1", world::Family::ipv4, "", "EAI_ADDRFAMILY");
  EXPECT_EQ(calls, 0);
  this->loop.run();
}

TYPED_TEST_P(LoopContract, ANameThatDoesNotExistIsAnError) {
  this->loop.resolve("no-such-host.invalid", 443, world::Family::any, 5s, [&](world::Resolution result) {
    EXPECT_TRUE(result.addresses.empty());
    EXPECT_NE(result.error, "");
    this->loop.stop();
  });
  this->loop.run();
}

TYPED_TEST_P(LoopContract, LocalhostResolves) {
  this->loop.resolve("localhost", 80, world::Family::any, 5s, [&](world::Resolution result) {
    EXPECT_EQ(result.error, "");
    for (const Address& address : result.addresses) EXPECT_TRUE(is_loopback(address)) << to_string(address);
    this->loop.stop();
  });
  this->loop.run();
}

TYPED_TEST_P(LoopContract, AnAddressThatIsTakenSaysSo) {
  const Address address = this->listen();
  const auto second = this->loop.listen(address, {}, this->acceptor);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code.name(), "address_in_use");
  EXPECT_NE(second.error().message.find(to_string(address)), std::string::npos);
  // TEST-NET-1 (RFC 5737) belongs to no machine.
  const auto foreign = this->loop.listen({world::Family::ipv4, {192, 0, 2, 1}, 0}, {}, this->acceptor);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code.name(), "address_not_available");
}

REGISTER_TYPED_TEST_SUITE_P(LoopContract, EchoesAndEndsInOrder, ManyStreamsAreAbortedAfterTheLoopHasStopped, KeepsWhatIsWrittenBeforeItIsOpen,
                            HalfOpenStreamsStillCarryTheOtherWay, AbortIsSeenAsAReset,
                            AbortBeforeOpenClosesWithoutOpening, AnAnswerBeforeAResetIsStillRead,
                            ARefusedConnectionSaysSo, ADialEndsAtItsDeadline,
                            LargeTransfersArriveWholeWithBackPressure, APausedStreamMakesItsPeerWait,
                            TimersFireInOrderAndNotWhenCancelled,
                            PostRunsOnTheLoopsThread, ResolvesLiteralsWithoutALookUp, ANameThatDoesNotExistIsAnError,
                            LocalhostResolves, AnAddressThatIsTakenSaysSo);

INSTANTIATE_TYPED_TEST_SUITE_P(Host, LoopContract, Implementations);

}  // namespace
}  // namespace locksmith::host
