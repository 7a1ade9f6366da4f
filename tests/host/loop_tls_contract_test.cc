// The contract of world::Loop, as tests that every implementation must pass: TLS.
#include "loop_contract.h"

namespace locksmith::host {
namespace {

template <class LoopType>
using LoopTlsContract = LoopContract<LoopType>;
TYPED_TEST_SUITE_P(LoopTlsContract);

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

TYPED_TEST_P(LoopTlsContract, TlsEchoesAndTellsItsFacts) {
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

TYPED_TEST_P(LoopTlsContract, TlsVerifiesAnIpAddress) {
  const Certificates certificates;
  this->client.open = [](Stream& s) { s.finish(); };
  this->dial(this->listen({Certificates::serve(certificates.ca.issue(certificates.request()))}),
             certificates.trust("127.0.0.1"));
  this->run_until_both_closed();
  EXPECT_EQ(this->client.trace, "ofx");
  EXPECT_TRUE(this->client.facts.verified);
}

TYPED_TEST_P(LoopTlsContract, TlsRefusesAndTellsWhatItSaw) {
  const Certificates certificates;
  struct Case {
    const char* name;
    IssuedCertificate certificate;
    std::string server_name;
    world::Distrust distrust;
    std::string detail;
  };
  CertificateRequest expired = certificates.request();
  expired.not_before = certificates.now - 48h;
  expired.not_after = certificates.now - 24h;
  CertificateRequest other = certificates.request();
  other.names = {"elsewhere.test"};
  Case cases[] = {
      {"self-signed", make_self_signed(certificates.request()), "localhost", world::Distrust::issuer, "self-signed certificate"},
      {"expired", certificates.ca.issue(expired), "localhost", world::Distrust::expired, "certificate has expired"},
      {"wrong name", certificates.ca.issue(other), "localhost", world::Distrust::name, "hostname mismatch"},
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
    EXPECT_EQ(dialled.facts.distrust, one.distrust);
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

TYPED_TEST_P(LoopTlsContract, AnUnverifiedPeerIsLookedAtButSentNothing) {
  const Certificates certificates;
  auto options = std::make_shared<world::TlsClientOptions>(*certificates.trust());
  options->verify = false;
  this->client.open = [](Stream& s) { s.write("secret"); };
  this->dial(this->listen({Certificates::serve(make_self_signed(certificates.request()))}), options);
  this->run_until_both_closed();
  EXPECT_EQ(this->client.trace, "ox");
  EXPECT_EQ(this->client.facts.distrust, world::Distrust::issuer);
  EXPECT_EQ(this->client.closing.reason, CloseReason::failed);
  EXPECT_EQ(this->server.received, "");
}

TYPED_TEST_P(LoopTlsContract, AnOpenStreamIsUpgradedToTls) {
  if constexpr (std::is_base_of_v<UringLoop, TypeParam>) GTEST_SKIP() << "only the doctor upgrades, and it uses the other loop";
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

TYPED_TEST_P(LoopTlsContract, AnEndWithoutCloseNotifyIsTruncation) {
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

TYPED_TEST_P(LoopTlsContract, APlainServerIsNoTlsServer) {
  this->server.bytes = [](Stream& s, std::string_view) { s.write("HTTP/1.1 400 Bad Request\r\n\r\n"); };
  auto options = std::make_shared<world::TlsClientOptions>();
  options->server_name = "localhost";
  this->dial(this->listen(), options);
  this->run_until_client_closed();
  EXPECT_EQ(this->client.closing.reason, CloseReason::tls_failed);
  EXPECT_EQ(this->client.closing.detail, "WRONG_VERSION_NUMBER");
}

TYPED_TEST_P(LoopTlsContract, AServerCertificateThatIsNoneIsTold) {
  auto options = std::make_shared<world::TlsServerOptions>();
  options->certificate_file = "/nonexistent/server.pem";
  EXPECT_EQ(this->loop.listen(kAnyPort, {options}, this->acceptor).error().code.name(), "certificate_unreadable");
  auto text = std::make_shared<world::TlsServerOptions>();
  text->certificate_pem = "no certificate";
  EXPECT_EQ(this->loop.listen(kAnyPort, {text}, this->acceptor).error().code.name(), "certificate_unreadable");
}

TYPED_TEST_P(LoopTlsContract, ACertificateIsReplacedForTheNextHandshakeAndABadOneIsNot) {
  const Certificates certificates;
  CertificateRequest request = certificates.request();
  const Address address = this->listen({Certificates::serve(certificates.ca.issue(request))});
  const auto subject_now = [&] {
    Peer dialled;
    this->acceptor.next = 0;
    dialled.open = [](Stream& s) { s.finish(); };
    dialled.closed = [this](const Closing&) { this->loop.stop(); };
    this->loop.dial(address, {5s, certificates.trust()}, dialled);
    this->loop.run();
    return dialled.facts.subject;
  };
  EXPECT_EQ(subject_now(), "CN=server");
  request.common_name = "renewed";
  ASSERT_TRUE(this->loop.replace_certificate(Certificates::serve(certificates.ca.issue(request))));
  EXPECT_EQ(subject_now(), "CN=renewed");
  // A key that belongs to another certificate.
  auto wrong = std::make_shared<world::TlsServerOptions>();
  wrong->certificate_pem = certificates.ca.issue(request).certificate_pem;
  wrong->key_pem = certificates.ca.issue(request).key_pem;
  EXPECT_EQ(this->loop.replace_certificate(wrong).error().code.name(), "certificate_unreadable");
  EXPECT_EQ(subject_now(), "CN=renewed");
}

TYPED_TEST_P(LoopTlsContract, ACaFileThatIsNoneIsTold) {
  auto options = std::make_shared<world::TlsClientOptions>();
  options->server_name = "localhost";
  options->ca_file = "/nonexistent/ca.pem";
  this->dial(this->listen(), options);
  this->run_until_client_closed();
  EXPECT_EQ(this->client.closing.reason, CloseReason::tls_failed);
  EXPECT_NE(this->client.closing.detail.find("CA_FILE_UNREADABLE"), std::string::npos);
}

REGISTER_TYPED_TEST_SUITE_P(LoopTlsContract, TlsEchoesAndTellsItsFacts, TlsVerifiesAnIpAddress,
                            TlsRefusesAndTellsWhatItSaw, AnUnverifiedPeerIsLookedAtButSentNothing,
                            AnOpenStreamIsUpgradedToTls, AnEndWithoutCloseNotifyIsTruncation,
                            APlainServerIsNoTlsServer, AServerCertificateThatIsNoneIsTold,
                            ACertificateIsReplacedForTheNextHandshakeAndABadOneIsNot, ACaFileThatIsNoneIsTold);

INSTANTIATE_TYPED_TEST_SUITE_P(Host, LoopTlsContract, Implementations);

}  // namespace
}  // namespace locksmith::host
