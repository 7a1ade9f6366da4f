#include "doctor/survey/outgoing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/survey/machine_for_tests.h"

namespace locksmith::doctor::survey {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class OutgoingTest : public testing::Test, protected OnAMachine {
 protected:
  std::string profiles = "/home/ada/.config/anthropic/";

  Outgoing run(ClientKind client, const std::optional<std::string>& base = {}) {
    return compose(look(client), base);
  }
  static std::vector<std::string> lines(const Outgoing& outgoing) {
    std::vector<std::string> all;
    for (const auto& [name, value] : outgoing.shown_headers()) all.push_back(name + ": " + value);
    return all;
  }
  void login(std::string config = R"({"authentication":{"type":"user_oauth"}})") {
    files.content[profiles + "configs/default.json"] = std::move(config);
    files.content[profiles + "credentials/default.json"] = R"({"access_token":")" + fake_token() + R"("})";
  }
  void federation() {
    environment.variables["ANTHROPIC_FEDERATION_RULE_ID"] = "fdrl_1";
    environment.variables["ANTHROPIC_ORGANIZATION_ID"] = "org";
    environment.variables["ANTHROPIC_IDENTITY_TOKEN"] = "head.body.sign";
  }
};

TEST_F(OutgoingTest, EachClientHasItsHeaderAndVersion) {
  environment.variables = {{"ANTHROPIC_API_KEY", fake_key()}};
  for (const ClientKind client :
       {ClientKind::claude_code, ClientKind::sdk_typescript_0, ClientKind::sdk_python_0, ClientKind::curl}) {
    EXPECT_THAT(lines(run(client)), ElementsAre("anthropic-version: 2023-06-01", "x-api-key: <api-key>"))
        << name(client);
  }
  for (const ClientKind client : {ClientKind::sdk_typescript_1, ClientKind::sdk_python, ClientKind::ant}) {
    EXPECT_THAT(lines(run(client)),
                ElementsAre("anthropic-version: 2026-10-21", "authorization: Bearer <api-key>"))
        << name(client);
  }
  EXPECT_EQ(run(ClientKind::curl).url, "https://api.anthropic.com/v1/models");
}

TEST_F(OutgoingTest, WhiteSpaceIsCutOffByOneAndRefusedByAnother) {
  environment.variables = {{"ANTHROPIC_API_KEY", " " + fake_key() + "\n"}};
  const Outgoing script = run(ClientKind::sdk_typescript_1);
  EXPECT_EQ(script.refused, Refused::no);
  EXPECT_EQ(script.header("authorization")->value.size(), fake_key().size() + 7);
  EXPECT_EQ(run(ClientKind::sdk_python).refused, Refused::header);
  EXPECT_EQ(run(ClientKind::ant).refused, Refused::header);
  environment.variables["ANTHROPIC_API_KEY"] = " \n";
  EXPECT_EQ(run(ClientKind::sdk_typescript_0).refused, Refused::no_credential);
}

TEST_F(OutgoingTest, CustomHeadersGoOutAndAreNotShown) {
  environment.variables = {
      {"ANTHROPIC_API_KEY", fake_key()},
      {"ANTHROPIC_CUSTOM_HEADERS",
       "X-Team-Secret: hunter2hunter2\nanthropic-beta: one\nauthorization: Bearer " + fake_token()}};
  EXPECT_THAT(
      lines(run(ClientKind::sdk_typescript_0)),
      ElementsAre("anthropic-version: 2023-06-01", "x-api-key: <api-key>", "x-team-secret: <14 characters>",
                  "anthropic-beta: one", "authorization: Bearer <oauth-token>"));
  environment.variables["ANTHROPIC_CUSTOM_HEADERS"] = "no name: 1";
  EXPECT_EQ(run(ClientKind::sdk_typescript_0).refused, Refused::header);
  EXPECT_EQ(run(ClientKind::ant).refused, Refused::no) << "the CLI does not read them";
}

TEST_F(OutgoingTest, AProfileBringsHostWorkspaceAndBeta) {
  login(
      R"({"authentication":{"type":"user_oauth"},"base_url":"https://eu.example//","workspace_id":"wrkspc_1"})");
  const Outgoing out = run(ClientKind::sdk_typescript_1);
  EXPECT_EQ(out.url, "https://eu.example/v1/models");
  EXPECT_EQ(out.base_source, "profile:default");
  EXPECT_THAT(lines(out),
              ElementsAre("anthropic-version: 2026-10-21", "authorization: Bearer <oauth-token>",
                          "anthropic-workspace-id: wrkspc_1", "anthropic-beta: oauth-2025-04-20"));
  EXPECT_EQ(run(ClientKind::sdk_typescript_1, "http://127.0.0.1:9/").url, "http://127.0.0.1:9/v1/models");
}

TEST_F(OutgoingTest, AFileThatOthersMayReadIsRefused) {
  login();
  for (const std::uint32_t mode : {0640U, 0604U, 0620U, 0602U}) {
    files.modes[profiles + "credentials/default.json"] = mode;
    const Outgoing out = run(ClientKind::sdk_typescript_1);
    EXPECT_EQ(out.refused, Refused::profile) << mode;
    EXPECT_THAT(out.why, HasSubstr("chmod 600"));
  }
}

TEST_F(OutgoingTest, FederationSaysWhatIsMissing) {
  environment.variables = {{"ANTHROPIC_FEDERATION_RULE_ID", "fdrl_1"}};
  const Survey s = take(environment, files, Instant(), ClientKind::sdk_typescript_1);
  ASSERT_EQ(s.held.size(), 2u);
  EXPECT_THAT(s.held[1].described.note,
              HasSubstr("missing ANTHROPIC_ORGANIZATION_ID, ANTHROPIC_IDENTITY_TOKEN_FILE"));
  environment.variables["ANTHROPIC_ORGANIZATION_ID"] = "org";
  EXPECT_EQ(run(ClientKind::sdk_typescript_1).refused, Refused::profile);
  federation();
  const Outgoing whole = run(ClientKind::sdk_typescript_1);
  EXPECT_EQ(whole.token_url, "https://api.anthropic.com/v1/oauth/token");
  EXPECT_THAT(lines(whole), Contains("authorization: Bearer <federated-token>"));
}

TEST_F(OutgoingTest, TheMajorsDifferInWhatComesFirst) {
  login();
  federation();
  EXPECT_EQ(run(ClientKind::sdk_typescript_0).token_url, "") << "0.x: the profile's file";
  EXPECT_NE(run(ClientKind::sdk_typescript_1).token_url, "") << "1.x: complete federation";
  EXPECT_NE(run(ClientKind::sdk_python).token_url, "");
  environment.variables["ANTHROPIC_PROFILE"] = "absent";
  EXPECT_EQ(run(ClientKind::sdk_typescript_1).refused, Refused::profile)
      << "1.x: the named profile or nothing";
  EXPECT_NE(run(ClientKind::sdk_typescript_0).token_url, "") << "0.x: without its file, federation";
}

TEST_F(OutgoingTest, ATokenIsNotFetchedOverPlainHttp) {
  federation();
  environment.variables["ANTHROPIC_BASE_URL"] = "http://gateway.example";
  EXPECT_EQ(run(ClientKind::sdk_typescript_1).refused, Refused::profile);
  environment.variables["ANTHROPIC_BASE_URL"] = "http://localhost:8080";
  EXPECT_EQ(run(ClientKind::sdk_typescript_1).token_url, "http://localhost:8080/v1/oauth/token");
}

TEST_F(OutgoingTest, NothingShownHoldsASecret) {
  environment.variables = {{"ANTHROPIC_API_KEY", fake_key('q')},
                           {"ANTHROPIC_BASE_URL", "https://me:hunter2hunter2@gateway.example"}};
  const Outgoing out = run(ClientKind::sdk_typescript_1);
  EXPECT_EQ(out.refused, Refused::url);
  EXPECT_THAT(out.url + out.why, Not(HasSubstr("hunter2")));
  for (const OutgoingHeader& header : out.headers) EXPECT_THAT(header.shown, Not(HasSubstr("qqqq")));
}

struct Joined {
  std::string_view base, web, slash;
};

TEST(RequestUrl, EachClientJoinsInItsWay) {
  const std::vector<Joined> cases{
      {"http://h", "http://h/v1/models", "http://h/v1/models"},
      {"http://h/", "http://h/v1/models", "http://h/v1/models"},
      {"http://h//", "http://h//v1/models", "http://h//v1/models"},
      {"http://h/v1", "http://h/v1/v1/models", "http://h/v1/v1/models"},
      {"HTTP://H:80/a/../b", "http://h/b/v1/models", "HTTP://H:80/a/../b/v1/models"},
      {"http://h/a b", "http://h/a%20b/v1/models", "http://h/a b/v1/models"},
      {"https://h:443/?t=a b", "https://h/?t=a%20b%2Fv1%2Fmodels", "https://h:443/?t=a b/v1/models"},
      {"http://127.1#x", "http://127.0.0.1/", "http://127.1/v1/models"},
  };
  for (const Joined& c : cases) {
    EXPECT_EQ(join_url(c.base, "/v1/models", Join::web).text, c.web);
    EXPECT_EQ(join_url(c.base, "/v1/models", Join::slash).text, c.slash);
  }
  EXPECT_EQ(join_url("http://h/", "/v1/models", Join::text).text, "http://h//v1/models")
      << "a shell joins without a look";
}

TEST(RequestUrl, WhatIsNoAddressIsSaid) {
  for (const std::string_view base :
       {"api.anthropic.com", "", "http://a b", "http://h:99999", "http://256.1.1.1", "//h"}) {
    EXPECT_FALSE(join_url(base, "/v1/models", Join::web).is_url) << base;
  }
  for (const std::string_view base : {"ftp://h", "localhost:80", "http://u:p@h", "http://h:6000"}) {
    const RequestUrl url = join_url(base, "/v1/models", Join::web);
    EXPECT_TRUE(url.is_url) << base;
    EXPECT_FALSE(url.refusal.empty()) << base;
  }
}

TEST(HeaderText, LibrariesDiffer) {
  EXPECT_EQ(header_value("caf\u00e9", HttpLibrary::fetch).bytes->reveal(), "caf\xE9");
  EXPECT_FALSE(header_value("caf\u00e9", HttpLibrary::h11).bytes);
  EXPECT_FALSE(header_value("\u201cx\u201d", HttpLibrary::fetch).bytes);
  EXPECT_FALSE(header_value("a\x01", HttpLibrary::fetch).sendable());
  EXPECT_TRUE(header_value("a\tb", HttpLibrary::go).sendable());
  EXPECT_FALSE(header_value("a\nb", HttpLibrary::curl).bytes);
  EXPECT_EQ(trimmed_by_javascript("\u00a0\ufeff x \u2003\n"), "x");
}

}  // namespace
}  // namespace locksmith::doctor::survey
