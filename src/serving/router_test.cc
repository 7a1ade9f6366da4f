#include "serving/router.h"

#include <gtest/gtest.h>

namespace locksmith::serving {
namespace {

Router some() {
  Router router;
  const auto add = [&](std::string method, std::string pattern) {
    router.on({std::move(method), std::move(pattern), Access::everybody, Cost::probe, [](const Request&, Reply) {}});
  };
  add("GET", "/healthz");
  add("GET", "/failures/{id}");
  add("POST", "/v1/workspaces/{workspace}/keys/{key}");
  add("DELETE", "/v1/workspaces/{workspace}/keys/{key}");
  return router;
}

TEST(Router, FindsByPathThenByMethod) {
  const Router router = some();
  EXPECT_EQ(router.find("GET", "/healthz").route->pattern, "/healthz");
  EXPECT_EQ(router.find("HEAD", "/healthz").route->pattern, "/healthz");
  EXPECT_EQ(router.find("DELETE", "/v1/workspaces/a/keys/b").route->method, "DELETE");
  EXPECT_EQ(router.find("GET", "/nothing").route, nullptr);
  EXPECT_EQ(router.find("GET", "/nothing").allowed, "");
  EXPECT_EQ(router.find("PUT", "/v1/workspaces/a/keys/b").allowed, "POST, DELETE");
  EXPECT_EQ(router.find("PUT", "/healthz").allowed, "GET, HEAD");
}

TEST(Router, CapturesWhatStandsInBraces) {
  const auto found = some().find("POST", "/v1/workspaces/team-a/keys/lksid_0.1~x");
  ASSERT_NE(found.route, nullptr);
  EXPECT_EQ(found.captured[0], "team-a");
  EXPECT_EQ(found.captured[1], "lksid_0.1~x");
}

TEST(Router, APathHasOneSpelling) {
  const Router router = some();
  for (const char* const path : {"/health%7a", "//healthz", "/healthz/", "/./healthz", "/x/../healthz", "/healthz;a=b", "/Healthz", "healthz", "", "/",
                                 "/failures/", "/failures/.", "/failures/..", "/failures/a%2fb", "/failures/a\\b", "/failures/a b", "/failures/a/b", "/failures"}) {
    EXPECT_EQ(router.find("GET", path).route, nullptr) << path;
    EXPECT_EQ(router.find("GET", path).allowed, "") << path;
  }
}

TEST(RouterDeathTest, OneRouteIsThereOnce) {
  Router router = some();
  EXPECT_DEATH(router.on({"GET", "/healthz", Access::everybody, Cost::probe, {}}), "none_of");
}

}  // namespace
}  // namespace locksmith::serving
