// Credentials under names that nobody reads, and .env files that nothing loads.
#include "doctor/survey/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "doctor/survey/machine_for_tests.h"
#include "doctor/survey/outgoing.h"
#include "doctor/survey/survey.h"

namespace locksmith::doctor::survey {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class SearchTest : public testing::Test, protected OnAMachine {
 protected:
  Survey run(ClientKind client = ClientKind::sdk_typescript_1) const { return look(client); }
  static bool finds(const Survey& survey, std::string_view source) {
    return std::ranges::any_of(survey.held, [&](const Held& held) { return held.described.source == source && held.is_set(); });
  }
  void project(std::string package, std::string source = {}) {
    files.content["/home/ada/project/package.json"] = std::move(package);
    if (!source.empty()) files.content["/home/ada/project/app.js"] = std::move(source);
  }
};

TEST_F(SearchTest, AKeyIsFoundUnderAnyName) {
  for (const char* name : {"VITE_ANTHROPIC_API_KEY", "NEXT_PUBLIC_ANTHROPIC_API_KEY", "ANTROPIC_API_KEY", "ANTHROPIC_API_KEYS", "anthropic_api_key", "CLAUDE_KEY",
                           "CLAUDE_CODE_API_KEY", "MY_SECRET", "LLM"}) {
    environment.variables = {{name, fake_key()}};
    const Survey survey = run();
    EXPECT_TRUE(finds(survey, "env:" + std::string(name))) << name;
    EXPECT_FALSE(survey.winner) << name;
    EXPECT_THAT(survey.observations, Contains("config.key-name-differs")) << name;
  }
}

TEST_F(SearchTest, ANearNameWithAGatewaysKeyIsFoundAndOtherSecretsAreNot) {
  EXPECT_TRUE(holds_stray_credential("ANTHROPIC_APIKEY", "gateway-token-0123456789abcdef"));
  EXPECT_FALSE(holds_stray_credential("DATABASE_PASSWORD", "hunter2hunter2hunter2hunter2"));
  EXPECT_FALSE(holds_stray_credential("OPENAI_API_KEY", "sk-proj-" + std::string(60, 'a')));
  EXPECT_FALSE(holds_stray_credential("ANTHROPIC_ADMIN_KEY", "sk-ant-admin01-" + std::string(93, 'a') + "AA"));
}

TEST_F(SearchTest, AFilesNameInAVariableLeadsToTheKey) {
  environment.variables = {{"ANTHROPIC_API_KEY_FILE", "/run/secrets/anthropic"}};
  files.content["/run/secrets/anthropic"] = fake_key() + "\n";
  EXPECT_TRUE(finds(run(), "env:ANTHROPIC_API_KEY_FILE"));
}

TEST_F(SearchTest, ADotenvCountsOnlyWhereSomethingLoadsIt) {
  const std::string sdk = R"("@anthropic-ai/sdk":"^1.12.0")";
  files.content["/home/ada/project/.env"] = "ANTHROPIC_API_KEY=" + fake_key() + "\n";
  struct Case {
    std::string package, source;
    Loads loads;
  };
  const std::vector<Case> cases{
      {R"({"dependencies":{)" + sdk + "}}", "import A from '@anthropic-ai/sdk';", Loads::no},
      {R"({"dependencies":{)" + sdk + R"(,"dotenv":"^17"}})", "import 'dotenv/config'; import A from '@anthropic-ai/sdk';", Loads::yes},
      {R"({"dependencies":{)" + sdk + R"(,"dotenv":"^17"}})", "import A from '@anthropic-ai/sdk';", Loads::unknown},
      {R"({"dependencies":{)" + sdk + R"(},"scripts":{"start":"node --env-file=.env app.js"}})", "import A from '@anthropic-ai/sdk';", Loads::yes},
      {R"({"dependencies":{)" + sdk + R"(,"next":"16"}})", "", Loads::yes},
      {R"({"dependencies":{)" + sdk + R"(}})", "import A from '@anthropic-ai/sdk'; process.loadEnvFile();", Loads::yes},
      {R"({"dependencies":{)" + sdk + R"(},"scripts":{"dev":"bun run app.js"}})", "import A from '@anthropic-ai/sdk';", Loads::yes},
      {"{}", "", Loads::unknown}};
  for (const Case& c : cases) {
    files.content.erase("/home/ada/project/app.js");
    project(c.package, c.source);
    const Survey survey = run();
    EXPECT_EQ(survey.project.dotenv, c.loads) << c.package << c.source;
    EXPECT_EQ(survey.winner.has_value(), c.loads != Loads::no) << c.package << c.source;
    if (c.loads == Loads::no) {
      EXPECT_THAT(survey.observations, Contains("config.dotenv-not-loaded"));
    }
  }
}

TEST_F(SearchTest, NextTakesTheLocalFileFirst) {
  project(R"({"dependencies":{"next":"16","@anthropic-ai/sdk":"^1.0.0"}})");
  files.content["/home/ada/project/.env"] = "ANTHROPIC_API_KEY=" + fake_key('a') + "\n";
  files.content["/home/ada/project/.env.local"] = "ANTHROPIC_API_KEY=" + fake_key('b') + "\n";
  const Survey survey = run();
  ASSERT_TRUE(survey.winner);
  EXPECT_EQ(survey.held[*survey.winner].described.source, "dotenv:.env.local");
}

TEST_F(SearchTest, AByteOrderMarkTakesTheFirstLineAway) {
  project(R"({"dependencies":{"@anthropic-ai/sdk":"^1.0.0"},"scripts":{"start":"node --env-file=.env app.js"}})", "import A from '@anthropic-ai/sdk';");
  files.content["/home/ada/project/.env"] = "\xEF\xBB\xBF" "ANTHROPIC_API_KEY=" + fake_key() + "\nOTHER=1\n";
  const Survey survey = run();
  EXPECT_FALSE(survey.winner);
  EXPECT_THAT(survey.observations, Contains("config.line-not-read"));
}

TEST_F(SearchTest, AFileFurtherUpIsSaidAndDoesNotCount) {
  files.content["/home/ada/.env"] = "ANTHROPIC_API_KEY=" + fake_key() + "\n";
  const Survey survey = run();
  EXPECT_FALSE(survey.winner);
  EXPECT_THAT(survey.observations, Contains("config.dotenv-elsewhere"));
}

TEST_F(SearchTest, TheProjectNamesTheSdk) {
  project(R"({"dependencies":{"@anthropic-ai/sdk":"^0.120.0"}})");
  EXPECT_EQ(run(ClientKind::any).client, ClientKind::sdk_typescript_0);
  files.content["/home/ada/project/node_modules/@anthropic-ai/sdk/package.json"] = R"({"version":"1.12.0"})";
  EXPECT_EQ(run(ClientKind::any).client, ClientKind::sdk_typescript_1);
  EXPECT_EQ(run(ClientKind::any).project.sdk_version, "1.12.0");
}

TEST_F(SearchTest, ACustomHeadersCredentialReplacesTheChains) {
  environment.variables = {{"ANTHROPIC_API_KEY", fake_key('a')}, {"ANTHROPIC_CUSTOM_HEADERS", "Authorization: Bearer " + fake_key('b')}};
  const Survey survey = run();
  ASSERT_TRUE(survey.overriding);
  EXPECT_THAT(survey.observations, Contains("config.custom-header-credential"));
  EXPECT_EQ(survey.held[*survey.winner].described.used, false);
  EXPECT_THAT(compose(survey).header("authorization")->value.reveal(), HasSubstr("bbb"));
}

TEST_F(SearchTest, OfAForkNoSecretIsExpected) {
  environment.variables = {{"CI", "true"}, {"GITHUB_EVENT_PATH", "/tmp/event.json"}, {"ANTHROPIC_API_KEY", ""}};
  files.content["/tmp/event.json"] = R"({"pull_request":{"head":{"repo":{"fork":true,"full_name":"guest/app"}},"base":{"repo":{"full_name":"acme/app"}}}})";
  EXPECT_THAT(run().observations, Contains("launched.ci-fork"));
  files.content["/tmp/event.json"] = R"({"pull_request":{"head":{"repo":{"fork":true,"full_name":"acme/app"}},"base":{"repo":{"full_name":"acme/app"}}}})";
  EXPECT_THAT(run().observations, Not(Contains("launched.ci-fork"))) << "a fork that asks itself";
}

}  // namespace
}  // namespace locksmith::doctor::survey
