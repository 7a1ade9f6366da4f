#include "serving/entrance.h"

#include <gtest/gtest.h>

#include <string>

namespace locksmith::serving {
namespace {

bool meant(std::string text, const std::vector<std::string>& names = {"gateway.internal"}) {
  text += "\r\n";
  wire::http1::RequestHead head;
  EXPECT_EQ(wire::http1::parse_request_head(text, head), wire::http1::Refusal::none) << text;
  return is_meant_for(head, names);
}

TEST(Entrance, KnowsItsNames) {
  for (const char* const host : {"localhost", "LOCALHOST:8788", "127.0.0.1:8788", "10.1.2.3", "[::1]:8788", "[fe80::1]", "gateway.internal", "Gateway.Internal:8788"}) {
    EXPECT_TRUE(meant("GET /status HTTP/1.1\r\nHost: " + std::string(host) + "\r\n")) << host;
  }
}

// A page of evil.test whose name was made to point here asks with its own name.
TEST(Entrance, AnotherNameIsNotMeantForIt) {
  for (const char* const host : {"evil.test", "evil.test:8788", "localhost.evil.test", "127.0.0.1.evil.test", "gateway.internal.evil.test", "xgateway.internal", "0x7f.1", "2130706433"}) {
    EXPECT_FALSE(meant("GET /status HTTP/1.1\r\nHost: " + std::string(host) + "\r\n")) << host;
  }
  EXPECT_FALSE(meant("GET http://evil.test/status HTTP/1.1\r\nHost: localhost\r\n"));
  EXPECT_TRUE(meant("GET http://localhost/status HTTP/1.1\r\nHost: localhost\r\n"));
  EXPECT_TRUE(meant("GET /status HTTP/1.0\r\n")) << "no browser speaks it";
}

TEST(Entrance, AnotherPageChangesNothing) {
  const std::string host = "Host: localhost:8788\r\n";
  EXPECT_FALSE(meant("POST /x HTTP/1.1\r\n" + host + "Origin: https://evil.test\r\n"));
  EXPECT_FALSE(meant("POST /x HTTP/1.1\r\n" + host + "Origin: null\r\n"));
  EXPECT_TRUE(meant("POST /x HTTP/1.1\r\n" + host + "Origin: http://localhost:8788\r\n"));
  EXPECT_TRUE(meant("POST /x HTTP/1.1\r\n" + host)) << "no browser, or it would say so";
}

TEST(Token, IsTakenWholeAndOnce) {
  const BearerToken token{Secret(std::string("operators-") + "token")};
  const auto who = [&](const std::vector<std::string>& values) {
    wire::http1::Fields fields;
    for (const std::string& value : values) fields.add("Authorization", value);
    return token.who(fields).has_value();
  };
  EXPECT_TRUE(who({"Bearer operators-token"}));
  EXPECT_TRUE(who({"bearer  operators-token "}));
  EXPECT_FALSE(who({}));
  EXPECT_FALSE(who({"Bearer operators-toke"}));
  EXPECT_FALSE(who({"Bearer operators-tokenn"}));
  EXPECT_FALSE(who({"Basic operators-token"}));
  EXPECT_FALSE(who({"Bearer "}));
  EXPECT_FALSE(who({"Bearer operators-token", "Bearer operators-token"}));
}

}  // namespace
}  // namespace locksmith::serving
