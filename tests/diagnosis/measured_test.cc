// More evidence never gives a worse answer than less: what a credential's own text proves stays first, whatever the API answers to
// it; and what a probe refuted is concluded no more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/knowledge.h"
#include "model/credential/credential.h"
#include "model/diagnosis/remedy.h"

namespace locksmith::tests {
namespace {

using model::evidence::Credential;
using model::evidence::Evidence;

const model::diagnosis::Examiner& examiner() {
  static const auto made = std::move(*knowledge::make_examiner());
  return *made;
}

std::string first(const Evidence& evidence) {
  const auto diagnosis = examiner().examine(evidence);
  return diagnosis.findings.empty() ? "none" : std::string(diagnosis.findings.front().code->name);
}

Credential used(std::string shape, std::vector<std::string> flaws) {
  Credential c;
  c.source = "env:ANTHROPIC_API_KEY";
  c.state = "set";
  c.shape = std::move(shape);
  c.flaws = std::move(flaws);
  c.length = 109;
  c.used = true;
  return c;
}

TEST(Measured, AnAnswerNeverHidesWhatTheTextProves) {
  for (std::size_t flaw = 0; flaw < model::credential::kFlaws; ++flaw) {
    const std::string name(model::credential::name(static_cast<model::credential::Flaw>(flaw)));
    if (name == "leading-space" || name == "trailing-space") continue;  // HTTP drops them: they prove nothing
    Evidence offline;
    offline.credentials = {used("api-key", {name})};
    const std::string proven = first(offline);
    EXPECT_TRUE(proven.starts_with("key_malformed.")) << name << ": " << proven;
    for (const char* client : {"sdk-typescript-1", "sdk-typescript-0", "claude-code", "curl"}) {
      for (const char* message : {"invalid x-api-key", "Invalid bearer token", "x-api-key header is required"}) {
        for (const bool both : {false, true}) {
          Evidence online = offline;
          online.client.name = client;
          online.error.status = 401;
          online.error.type = "authentication_error";
          online.error.text = message;
          online.error.body = "json";
          online.request.headers = {{std::string(client) == "sdk-typescript-1" ? "authorization" : "x-api-key", std::string(client) == "sdk-typescript-1" ? "Bearer <api-key>" : "<api-key>"}};
          if (both) online.observations = {"fails.other-auth-header"};
          EXPECT_EQ(first(online), proven) << name << ", " << client << ", " << message << ", " << both;
        }
      }
    }
  }
}

TEST(Measured, RefusedInBothHeadersIsNeverTheHeadersFault) {
  for (const char* message : {"invalid x-api-key", "Invalid bearer token", "Invalid authentication credentials"}) {
    Evidence e;
    e.client.name = "sdk-typescript-1";
    e.credentials = {used("api-key", {})};
    e.error.status = 401;
    e.error.type = "authentication_error";
    e.error.text = message;
    e.request.headers = {{"authorization", "Bearer <api-key>"}};
    e.observations = {"fails.other-auth-header"};
    EXPECT_EQ(first(e).substr(0, 11), "key_revoked") << message;
  }
}

TEST(Measured, ARemedyIsMadeForThePlace) {
  Evidence e;
  e.settings.base_url = "http://127.0.0.1:1/v1";
  e.settings.places = {{"ANTHROPIC_BASE_URL", "file:~/.claude/settings.json"}};
  const auto remedy = model::diagnosis::remedy(*model::diagnosis::find_cause("wrong_endpoint.doubled_v1"), e);
  ASSERT_FALSE(remedy.steps.empty());
  EXPECT_TRUE(remedy.steps[0].command.empty()) << "nothing that is exported changes a file";
  EXPECT_THAT(remedy.steps[0].text, testing::HasSubstr("~/.claude/settings.json"));
  e.settings.places = {{"ANTHROPIC_BASE_URL", "env:ANTHROPIC_BASE_URL"}};
  EXPECT_THAT(model::diagnosis::remedy(*model::diagnosis::find_cause("wrong_endpoint.doubled_v1"), e).steps[0].command, testing::StartsWith("export ANTHROPIC_BASE_URL="));
}

}  // namespace
}  // namespace locksmith::tests
