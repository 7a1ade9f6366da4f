// The contract of world::Loop, as tests that any implementation must pass. Today it runs on EpollLoop over loopback
// sockets; a simulated loop is added as another line of INSTANTIATE_TYPED_TEST_SUITE_P.
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
#include "vocabulary/limits.h"

namespace locksmith::host {
namespace {

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
  LoopType loop;
  Peer client;
  Peer server;
  Acceptor acceptor;

  void SetUp() override {
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

// --- TLS ---------------------------------------------------------------------------------------------------------------

struct Certificates {
  Instant now = RealClock().now();
  PrivateCa ca{"Test CA", now - 24h, now + 24h};
  std::string ca_file;

  Certificates() {
    char path[] = "/tmp/locksmith-ca-XXXXXX";
    ::close(mkstemp(path));
    ca_file = path;
    std::ofstream(ca_file) << ca.pem();
  }
  ~Certificates() { ::unlink(ca_file.c_str()); }

  CertificateRequest request() const { return {"server", {"localhost", "127.0.0.1"}, now - 1h, now + 1h}; }
  static std::shared_ptr<world::TlsServerOptions> serve(IssuedCertificate issued) {
    auto options = std::make_shared<world::TlsServerOptions>();
    options->certificate_pem = std::move(issued.certificate_pem);
    options->key_pem = std::move(issued.key_pem);
    options->alpn = {"h2", "http/1.1"};
    return options;
  }
  std::shared_ptr<world::TlsClientOptions> trust(std::string name = "localhost") const {
    auto options = std::make_shared<world::TlsClientOptions>();
    options->server_name = std::move(name);
    options->ca_file = ca_file;
    options->ca_replaces_system = true;
    options->alpn = {"http/1.1"};
    return options;
  }
};

TYPED_TEST_P(LoopContract, TlsEchoesAndTellsItsFacts) {
  const Certificates certificates;
  const std::string large(3 * 1024 * 1024, 'y');
  this->server.bytes = [](Stream& s, std::string_view b) { s.write(b); };
  this->client.open = [&](Stream& s) {
    s.write(large);
    s.finish();
  };
  this->dial(this->listen({Certificates::serve(certificates.ca.issue(certificates.request()))}), certificates.trust());
  this->run_until_both_closed();
  EXPECT_TRUE(this->client.received == large);
  EXPECT_EQ(this->client.closing.reason, CloseReason::finished);
  EXPECT_EQ(this->server.closing.reason, CloseReason::finished);
  const world::TlsFacts& facts = this->client.facts;
  EXPECT_EQ(facts.protocol, "TLSv1.3");
  EXPECT_NE(facts.cipher, "");
  EXPECT_EQ(facts.alpn, "http/1.1");
  EXPECT_EQ(facts.subject, "CN=server");
  EXPECT_EQ(facts.issuer, "CN=Test CA");
  EXPECT_EQ(facts.root_subject, "CN=Test CA");
  EXPECT_EQ(facts.dns_names, (std::vector<std::string>{"localhost", "127.0.0.1"}));
  EXPECT_TRUE(facts.verified);
  EXPECT_EQ(facts.verify_error, "");
  EXPECT_EQ(std::chrono::floor<std::chrono::seconds>(certificates.now + 1h), facts.not_after);
}

TYPED_TEST_P(LoopContract, TlsVerifiesAnIpAddress) {
  const Certificates certificates;
  this->client.open = [](Stream& s) { s.finish(); };
  this->dial(this->listen({Certificates::serve(certificates.ca.issue(certificates.request()))}),
             certificates.trust("127.0.0.1"));
  this->run_until_both_closed();
  EXPECT_EQ(this->client.trace, "ofx");
  EXPECT_TRUE(this->client.facts.verified);
}

TYPED_TEST_P(LoopContract, TlsRefusesAndTellsWhatItSaw) {
  const Certificates certificates;
  struct Case {
    const char* name;
    IssuedCertificate certificate;
    std::string server_name;
    long code;
    std::string detail;
  };
  CertificateRequest expired = certificates.request();
  expired.not_before = certificates.now - 48h;
  expired.not_after = certificates.now - 24h;
  CertificateRequest other = certificates.request();
  other.names = {"elsewhere.test"};
  Case cases[] = {
      {"self-signed", make_self_signed(certificates.request()), "localhost", 18, "self-signed certificate"},
      {"expired", certificates.ca.issue(expired), "localhost", 10, "certificate has expired"},
      {"wrong name", certificates.ca.issue(other), "localhost", 62, "hostname mismatch"},
  };
  for (Case& one : cases) {
    SCOPED_TRACE(one.name);
    Peer accepted;
    Peer dialled;
    this->acceptor.peers.push_back(&accepted);
    this->acceptor.next = this->acceptor.peers.size() - 1;
    dialled.closed = [this](const Closing&) { this->loop.stop(); };
    const Address address = this->listen({Certificates::serve(std::move(one.certificate))});
    this->loop.dial(address, {5s, certificates.trust(one.server_name)}, dialled);
    this->loop.run();
    EXPECT_EQ(dialled.trace, "x");
    EXPECT_EQ(dialled.closing.reason, CloseReason::tls_failed);
    EXPECT_EQ(dialled.closing.detail, "CERTIFICATE_VERIFY_FAILED: " + one.detail);
    EXPECT_EQ(dialled.facts.verify_code, one.code);
    EXPECT_FALSE(dialled.facts.verified);
    EXPECT_EQ(dialled.facts.subject, "CN=server");
    EXPECT_EQ(dialled.facts.protocol, "TLSv1.3");
    this->loop.stop_listening();
    if (accepted.stream != nullptr || !accepted.trace.ends_with('x')) {
      accepted.closed = [this](const Closing&) { this->loop.stop(); };
      this->loop.run();
    }
    EXPECT_EQ(accepted.trace, "x");
    EXPECT_EQ(accepted.closing.reason, CloseReason::tls_failed);
  }
}

TYPED_TEST_P(LoopContract, AnUnverifiedPeerIsLookedAtButSentNothing) {
  const Certificates certificates;
  auto options = std::make_shared<world::TlsClientOptions>(*certificates.trust());
  options->verify = false;
  this->client.open = [](Stream& s) { s.write("secret"); };
  this->dial(this->listen({Certificates::serve(make_self_signed(certificates.request()))}), options);
  this->run_until_both_closed();
  EXPECT_EQ(this->client.trace, "ox");
  EXPECT_EQ(this->client.facts.verify_code, 18);
  EXPECT_EQ(this->client.closing.reason, CloseReason::failed);
  EXPECT_EQ(this->server.received, "");
}

TYPED_TEST_P(LoopContract, AnOpenStreamIsUpgradedToTls) {
  const Certificates certificates;
  // A proxy: it answers the first line, then carries bytes both ways to the TLS server.
  Peer inner;  // the TLS server
  Acceptor inner_acceptor;
  inner_acceptor.peers = {&inner};
  inner.bytes = [](Stream& s, std::string_view b) {
    s.write(b);
    s.finish();
  };
  const auto inner_address = this->loop.listen(
      kAnyPort, {Certificates::serve(certificates.ca.issue(certificates.request()))}, inner_acceptor);
  ASSERT_TRUE(inner_address);
  Peer onward;  // the proxy's own connection to it
  onward.bytes = [this](Stream&, std::string_view b) { this->server.stream->write(b); };
  onward.finished = [this](Stream& s) {
    this->server.stream->finish();
    s.finish();
  };
  onward.open = [this](Stream&) { this->server.stream->write("ready"); };
  Stream* onward_stream = nullptr;
  this->server.bytes = [&](Stream&, std::string_view b) {
    if (onward_stream == nullptr) {
      onward_stream = &this->loop.dial(*inner_address, {5s}, onward);
    } else if (onward.stream != nullptr) {
      onward.stream->write(b);
    }
  };
  bool upgraded = false;
  this->client.open = [&](Stream& s) {
    EXPECT_EQ(s.tls() != nullptr, upgraded);
    s.write(upgraded ? "through the tunnel" : "CONNECT");
  };
  this->client.bytes = [&](Stream& s, std::string_view b) {
    if (upgraded) return;
    EXPECT_EQ(b, "ready");
    upgraded = true;
    this->client.received.clear();
    this->loop.start_tls(s, certificates.trust(), 5s);
  };
  this->dial(this->listen());
  this->run_until_client_closed();
  EXPECT_EQ(this->client.trace, "oofx");
  EXPECT_EQ(this->client.received, "through the tunnel");
}

TYPED_TEST_P(LoopContract, AnEndWithoutCloseNotifyIsTruncation) {
  const Certificates certificates;
  // The plain TCP proxy in front cuts the connection with a bare FIN after the first answer.
  Peer inner;
  Acceptor inner_acceptor;
  inner_acceptor.peers = {&inner};
  inner.bytes = [](Stream& s, std::string_view b) { s.write(b); };
  const auto inner_address = this->loop.listen(
      kAnyPort, {Certificates::serve(certificates.ca.issue(certificates.request()))}, inner_acceptor);
  ASSERT_TRUE(inner_address);
  Peer onward;
  onward.bytes = [this](Stream&, std::string_view b) { this->server.stream->write(b); };
  std::string early;
  onward.open = [&](Stream& s) { s.write(early); };
  this->server.open = [&](Stream&) { this->loop.dial(*inner_address, {5s}, onward); };
  this->server.bytes = [&](Stream&, std::string_view b) {
    if (onward.stream != nullptr) {
      onward.stream->write(b);
    } else {
      early += b;
    }
  };
  this->client.open = [](Stream& s) { s.write("hello"); };
  this->client.bytes = [this](Stream&, std::string_view) { this->server.stream->finish(); };
  this->dial(this->listen(), certificates.trust());
  this->run_until_client_closed();
  EXPECT_EQ(this->client.received, "hello");
  EXPECT_EQ(this->client.closing.reason, CloseReason::truncated);
}

TYPED_TEST_P(LoopContract, APlainServerIsNoTlsServer) {
  this->server.bytes = [](Stream& s, std::string_view) { s.write("HTTP/1.1 400 Bad Request\r\n\r\n"); };
  auto options = std::make_shared<world::TlsClientOptions>();
  options->server_name = "localhost";
  this->dial(this->listen(), options);
  this->run_until_client_closed();
  EXPECT_EQ(this->client.closing.reason, CloseReason::tls_failed);
  EXPECT_EQ(this->client.closing.detail, "WRONG_VERSION_NUMBER");
}

TYPED_TEST_P(LoopContract, AServerCertificateThatIsNoneIsTold) {
  auto options = std::make_shared<world::TlsServerOptions>();
  options->certificate_file = "/nonexistent/server.pem";
  EXPECT_EQ(this->loop.listen(kAnyPort, {options}, this->acceptor).error().code.name(), "certificate_unreadable");
  auto text = std::make_shared<world::TlsServerOptions>();
  text->certificate_pem = "no certificate";
  EXPECT_EQ(this->loop.listen(kAnyPort, {text}, this->acceptor).error().code.name(), "certificate_unreadable");
}

TYPED_TEST_P(LoopContract, ACaFileThatIsNoneIsTold) {
  auto options = std::make_shared<world::TlsClientOptions>();
  options->server_name = "localhost";
  options->ca_file = "/nonexistent/ca.pem";
  this->dial(this->listen(), options);
  this->run_until_client_closed();
  EXPECT_EQ(this->client.closing.reason, CloseReason::tls_failed);
  EXPECT_NE(this->client.closing.detail.find("CA_FILE_UNREADABLE"), std::string::npos);
}

REGISTER_TYPED_TEST_SUITE_P(LoopContract, EchoesAndEndsInOrder, KeepsWhatIsWrittenBeforeItIsOpen,
                            HalfOpenStreamsStillCarryTheOtherWay, AbortIsSeenAsAReset,
                            AbortBeforeOpenClosesWithoutOpening, AnAnswerBeforeAResetIsStillRead,
                            ARefusedConnectionSaysSo, ADialEndsAtItsDeadline,
                            LargeTransfersArriveWholeWithBackPressure, TimersFireInOrderAndNotWhenCancelled,
                            PostRunsOnTheLoopsThread, ResolvesLiteralsWithoutALookUp,
                            ANameThatDoesNotExistIsAnError, LocalhostResolves, AnAddressThatIsTakenSaysSo,
                            TlsEchoesAndTellsItsFacts, TlsVerifiesAnIpAddress, TlsRefusesAndTellsWhatItSaw,
                            AnUnverifiedPeerIsLookedAtButSentNothing, AnOpenStreamIsUpgradedToTls,
                            AnEndWithoutCloseNotifyIsTruncation, APlainServerIsNoTlsServer, AServerCertificateThatIsNoneIsTold,
                            ACaFileThatIsNoneIsTold);

using Implementations = testing::Types<EpollLoop>;
INSTANTIATE_TYPED_TEST_SUITE_P(Host, LoopContract, Implementations);

}  // namespace
}  // namespace locksmith::host
