// A whole key with something around it, in every combination of what people's tools put there: the key is found, the damage is named,
// and what is tried in its place is the key itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/credential/credential.h"
#include "vocabulary/base64.h"
#include "vocabulary/character.h"

namespace locksmith::model::credential {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

std::string a_key() {
  return "sk-ant-api03-" + std::string(60, 'k') + "-_" + std::string(31, 'Q') + "AA";
}

TEST(Damage, WhateverStandsAroundAWholeKeyIsSurplus) {
  const std::string key = a_key();
  for (const std::string before : {"", "{\"key\":\"", "<", "key is ", "user:"}) {
    for (const std::string behind : {"", ",", ";", "\\n", "\"}", ">", "PORT=3000", "#comment", ")", "/", "\\"}) {
      if (before.empty() && behind.empty()) continue;
      const std::string value = before + key + behind;
      const Examined seen = examine(value);
      EXPECT_EQ(seen.shape, Shape::api_key) << before << "…" << behind;
      EXPECT_THAT(seen.flaws, Not(IsEmpty())) << before << "…" << behind;
      EXPECT_THAT(seen.flaws, Not(Contains(Flaw::truncated)));
      EXPECT_TRUE(meant(value).equals(key)) << before << "…" << behind;
      EXPECT_EQ(seen.tail, "QQAA");
    }
  }
}

TEST(Damage, AnEncodedKeyIsKnownOnceAndTwice) {
  const std::string key = a_key();
  for (const std::string& text : {key, key + "\n"}) {
    const std::string once = to_base64(text);
    for (const std::string& value : {once, to_base64(once), once.substr(0, once.find('='))}) {
      const Examined seen = examine(value);
      EXPECT_EQ(seen.shape, Shape::api_key) << value.size();
      EXPECT_THAT(seen.flaws, Contains(Flaw::base64));
      EXPECT_TRUE(seen.tail.empty()) << "the last letters of an encoding are not the key's";
      EXPECT_TRUE(meant(value).equals(key));
    }
  }
  EXPECT_THAT(examine(to_base64(std::string(60, 'x'))).flaws, Not(Contains(Flaw::base64))) << "base64 of something else";
}

TEST(Damage, ALostBeginningIsKnownHoweverMuchOfItIsLost) {
  for (const std::string& key : {a_key(), "sk-ant-admin01-" + std::string(93, 'q') + "AA", "sk-ant-oat01-" + std::string(95, 'q')}) {
    const std::size_t prefix = key.find('-', 7) + 1;
    const std::size_t most = key.find("oat") == std::string::npos ? prefix : prefix - 6;
    for (std::size_t lost = 1; lost <= most; ++lost) {
      const Examined seen = examine(std::string_view(key).substr(lost));
      // Of the body alone nobody can say whether an API key or an Admin key was meant.
      if (lost < prefix - 5) {
        EXPECT_EQ(seen.shape, examine(key).shape) << key.substr(lost, 20);
      }
      EXPECT_THAT(seen.flaws, Contains(Flaw::truncated)) << key.substr(lost, 20);
    }
  }
  for (const std::string& other : {std::string(95, 'w'), std::string(93, 'w') + "AB", std::string(100, 'w') + "AA"}) {
    EXPECT_EQ(examine(other).shape, Shape::unknown);
  }
}

TEST(Damage, ChangedCaseIsKnown) {
  std::string upper = a_key();
  std::ranges::transform(upper, upper.begin(), [](char c) { return upper_case(c); });
  EXPECT_EQ(examine(upper).shape, Shape::api_key);
  EXPECT_THAT(examine(upper).flaws, Contains(Flaw::wrong_case));
}

TEST(Damage, AReferenceIsNoKeyAndSaysWhose) {
  const std::vector<std::pair<std::string, std::string>> references{
      {"op://Private/Anthropic/credential", "1password"},
      {"arn:aws:secretsmanager:us-east-1:123456789012:secret:anthropic-AbCdEf", "aws"},
      {"ssm:/prod/anthropic", "aws"},
      {"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/a)", "azure"},
      {"projects/p/secrets/anthropic/versions/latest", "google"},
      {"vault:secret/data/anthropic#key", "vault"},
      {"ref+vault://secret/x", "vals"},
      {"${ANTHROPIC_KEY}", "a template"},
      {"$ANTHROPIC_KEY", "a template"},
      {"{{ anthropic_key }}", "a template"},
      {"%ANTHROPIC_API_KEY%", "a template"}};
  for (const auto& [value, whose] : references) {
    EXPECT_EQ(examine(value).shape, Shape::reference) << value;
    EXPECT_EQ(examine(value).provider, whose) << value;
    EXPECT_THAT(examine(value).flaws, IsEmpty()) << value;
  }
  EXPECT_NE(examine("projects/p/other").shape, Shape::reference);
}

TEST(Damage, AWrappedKeyIsJoined) {
  const std::string key = a_key();
  EXPECT_TRUE(meant(key.substr(0, 80) + "\n" + key.substr(80)).equals(key));
  EXPECT_TRUE(meant(key.substr(0, 50) + "\r\n  " + key.substr(50)).equals(key));
}

TEST(Damage, NothingCostsMoreThanItsSize) {
  const std::string key = a_key();
  std::string many;
  for (int i = 0; i < 2000; ++i) many += key + ",";
  EXPECT_FALSE(examine(many).flaws.empty());
  EXPECT_FALSE(examine(std::string(1 << 20, 'A')).shape == Shape::api_key);
}

}  // namespace
}  // namespace locksmith::model::credential
