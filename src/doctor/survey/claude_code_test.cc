#include "doctor/survey/claude_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/survey/machine_for_tests.h"
#include "doctor/survey/outgoing.h"

namespace locksmith::doctor::survey {
namespace {

using testing::HasSubstr;

// What Claude Code 2.1.332 does in these places was watched; tests/clients/claude watches it in many more.
class ClaudeCodeTest : public testing::Test, protected OnAMachine {
 protected:
  Survey look() const { return OnAMachine::look(ClientKind::claude_code); }
  Outgoing run() { return compose(look()); }
  void settings(std::string json, const std::string& path = "/home/ada/.claude/settings.json") {
    files.content[path] = std::move(json);
  }
  void helper() { settings(R"({"apiKeyHelper":"print-key"})"); }
  void login(std::string_view scopes = R"(["user:inference","user:profile"])") {
    files.content["/home/ada/.claude/.credentials.json"] =
        R"({"claudeAiOauth":{"accessToken":")" + fake_token('l') + R"(","refreshToken":"x","scopes":)" + std::string(scopes) + "}}";
  }
  void stored_key() { files.content["/home/ada/.claude.json"] = R"({"primaryApiKey":")" + fake_key('p') + "\"}"; }
  void profile(const std::string& name, std::string config = R"({"authentication":{"type":"user_oauth"}})") {
    const std::string folder = "/home/ada/.config/anthropic/";
    files.content[folder + "configs/" + name + ".json"] = std::move(config);
    files.content[folder + "credentials/" + name + ".json"] = R"({"access_token":")" + fake_token('f') + "\"}";
  }
  // "x-api-key from …, authorization from …": where each of the two comes from.
  std::string two() {
    const Outgoing out = run();
    std::string text(name(out.refused));
    for (const std::string_view header : {"x-api-key", "authorization"}) {
      const OutgoingHeader* found = out.header(header);
      if (found != nullptr && out.refused == Refused::no) text += (text.empty() ? "" : " + ") + found->source;
      if (found == nullptr && header == "x-api-key" && out.refused == Refused::no) text += "-";
    }
    return text;
  }
};

TEST_F(ClaudeCodeTest, FillsTwoHeadersEachOnItsOwn) {
  const std::string key = "env:ANTHROPIC_API_KEY";
  const std::string token = "env:ANTHROPIC_AUTH_TOKEN";
  const std::string from_helper = "helper:apiKeyHelper";
  helper();
  EXPECT_EQ(two(), from_helper + " + " + from_helper);
  environment.variables["ANTHROPIC_API_KEY"] = fake_key();
  EXPECT_EQ(two(), key + " + " + from_helper);
  environment.variables["ANTHROPIC_AUTH_TOKEN"] = "gateway";
  EXPECT_EQ(two(), key + " + " + token);
  environment.variables.erase("ANTHROPIC_API_KEY");
  EXPECT_EQ(two(), from_helper + " + " + token);
  files.content.clear();
  EXPECT_EQ(two(), "- + " + token);
  stored_key();
  EXPECT_EQ(two(), "file:~/.claude.json + " + token);
}

TEST_F(ClaudeCodeTest, OfLoginsTheFirstAloneGoesOut) {
  profile("default");
  EXPECT_EQ(two(), "- + profile:default");
  stored_key();
  EXPECT_EQ(two(), "file:~/.claude.json");
  login();
  EXPECT_EQ(two(), "- + file:~/.claude/.credentials.json");
  environment.variables["CLAUDE_CODE_OAUTH_TOKEN"] = fake_token('v');
  EXPECT_EQ(two(), "- + env:CLAUDE_CODE_OAUTH_TOKEN");
  environment.variables["ANTHROPIC_API_KEY"] = fake_key();
  EXPECT_EQ(two(), "env:ANTHROPIC_API_KEY");
}

TEST_F(ClaudeCodeTest, ALoginThatMayNotInferIsNotUsed) {
  for (const std::string_view scopes : {R"(["user:profile"])", "[]", "null"}) {
    login(scopes);
    EXPECT_EQ(two(), "no-credential") << scopes;
  }
}

TEST_F(ClaudeCodeTest, AProfileThatIsAskedForHidesTheLogin) {
  login();
  profile("work");
  environment.variables["ANTHROPIC_PROFILE"] = "work";
  EXPECT_EQ(two(), "- + profile:work");
  environment.variables["ANTHROPIC_PROFILE"] = "absent";
  EXPECT_EQ(two(), "- + file:~/.claude/.credentials.json") << "one that is not there does not";
  environment.variables.clear();
  profile("default", R"({"authentication":{"type":"oidc_federation"}})");
  EXPECT_EQ(two(), "profile") << "federation does, also where it fails";
}

TEST_F(ClaudeCodeTest, ASimpleOneTakesTheTwoVariablesAndNothingElse) {
  helper();
  login();
  stored_key();
  environment.variables["CLAUDE_CODE_OAUTH_TOKEN"] = fake_token('v');
  environment.variables["CLAUDE_CODE_SIMPLE"] = "1";
  EXPECT_EQ(two(), "no-credential");
  environment.variables["ANTHROPIC_AUTH_TOKEN"] = "gateway";
  EXPECT_EQ(two(), "- + env:ANTHROPIC_AUTH_TOKEN");
}

TEST_F(ClaudeCodeTest, ReadsItsFilesWhereTheyAre) {
  environment.variables["CLAUDE_CONFIG_DIR"] = "/home/ada/cc";
  stored_key();
  EXPECT_EQ(two(), "no-credential");
  files.content["/home/ada/cc/.claude.json"] = files.content["/home/ada/.claude.json"];
  EXPECT_EQ(two(), "file:~/cc/.claude.json");
  settings(R"({"env":{"ANTHROPIC_API_KEY":"first"}})", "/etc/claude-code/managed-settings.json");
  EXPECT_EQ(two(), "file:/etc/claude-code/managed-settings.json");
  settings(R"({"env":{"ANTHROPIC_API_KEY":"second"}})", "/etc/claude-code/managed-settings.d/10.json");
  settings(R"({"env":{"ANTHROPIC_API_KEY":"third"}})", "/etc/claude-code/managed-settings.d/20.json");
  EXPECT_EQ(two(), "file:/etc/claude-code/managed-settings.d/20.json");
}

TEST_F(ClaudeCodeTest, AValueOfEnvIsText) {
  const std::pair<const char*, std::size_t> values[] = {{"12345", 5}, {"true", 4}, {"null", 4}, {"1.5", 3}, {R"(["a","b"])", 3}};
  for (const auto& [json, length] : values) {
    settings(std::string(R"({"env":{"ANTHROPIC_AUTH_TOKEN":)") + json + "}}");
    const Outgoing out = run();
    ASSERT_NE(out.header("authorization"), nullptr) << json;
    EXPECT_EQ(out.header("authorization")->value.size(), length + 7) << json;
  }
  settings(R"({"env":[],"apiKeyHelper":"print-key"})");
  EXPECT_EQ(two(), "no-credential") << "a field of the wrong kind: the whole file is left out";
}

TEST_F(ClaudeCodeTest, AProjectSaysNotWhoOneIs) {
  const std::string project = "/home/ada/project/.claude/settings.json";
  settings(R"({"env":{"CLAUDE_CODE_OAUTH_TOKEN":")" + fake_token() + "\"}}", project);
  EXPECT_EQ(two(), "no-credential");
  EXPECT_THAT(look().remarks.at(0).sentence, HasSubstr("from no project's settings"));
  settings(R"({"env":{"ANTHROPIC_AUTH_TOKEN":"gateway"}})", project);
  EXPECT_EQ(two(), "- + file:.claude/settings.json");
}

TEST_F(ClaudeCodeTest, DoesNotStartWithABrokenFile) {
  environment.variables["ANTHROPIC_API_KEY"] = fake_key();
  for (const char* path : {"/home/ada/.claude.json", "/etc/claude-code/managed-settings.json"}) {
    files.content[path] = "{broken";
    EXPECT_EQ(two(), "settings") << path;
    EXPECT_THAT(look().observations, testing::Contains("config.file-invalid")) << path;
    files.content[path] = " ";
    EXPECT_EQ(two(), "env:ANTHROPIC_API_KEY") << path << ": an empty one is none";
  }
  settings("{broken");
  EXPECT_EQ(two(), "env:ANTHROPIC_API_KEY") << "of a user's own the rest counts";
}

TEST_F(ClaudeCodeTest, DoesNotStartWithAProxyThatIsNoUrl) {
  environment.variables["ANTHROPIC_API_KEY"] = fake_key();
  for (const char* good : {"http://proxy.test:3128", "proxy.test:3128", "http:proxy.test", "https://proxy.test", "[::1]:3128"}) {
    environment.variables["https_proxy"] = good;
    EXPECT_EQ(two(), "env:ANTHROPIC_API_KEY") << good;
  }
  for (const char* bad : {"proxy.test", "not a url", "//proxy.test:3128", "user:secret@proxy.test:3128", "http://", "  "}) {
    environment.variables["https_proxy"] = bad;
    EXPECT_EQ(two(), "proxy") << bad;
  }
  environment.variables = {{"ANTHROPIC_API_KEY", fake_key()}, {"http_proxy", "proxy.test:3128"}};
  EXPECT_EQ(two(), "proxy") << "host and port are enough for https alone";
  environment.variables["http_proxy"] = "socks5://proxy.test:1080";
  EXPECT_EQ(two(), "proxy");
  environment.variables["NO_PROXY"] = "anthropic.com";
  EXPECT_EQ(two(), "env:ANTHROPIC_API_KEY");
}

TEST_F(ClaudeCodeTest, ItsUrlIsThatOfItsOwnFetch) {
  environment.variables["ANTHROPIC_API_KEY"] = fake_key();
  const std::pair<const char*, const char*> urls[] = {
      {"http://gw.test//", "http://gw.test/v1/models"},
      {"http://gw.test/a//", "http://gw.test/a//v1/models"},
      {"gw.test:8080", "http://gw.test:8080/v1/models"},
      {"http://gw.test:6000", "http://gw.test:6000/v1/models"},
      {"http://gw.test#top", "http://gw.test/"},
  };
  for (const auto& [base, url] : urls) {
    environment.variables["ANTHROPIC_BASE_URL"] = base;
    EXPECT_EQ(run().url, url) << base;
  }
  environment.variables["ANTHROPIC_BASE_URL"] = "http://me:secret@gw.test";
  const Outgoing out = run();
  ASSERT_NE(out.header("authorization"), nullptr);
  EXPECT_EQ(out.header("authorization")->value.reveal(), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(out.header("authorization")->shown, "Basic <12 characters>");
}

TEST_F(ClaudeCodeTest, LooksAtTheHeadersBeforeTheUrl) {
  environment.variables = {{"ANTHROPIC_BASE_URL", "no url"}};
  EXPECT_EQ(two(), "url");
  environment.variables["ANTHROPIC_CUSTOM_HEADERS"] = "Two Words: 1";
  EXPECT_EQ(two(), "header");
  environment.variables = {{"ANTHROPIC_BASE_URL", "no url"}, {"ANTHROPIC_API_KEY", "two\nlines"}};
  EXPECT_EQ(two(), "header");
}

TEST_F(ClaudeCodeTest, ItsOwnBearerIsNotReplaced) {
  environment.variables = {{"ANTHROPIC_CUSTOM_HEADERS", "Authorization: Bearer mine\nx-api-key: other"}};
  EXPECT_EQ(two(), "env:ANTHROPIC_CUSTOM_HEADERS + env:ANTHROPIC_CUSTOM_HEADERS");
  environment.variables["ANTHROPIC_AUTH_TOKEN"] = "gateway";
  EXPECT_EQ(two(), "env:ANTHROPIC_CUSTOM_HEADERS + env:ANTHROPIC_AUTH_TOKEN");
}

TEST(Switch, IsOnWithFourWords) {
  for (const char* on : {"1", "true", "TRUE", "yes", "On"}) EXPECT_TRUE(is_switched_on(on)) << on;
  for (const char* off : {"", "0", "false", "2", "enabled"}) EXPECT_FALSE(is_switched_on(off)) << off;
}

}  // namespace
}  // namespace locksmith::doctor::survey
