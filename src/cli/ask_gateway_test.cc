// One question to a real admin address, with the token that it asks for and without.
#include "cli/ask_gateway.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <memory>
#include <string>
#include <thread>

#include "host/epoll_loop.h"
#include "serving/server.h"

namespace locksmith::cli {
namespace {

class AskGateway : public testing::Test {
 protected:
  AskGateway() {
    serving::Router router;
    router.on({"GET", "/status", serving::Access::operators, serving::Cost::work, [](const serving::Request& request, serving::Reply reply) {
                 reply({.body = request.who != nullptr ? request.who->name : "nobody"});
               }});
    server = std::make_unique<serving::Server>(
        loop, std::move(router), serving::ServerSettings{.authenticator = std::make_shared<serving::BearerToken>(Secret(std::string(20, 't')))});
    address = server->listen(*world::parse_ip("127.0.0.1", 0), {}).value();
    thread = std::thread([this] { loop.run(); });
  }
  ~AskGateway() override {
    unsetenv("LOCKSMITH_ADMIN_TOKEN");
    loop.stop();
    thread.join();
  }
  host::EpollLoop loop;
  std::unique_ptr<serving::Server> server;
  world::Address address;
  std::thread thread;
};

TEST_F(AskGateway, SendsTheTokenOfItsVariable) {
  unsetenv("LOCKSMITH_ADMIN_TOKEN");
  const auto without = ask_gateway(to_string(address), "/status");
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code.name(), "admin_token_wanted");

  setenv("LOCKSMITH_ADMIN_TOKEN", std::string(20, 'x').c_str(), 1);
  EXPECT_EQ(ask_gateway(to_string(address), "/status").error().code.name(), "admin_token_wanted");

  setenv("LOCKSMITH_ADMIN_TOKEN", std::string(20, 't').c_str(), 1);
  const auto with = ask_gateway(to_string(address), "/status");
  ASSERT_TRUE(with) << with.error().message;
  EXPECT_EQ(with->body, "operator");
  EXPECT_EQ(ask_gateway("http://" + to_string(address), "/status").error().code.name(), "admin_token_wanted")
      << "by a URL in clear it goes nowhere: the host may be anywhere";
  EXPECT_EQ(ask_gateway("nonsense", "/status").error().code.name(), "listen_address_invalid");
}

}  // namespace
}  // namespace locksmith::cli
