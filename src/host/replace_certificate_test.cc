// A listener's certificate is replaced while it listens: world::Loop::replace_certificate on the real loop.
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "host/certificates.h"
#include "host/epoll_loop.h"

namespace locksmith::host {
namespace {

// Ends itself as soon as it is open, and says whose certificate it saw.
struct Looker : world::StreamHandler {
  std::string subject;
  std::function<void()> closed = [] {};
  void on_open(world::Stream& stream) override { stream.finish(); }
  void on_bytes(world::Stream&, std::string_view) override {}
  void on_drained(world::Stream&) override {}
  void on_closed(world::Stream& stream, const world::Closing&) override {
    if (stream.tls() != nullptr) subject = stream.tls()->subject;
    closed();
  }
};

struct Accepting : world::AcceptHandler {
  std::deque<Looker> accepted;
  void on_accept(world::Stream& stream) override { stream.set_handler(accepted.emplace_back()); }
};

class ReplaceCertificate : public testing::Test {
 protected:
  std::shared_ptr<world::TlsServerOptions> named(const std::string& name) const {
    auto issued = ca_.issue({name, {"localhost"}, now_ - 1h, now_ + 1h});
    auto options = std::make_shared<world::TlsServerOptions>();
    options->certificate_pem = std::move(issued.certificate_pem);
    options->key_pem = std::move(issued.key_pem);
    return options;
  }
  // Whose certificate the next client sees.
  std::string served(const world::Address& address) {
    auto tls = std::make_shared<world::TlsClientOptions>();
    tls->server_name = "localhost";
    tls->verify = false;
    Looker looker;
    looker.closed = [this] { loop_.stop(); };
    loop_.dial(address, {5s, tls}, looker);
    loop_.run();
    return looker.subject;
  }

  EpollLoop loop_;
  Instant now_ = loop_.now();
  PrivateCa ca_{"Test CA", now_ - 1h, now_ + 1h};
  Accepting acceptor_;
  world::Address any_ = *world::parse_address("127.0.0.1:0");
};

TEST_F(ReplaceCertificate, TheNextHandshakeUsesTheNewOneAndABadPairIsNotTaken) {
  const auto address = loop_.listen(any_, {.tls = named("first")}, acceptor_);
  ASSERT_TRUE(address);
  EXPECT_EQ(served(*address), "CN=first");
  ASSERT_TRUE(loop_.replace_certificate(named("second")));
  EXPECT_EQ(served(*address), "CN=second");
  auto wrong = named("third");
  wrong->key_pem = std::move(named("fourth")->key_pem);
  EXPECT_EQ(loop_.replace_certificate(wrong).error().code.name(), "certificate_unreadable");
  EXPECT_EQ(served(*address), "CN=second");
}

TEST_F(ReplaceCertificate, APlainListenerStaysPlainAndThePairIsLookedAtAllTheSame) {
  const auto address = loop_.listen(any_, {}, acceptor_);
  ASSERT_TRUE(address);
  EXPECT_TRUE(loop_.replace_certificate(named("first")));
  auto wrong = named("second");
  wrong->certificate_pem = "no certificate";
  EXPECT_FALSE(loop_.replace_certificate(wrong));
  EXPECT_EQ(served(*address), "");
}

}  // namespace
}  // namespace locksmith::host
