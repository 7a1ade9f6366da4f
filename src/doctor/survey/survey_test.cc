#include "doctor/survey/survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "doctor/survey/dotenv.h"
#include "doctor/survey/machine_for_tests.h"

namespace locksmith::doctor::survey {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string key(char fill = 'a') {
  return fake_key(fill);
}
std::string token(char fill = 'a') {
  return fake_token(fill);
}

class SurveyTest : public testing::Test, protected OnAMachine {
 protected:
  Survey run(ClientKind client = ClientKind::any) const { return look(client); }
  static std::string winner(const Survey& s) {
    return s.winner ? s.held[*s.winner].described.source : "none";
  }
};

TEST_F(SurveyTest, NothingThereIsSaidAsUnset) {
  const Survey s = run();
  EXPECT_EQ(winner(s), "none");
  ASSERT_FALSE(s.held.empty());
  EXPECT_EQ(s.held[0].described.state, "unset");
}

TEST_F(SurveyTest, EachClientHasItsOwnOrder) {
  environment.variables = {{"ANTHROPIC_API_KEY", key()},
                           {"ANTHROPIC_AUTH_TOKEN", "gateway-token-0123456789"}};
  EXPECT_EQ(winner(run(ClientKind::sdk_typescript_1)), "env:ANTHROPIC_API_KEY");
  EXPECT_EQ(run(ClientKind::sdk_typescript_1).header, Header::bearer);
  EXPECT_EQ(winner(run(ClientKind::claude_code)), "env:ANTHROPIC_API_KEY");
  EXPECT_TRUE(run(ClientKind::claude_code).second) << "Claude Code fills both headers";
  const Survey old = run(ClientKind::sdk_typescript_0);
  EXPECT_EQ(winner(old), "env:ANTHROPIC_API_KEY");
  EXPECT_TRUE(old.second) << "0.x sends both";
  EXPECT_EQ(old.header, Header::x_api_key);
  EXPECT_THAT(old.observations, Contains("config.two-credentials"));
}

TEST_F(SurveyTest, ClaudeCodesSettingsOverrideTheShell) {
  environment.variables = {{"ANTHROPIC_API_KEY", key('b')}};
  files.content["/home/ada/.claude/settings.json"] =
      R"({"env":{"ANTHROPIC_API_KEY":")" + key('c') + R"(","ANTHROPIC_BASE_URL":"http://localhost:9/v1/"}})";
  const Survey s = run(ClientKind::claude_code);
  EXPECT_EQ(winner(s), "file:~/.claude/settings.json");
  EXPECT_THAT(s.observations, testing::IsSupersetOf({"config.copies-differ", "config.path-has-v1",
                                                     "config.trailing-slash", "config.custom-base-url"}));
  EXPECT_EQ(winner(run(ClientKind::curl)), "env:ANTHROPIC_API_KEY");
}

TEST_F(SurveyTest, AKeyWinsOverTheLogin) {
  environment.variables = {{"ANTHROPIC_API_KEY", key()}};
  files.content["/home/ada/.claude/.credentials.json"] =
      R"({"claudeAiOauth":{"accessToken":")" + token() +
      R"(","refreshToken":"x","scopes":["user:inference"],"expiresAt":1900000000000,"subscriptionType":"max"}})";
  const Survey s = run(ClientKind::claude_code);
  EXPECT_EQ(winner(s), "env:ANTHROPIC_API_KEY");
  EXPECT_THAT(s.observations, testing::IsSupersetOf({"config.two-credentials", "login.subscription"}));
  environment.variables.clear();
  const Survey without = run();
  EXPECT_EQ(winner(without), "file:~/.claude/.credentials.json");
  EXPECT_EQ(without.client, ClientKind::claude_code) << "concluded from what is there";
  EXPECT_EQ(without.header, Header::bearer_oauth);
}

TEST_F(SurveyTest, ADeclinedKeyIsSentByAScriptAndNotByASession) {
  environment.variables = {{"ANTHROPIC_API_KEY", key()}};
  files.content["/home/ada/.claude.json"] =
      R"({"customApiKeyResponses":{"rejected":[")" + key().substr(88) + R"("]}})";
  const Survey s = run(ClientKind::claude_code);
  EXPECT_EQ(winner(s), "env:ANTHROPIC_API_KEY");
  EXPECT_THAT(s.held.at(*s.winner).described.note, HasSubstr("an interactive session leaves it out"));
  EXPECT_THAT(s.observations, Contains("config.key-declined"));
}

TEST_F(SurveyTest, ExpiredLoginsAndProfiles) {
  files.content["/home/ada/.config/anthropic/active_config"] = "work\n";
  files.content["/home/ada/.config/anthropic/configs/work.json"] =
      R"({"authentication":{"type":"user_oauth"}})";
  files.content["/home/ada/.config/anthropic/credentials/work.json"] =
      R"({"access_token":")" + token() + R"(","expires_at":1700000000})";
  const Survey s = run(ClientKind::sdk_typescript_1);
  ASSERT_TRUE(s.stopped) << "the SDK fails on an expired token that it cannot renew";
  EXPECT_EQ(s.held[*s.stopped].described.source, "profile:work");
  EXPECT_LT(*s.held[*s.stopped].described.expires_in_s, 0);
  EXPECT_THAT(s.observations, Contains("config.no-refresh-token"));
}

TEST_F(SurveyTest, DotenvFillsWhatIsNotThere) {
  files.content["/home/ada/project/.env"] =
      "# keys\nexport ANTHROPIC_API_KEY=\"" + key() + "\" # mine\r\nOTHER=1\n";
  EXPECT_EQ(winner(run()), "dotenv:.env");
  environment.variables = {{"ANTHROPIC_API_KEY", key('z')}};
  const Survey s = run();
  EXPECT_EQ(winner(s), "env:ANTHROPIC_API_KEY");
  EXPECT_THAT(s.observations, testing::IsSupersetOf({"config.copies-differ", "config.dotenv-no-override"}));
  EXPECT_THAT(s.held[1].described.note, HasSubstr("does not replace it"));
  environment.variables = {{"ANTHROPIC_API_KEY", ""}};
  const Survey empty = run();
  EXPECT_EQ(winner(empty), "none") << "an empty variable is there too";
  EXPECT_THAT(empty.observations, Contains("config.dotenv-no-override"));
}

TEST_F(SurveyTest, NamesThatNobodyReads) {
  environment.variables = {{"CLAUDE_API_KEY", key()}};
  const Survey s = run();
  EXPECT_EQ(winner(s), "none");
  EXPECT_THAT(s.observations, Contains("config.key-name-differs"));
}

TEST_F(SurveyTest, WhatCannotBeReadIsARemark) {
  files.broken["/home/ada/.claude/settings.json"] = "This file cannot be read: permission denied.";
  files.content["/home/ada/project/.env"] = std::string("\0\1\2", 3) + "ANTHROPIC_API_KEY=x";
  files.content["/home/ada/.claude.json"] = "{not json";
  files.content["/home/ada/.claude/.credentials.json"] = "[]";
  files.content["/home/ada/.zshrc"] = std::string(2'000'000, '#');
  environment.variables = {{"ANTHROPIC_PROFILE", "../../etc/passwd"}};
  const Survey s = run();
  std::vector<std::string> places;
  for (const Remark& remark : s.remarks) places.push_back(remark.place);
  EXPECT_THAT(places, testing::UnorderedElementsAre("~/.claude/settings.json", ".env", "~/.claude.json",
                                                    "~/.claude/.credentials.json", "~/.zshrc"));
  ASSERT_TRUE(s.stopped);
  EXPECT_THAT(s.held[*s.stopped].problem, HasSubstr("no profile may have"));
}

TEST_F(SurveyTest, NoHomeIsSaidAndTheRestGoesOn) {
  environment.home_folder = std::nullopt;
  environment.variables = {{"ANTHROPIC_API_KEY", key()}};
  const Survey s = run();
  EXPECT_EQ(winner(s), "env:ANTHROPIC_API_KEY");
  EXPECT_EQ(s.remarks.at(0).place, "HOME");
}

TEST_F(SurveyTest, NoValueStandsInTheEvidence) {
  environment.variables = {{"ANTHROPIC_API_KEY", key('q') + "\n"},
                           {"https_proxy", "http://me:hunter2hunter2@proxy.test:3128"}};
  model::evidence::Evidence e;
  describe(run(), e);
  EXPECT_EQ(e.credentials.at(0).flaws, std::vector<std::string>{"trailing-newline"});
  EXPECT_THAT(e.settings.proxy, Not(HasSubstr("hunter2")));
  EXPECT_EQ(e.credentials[0].tail.size(), 4u);
}

TEST(Dotenv, IsReadAsLibrariesReadIt) {
  const auto found = read_assignments(
      "A=1\n B = 2 \n#C=3\nexport D='x y' # z\nE=\"a\nset -gx F g\nG=1\nG=2\nnot an assignment\nH=v # "
      "c\nI=\n");
  std::map<std::string, std::string> values;
  for (const Assignment& a : found) values[a.name] = a.value.reveal();
  const std::map<std::string, std::string> expected{{"A", "1"}, {"D", "x y"}, {"E", "\"a"}, {"F", "g"},
                                                    {"G", "2"}, {"H", "v"},   {"I", ""}};
  for (const auto& [name, value] : expected) EXPECT_EQ(values[name], value) << name;
  EXPECT_FALSE(values.contains("C"));
}

std::map<std::string, std::string> as_map(std::string_view text, Dotenv dialect) {
  std::map<std::string, std::string> values;
  for (const Assignment& a : read_assignments(text, dialect)) values[a.name] = a.value.reveal();
  return values;
}

TEST(Dotenv, EachReaderHasItsRules) {
  constexpr std::string_view kText =
      "A=\"one\" # c\nB=two # c\r\nC=three#c\nD='fo\nur'\nE=`five`\nexport F = \"x\\ny\"\nG=\"z\" tail\n";
  using Values = std::map<std::string, std::string>;
  EXPECT_EQ(as_map(kText, Dotenv::node), (Values{{"A", "one"},
                                                 {"B", "two"},
                                                 {"C", "three"},
                                                 {"D", "fo\nur"},
                                                 {"E", "five"},
                                                 {"F", "x\ny"},
                                                 {"G", "z"}}));
  EXPECT_EQ(
      as_map(kText, Dotenv::python),
      (Values{
          {"A", "one"}, {"B", "two"}, {"C", "three#c"}, {"D", "fo\nur"}, {"E", "`five`"}, {"F", "x\ny"}}));
  const Values docker = as_map(kText, Dotenv::docker);
  EXPECT_EQ(docker.at("A"), "\"one\" # c") << "docker keeps quotes and comments";
  EXPECT_EQ(docker.at("B"), "two # c");
  EXPECT_EQ(as_map("A=1\r\n", Dotenv::shell).at("A"), "1\r");
  EXPECT_TRUE(as_map(kText, Dotenv::none).empty());
}

TEST(Dotenv, LinesAreCountedAcrossQuotes) {
  const auto found = read_assignments("A='1\n2'\n\nB=3\n", Dotenv::node);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].line, 4u);
}

TEST(Dotenv, IsBounded) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "V" + std::to_string(i) + "=1\n";
  EXPECT_LE(read_assignments(text).size(), 4096u);
  EXPECT_FALSE(looks_like_text(std::string(100, '\1')));
  EXPECT_TRUE(looks_like_text(""));
}

TEST_F(SurveyTest, EveryShadowedSourceSaysWhy) {
  environment.variables = {
      {"ANTHROPIC_API_KEY", key('b')}, {"CLAUDE_CODE_OAUTH_TOKEN", token('c')}, {"CLAUDE_API_KEY", key('d')}};
  files.content["/home/ada/.claude/settings.json"] =
      R"({"apiKeyHelper":"get-key","env":{"ANTHROPIC_API_KEY":")" + key('e') + R"("}})";
  files.content["/home/ada/.claude/.credentials.json"] =
      R"({"claudeAiOauth":{"accessToken":")" + token('f') + R"(","refreshToken":"x"}})";
  files.content["/home/ada/project/.env"] = "ANTHROPIC_AUTH_TOKEN=" + key('g') + "\n";
  files.content["/home/ada/project/.envrc"] = "export ANTHROPIC_API_KEY=" + key('h') + "\n";
  for (const std::string_view name : client_names()) {
    const Survey s = run(*client_named(name));
    ASSERT_TRUE(s.winner) << name;
    for (std::size_t i = 0; i < s.held.size(); ++i) {
      if (i == s.winner || i == s.second) continue;
      EXPECT_FALSE(s.held[i].described.note.empty()) << name << ": " << s.held[i].described.source;
    }
  }
  EXPECT_EQ(winner(run(ClientKind::claude_code)), "file:~/.claude/settings.json");
}

TEST_F(SurveyTest, AKeychainIsNamedOnAMacOnly) {
  const auto has_keychain = [](const Survey& s) {
    return std::ranges::any_of(s.held, [](const Held& h) { return h.described.source == "keychain"; });
  };
  EXPECT_FALSE(has_keychain(run(ClientKind::claude_code)));
  environment.system = world::Os::macos;
  EXPECT_TRUE(has_keychain(run(ClientKind::claude_code)));
}

TEST_F(SurveyTest, ASwitchToAnotherProviderIsSeen) {
  environment.variables = {{"CLAUDE_CODE_USE_VERTEX", "1"}, {"CLAUDE_CODE_USE_BEDROCK", "0"}};
  model::evidence::Evidence e;
  describe(run(ClientKind::claude_code), e);
  EXPECT_EQ(e.settings.provider, "vertex");
}

TEST(Client, NamesAreThoseOfTheContract) {
  for (const std::string_view name :
       {"claude-code", "sdk-typescript-0", "sdk-typescript-1", "sdk-python-0", "sdk-python", "ant", "curl"}) {
    const auto client = client_named(name);
    ASSERT_TRUE(client) << name;
    EXPECT_EQ(survey::name(*client), name);
  }
  EXPECT_FALSE(client_named("netscape"));
}

TEST_F(SurveyTest, ACertificateFileThatIsNotThereIsSaid) {
  environment.variables["NODE_EXTRA_CA_CERTS"] = "/etc/company/ca.pem";
  EXPECT_THAT(run(ClientKind::sdk_typescript_1).observations, Contains("config.ca-file-missing"));
  EXPECT_THAT(run(ClientKind::curl).observations, Not(Contains("config.ca-file-missing"))) << "curl does not read that one";
  files.content["/etc/company/ca.pem"] = "";
  EXPECT_THAT(run(ClientKind::sdk_typescript_1).observations, Not(Contains("config.ca-file-missing")));
}

TEST_F(SurveyTest, ASwitchToAnotherProviderIsSaid) {
  environment.variables["CLAUDE_CODE_USE_BEDROCK"] = "1";
  for (const ClientKind client : {ClientKind::any, ClientKind::claude_code}) {
    const Survey survey = run(client);
    EXPECT_THAT(survey.observations, Contains("config.provider-switch"));
    EXPECT_THAT(survey.remarks.back().sentence, HasSubstr("bedrock"));
  }
  EXPECT_THAT(run(ClientKind::curl).observations, Not(Contains("config.provider-switch")));
  environment.variables["CLAUDE_CODE_USE_BEDROCK"] = "0";
  EXPECT_THAT(run(ClientKind::claude_code).observations, Not(Contains("config.provider-switch")));
}

TEST_F(SurveyTest, PlainHttpToTheApiItselfIsSaid) {
  environment.variables["ANTHROPIC_BASE_URL"] = "http://api.anthropic.com";
  EXPECT_THAT(run().observations, Contains("request.plain-http"));
  environment.variables["ANTHROPIC_BASE_URL"] = "http://api.anthropic.com.test";
  EXPECT_THAT(run().observations, Not(Contains("request.plain-http")));
}

}  // namespace
}  // namespace locksmith::doctor::survey
