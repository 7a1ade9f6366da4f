#include "upstream/target.h"
#include "vocabulary/no_proxy.h"

#include <gtest/gtest.h>

namespace locksmith::upstream {
namespace {

TEST(Target, TakesABaseUrlApart) {
  const auto t = parse_target("HTTPS://API.Example.com:8443/anthropic//?x#y");
  ASSERT_TRUE(t);
  EXPECT_TRUE(t->tls);
  EXPECT_EQ(t->host, "api.example.com");
  EXPECT_EQ(t->port, 8443);
  EXPECT_EQ(t->path_prefix, "/anthropic");
  EXPECT_EQ(t->authority(), "api.example.com:8443");
  EXPECT_EQ(parse_target("http://[::1]:8080")->authority(), "[::1]:8080");
  EXPECT_EQ(parse_target("https://api.anthropic.com")->authority(), "api.anthropic.com");
  EXPECT_EQ(parse_target(" http://localhost/ ")->port, 80);
}

TEST(Target, RefusesWhatIsNoUrl) {
  for (const char* text : {"", "api.anthropic.com", "ftp://x", "https://", "https://a b", "https://h:0", "https://h:99999",
                           "https://h:x", "https://[::1", "https://h/a b", "https://h\r\nx: y"}) {
    const auto t = parse_target(text);
    ASSERT_FALSE(t) << text;
    EXPECT_EQ(t.error().code.name(), "url_invalid");
  }
}

TEST(Proxy, IsReadAsPeopleWriteIt) {
  const auto t = parse_proxy("http://user:pa%20ss@proxy.test:3128");
  ASSERT_TRUE(t);
  EXPECT_EQ(t->user_info, "user:pa%20ss");
  EXPECT_EQ(credentials_of(*t), "user:pa ss");
  EXPECT_EQ(credentials_of(*parse_proxy("http://user:a%3a%zz%4@proxy.test")), "user:a:%zz%4");
  EXPECT_EQ(credentials_of(*parse_proxy("http://user@proxy.test")), "user:");
  EXPECT_EQ(credentials_of(*parse_proxy("http://proxy.test")), "");
  EXPECT_EQ(t->port, 3128);
  EXPECT_EQ(parse_proxy("proxy.test:3128")->host, "proxy.test");
  EXPECT_EQ(parse_proxy("socks5://127.0.0.1:1080").error().code.name(), "proxy_scheme_unsupported");
  EXPECT_EQ(parse_proxy("http://").error().code.name(), "url_invalid");
}

TEST(NoProxy, MatchesNamesAndTheirSubdomains) {
  EXPECT_TRUE(bypasses_proxy("localhost, .anthropic.com", "api.anthropic.com", 443));
  EXPECT_TRUE(bypasses_proxy("anthropic.com", "api.anthropic.com", 443));
  EXPECT_TRUE(bypasses_proxy("*.anthropic.com", "API.anthropic.com", 443));
  EXPECT_TRUE(bypasses_proxy("*", "x", 1));
  EXPECT_TRUE(bypasses_proxy("127.0.0.1:8080", "127.0.0.1", 8080));
  EXPECT_FALSE(bypasses_proxy("127.0.0.1:8080", "127.0.0.1", 9090));
  EXPECT_FALSE(bypasses_proxy("pic.com", "anthropic.com", 443));
  EXPECT_FALSE(bypasses_proxy("", "x", 1));
}

}  // namespace
}  // namespace locksmith::upstream
