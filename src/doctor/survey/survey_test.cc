#include "doctor/survey/survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "doctor/survey/dotenv.h"

namespace locksmith::doctor::survey {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class FakeEnvironment : public world::Environment {
 public:
  std::map<std::string, std::string, std::less<>> variables;
  std::optional<std::string> home_folder = "/home/ada";

  std::optional<Secret> variable(std::string_view name) const override {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return Secret(found->second);
  }
  std::optional<std::string> home() const override { return home_folder; }
  std::string working_directory() const override { return "/home/ada/project"; }
  world::Os os() const override { return world::Os::linux_os; }
  std::string os_description() const override { return "Testix 1"; }
  bool in_container() const override { return false; }
};

class FakeFiles : public world::Files {
 public:
  std::map<std::string, std::string> content;
  std::map<std::string, std::string> broken;  // path to message

  Result<Secret> read(const std::string& path, ByteCount limit) const override {
    if (const auto found = broken.find(path); found != broken.end()) return fail(FailureCode("file_unreadable"), found->second);
    const auto found = content.find(path);
    if (found == content.end()) return fail(FailureCode("file_not_found"), "There is no such file.");
    if (found->second.size() > limit.value) return fail(FailureCode("file_too_large"), "This file is too large.");
    return Secret(found->second);
  }
  world::FileFacts facts(const std::string&) const override { return {}; }
};

std::string key(char fill = 'a') { return "sk-ant-api03-" + std::string(93, fill) + "AA"; }
std::string token(char fill = 'a') { return "sk-ant-oat01-" + std::string(93, fill) + "AA"; }

class SurveyTest : public testing::Test {
 protected:
  FakeEnvironment environment;
  FakeFiles files;
  Survey run(ClientKind client = ClientKind::any) { return take(environment, files, Instant(std::chrono::seconds(1'800'000'000)), client); }
  static std::string winner(const Survey& s) { return s.winner ? s.held[*s.winner].described.source : "none"; }
};

TEST_F(SurveyTest, NothingThereIsSaidAsUnset) {
  const Survey s = run();
  EXPECT_EQ(winner(s), "none");
  ASSERT_FALSE(s.held.empty());
  EXPECT_EQ(s.held[0].described.state, "unset");
}

TEST_F(SurveyTest, EachClientHasItsOwnOrder) {
  environment.variables = {{"ANTHROPIC_API_KEY", key()}, {"ANTHROPIC_AUTH_TOKEN", "gateway-token-0123456789"}};
  EXPECT_EQ(winner(run(ClientKind::sdk_typescript_1)), "env:ANTHROPIC_API_KEY");
  EXPECT_EQ(run(ClientKind::sdk_typescript_1).header, Header::bearer);
  EXPECT_EQ(winner(run(ClientKind::claude_code)), "env:ANTHROPIC_AUTH_TOKEN");
  EXPECT_EQ(run(ClientKind::claude_code).header, Header::bearer);
  const Survey old = run(ClientKind::sdk_typescript_0);
  EXPECT_EQ(winner(old), "env:ANTHROPIC_API_KEY");
  EXPECT_TRUE(old.second) << "0.x sends both";
  EXPECT_EQ(old.header, Header::x_api_key);
  EXPECT_THAT(old.observations, Contains("config.two-credentials"));
}

TEST_F(SurveyTest, ClaudeCodesSettingsOverrideTheShell) {
  environment.variables = {{"ANTHROPIC_API_KEY", key('b')}};
  files.content["/home/ada/.claude/settings.json"] = R"({"env":{"ANTHROPIC_API_KEY":")" + key('c') + R"(","ANTHROPIC_BASE_URL":"http://localhost:9/v1/"}})";
  const Survey s = run(ClientKind::claude_code);
  EXPECT_EQ(winner(s), "file:~/.claude/settings.json");
  EXPECT_THAT(s.observations, testing::IsSupersetOf({"config.copies-differ", "config.path-has-v1", "config.trailing-slash", "config.custom-base-url"}));
  EXPECT_EQ(winner(run(ClientKind::curl)), "env:ANTHROPIC_API_KEY");
}

TEST_F(SurveyTest, AKeyWinsOverTheLogin) {
  environment.variables = {{"ANTHROPIC_API_KEY", key()}};
  files.content["/home/ada/.claude/.credentials.json"] =
      R"({"claudeAiOauth":{"accessToken":")" + token() + R"(","refreshToken":"x","expiresAt":1900000000000,"subscriptionType":"max"}})";
  const Survey s = run(ClientKind::claude_code);
  EXPECT_EQ(winner(s), "env:ANTHROPIC_API_KEY");
  EXPECT_THAT(s.observations, testing::IsSupersetOf({"config.two-credentials", "login.subscription"}));
  environment.variables.clear();
  const Survey without = run();
  EXPECT_EQ(winner(without), "file:~/.claude/.credentials.json");
  EXPECT_EQ(without.client, ClientKind::claude_code) << "concluded from what is there";
  EXPECT_EQ(without.header, Header::bearer_oauth);
}

TEST_F(SurveyTest, ADeclinedKeyIsNotSent) {
  environment.variables = {{"ANTHROPIC_API_KEY", key()}};
  files.content["/home/ada/.claude.json"] = R"({"customApiKeyResponses":{"rejected":[")" + key().substr(88) + R"("]}})";
  const Survey s = run(ClientKind::claude_code);
  EXPECT_EQ(winner(s), "none");
  EXPECT_THAT(s.observations, Contains("config.key-declined"));
}

TEST_F(SurveyTest, ExpiredLoginsAndProfiles) {
  files.content["/home/ada/.config/anthropic/active_config"] = "work\n";
  files.content["/home/ada/.config/anthropic/credentials/work.json"] = R"({"access_token":")" + token() + R"(","expires_at":1700000000})";
  const Survey s = run(ClientKind::sdk_typescript_1);
  EXPECT_EQ(winner(s), "profile:work");
  EXPECT_LT(*s.held[*s.winner].described.expires_in_s, 0);
  EXPECT_THAT(s.observations, Contains("config.no-refresh-token"));
}

TEST_F(SurveyTest, DotenvFillsWhatIsNotThere) {
  files.content["/home/ada/project/.env"] = "# keys\nexport ANTHROPIC_API_KEY=\"" + key() + "\" # mine\r\nOTHER=1\n";
  EXPECT_EQ(winner(run()), "dotenv:.env");
  environment.variables = {{"ANTHROPIC_API_KEY", key('z')}};
  const Survey s = run();
  EXPECT_EQ(winner(s), "env:ANTHROPIC_API_KEY");
  EXPECT_THAT(s.observations, Contains("config.copies-differ"));
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
  EXPECT_THAT(places, testing::UnorderedElementsAre("~/.claude/settings.json", ".env", "~/.claude.json", "~/.claude/.credentials.json", "~/.zshrc",
                                                    "ANTHROPIC_PROFILE"));
}

TEST_F(SurveyTest, NoHomeIsSaidAndTheRestGoesOn) {
  environment.home_folder = std::nullopt;
  environment.variables = {{"ANTHROPIC_API_KEY", key()}};
  const Survey s = run();
  EXPECT_EQ(winner(s), "env:ANTHROPIC_API_KEY");
  EXPECT_EQ(s.remarks.at(0).place, "HOME");
}

TEST_F(SurveyTest, NoValueStandsInTheEvidence) {
  environment.variables = {{"ANTHROPIC_API_KEY", key('q') + "\n"}, {"https_proxy", "http://me:hunter2hunter2@proxy.test:3128"}};
  model::evidence::Evidence e;
  describe(run(), e);
  EXPECT_EQ(e.credentials.at(0).flaws, std::vector<std::string>{"trailing-newline"});
  EXPECT_THAT(e.settings.proxy, Not(HasSubstr("hunter2")));
  EXPECT_EQ(e.credentials[0].tail.size(), 4u);
}

TEST(Dotenv, IsReadAsLibrariesReadIt) {
  const auto found = read_assignments("A=1\n B = 2 \n#C=3\nexport D='x y' # z\nE=\"a\nset -gx F g\nG=1\nG=2\nnot an assignment\nH=v # c\nI=\n");
  std::map<std::string, std::string> values;
  for (const Assignment& a : found) values[a.name] = a.value.reveal();
  const std::map<std::string, std::string> expected{{"A", "1"}, {"D", "x y"}, {"E", "\"a"}, {"F", "g"}, {"G", "2"}, {"H", "v"}, {"I", ""}};
  for (const auto& [name, value] : expected) EXPECT_EQ(values[name], value) << name;
  EXPECT_FALSE(values.contains("C"));
}

TEST(Dotenv, IsBounded) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "V" + std::to_string(i) + "=1\n";
  EXPECT_LE(read_assignments(text).size(), 4096u);
  EXPECT_FALSE(looks_like_text(std::string(100, '\1')));
  EXPECT_TRUE(looks_like_text(""));
}

TEST(Client, NamesAreThoseOfTheContract) {
  for (const std::string_view name : {"claude-code", "sdk-typescript-0", "sdk-typescript-1", "sdk-python", "curl"}) {
    const auto client = client_named(name);
    ASSERT_TRUE(client) << name;
    EXPECT_EQ(survey::name(*client), name);
  }
  EXPECT_FALSE(client_named("netscape"));
}

}  // namespace
}  // namespace locksmith::doctor::survey
