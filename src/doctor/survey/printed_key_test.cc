#include "doctor/survey/printed_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/survey/fakes_for_tests.h"
#include "doctor/survey/outgoing.h"

namespace locksmith::doctor::survey {
namespace {

using End = world::CommandRun::End;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class HelperTest : public testing::Test {
 protected:
  FakeEnvironment environment;
  FakeFiles files;

  Survey look() {
    files.content["/home/ada/.claude/settings.json"] = R"({"apiKeyHelper":"print-key","env":{"VAULT":"a","REGION":1}})";
    return take(environment, files, Instant(std::chrono::seconds(1'800'000'000)), ClientKind::claude_code);
  }
};

TEST_F(HelperTest, WhatItPrintsIsTheCredentialOfBothHeaders) {
  for (const std::string& printed : {fake_key(), " " + fake_key() + " \r\n\n"}) {
    Survey survey = look();
    take_helper(survey, {End::exited, 0, Secret(printed)});
    const Outgoing out = compose(survey);
    EXPECT_EQ(out.header("x-api-key")->value.reveal(), fake_key());
    EXPECT_EQ(out.header("authorization")->value.reveal(), "Bearer " + fake_key());
    const Held& held = *helper_in_use(survey);
    EXPECT_EQ(held.described.shape, "api-key");
    EXPECT_EQ(held.described.used, true);
    EXPECT_THAT(held.described.note, Not(HasSubstr("not run")));
    EXPECT_THAT(survey.observations, Not(Contains("config.helper-failed")));
  }
}

TEST_F(HelperTest, AnythingElseIsNoCredentialAndNothingOfItIsKept) {
  struct Case {
    End end;
    int exit_code;
    std::string printed;
    std::string_view note;
  };
  const std::string key = fake_key();
  for (const Case& one : {Case{End::exited, 3, key, "exit code 3"}, Case{End::exited, 0, "", "printed nothing"}, Case{End::exited, 0, " \n", "printed nothing"},
                          Case{End::exited, 0, "warning\n" + key, "more than one line"}, Case{End::too_late, 0, key, "did not end in time"},
                          Case{End::too_long, 0, key, "more than any credential"}, Case{End::not_started, 0, "", "could not be started"}}) {
    Survey survey = look();
    take_helper(survey, {one.end, one.exit_code, Secret(one.printed)});
    const Held& held = *helper_in_use(survey);
    EXPECT_TRUE(held.value.empty()) << one.note;
    EXPECT_THAT(held.described.note, HasSubstr(one.note));
    EXPECT_THAT(survey.observations, Contains("config.helper-failed")) << one.note;
    const Outgoing out = compose(survey);
    EXPECT_TRUE(out.header("x-api-key")->value.empty());
    EXPECT_TRUE(out.header("authorization")->value.empty());
  }
}

TEST_F(HelperTest, OfACredentialThatWinsTheHelperIsStillTheOtherHeader) {
  environment.variables["ANTHROPIC_API_KEY"] = fake_key('k');
  Survey survey = look();
  ASSERT_NE(helper_in_use(survey), nullptr);
  take_helper(survey, {End::exited, 0, Secret("gateway-token")});
  const Outgoing out = compose(survey);
  EXPECT_EQ(out.header("x-api-key")->value.reveal(), fake_key('k'));
  EXPECT_EQ(out.header("authorization")->value.reveal(), "Bearer gateway-token");
  environment.variables["ANTHROPIC_AUTH_TOKEN"] = "token";
  survey = look();
  EXPECT_EQ(helper_in_use(survey), nullptr);
}

TEST_F(HelperTest, ItGetsTheVariablesOfTheSettings) {
  std::vector<std::string> pairs;
  for (const Secret& pair : helper_environment(look())) pairs.emplace_back(pair.reveal());
  EXPECT_THAT(pairs, testing::UnorderedElementsAre("VAULT=a", "REGION=1"));
}

}  // namespace
}  // namespace locksmith::doctor::survey
