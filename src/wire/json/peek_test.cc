#include "wire/json/peek.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace locksmith::wire::json {
namespace {

class PeekTest : public testing::Test {
 protected:
  bool read(std::string text) {
    text_ = std::move(text);
    text_.reserve(text_.size() + kPeekPadding);
    return peek_.read(text_, wanted_);
  }
  const Member& model() const { return wanted_[0]; }
  const Member& max_tokens() const { return wanted_[1]; }
  const Member& stream() const { return wanted_[2]; }
  const Member& usage() const { return wanted_[3]; }

  Peek peek_;
  std::string text_;
  std::array<Member, 4> wanted_{Member{.name = "model", .text = {}, .raw = {}},
                                Member{.name = "max_tokens", .text = {}, .raw = {}},
                                Member{.name = "stream", .text = {}, .raw = {}},
                                Member{.name = "usage", .text = {}, .raw = {}}};
};

TEST_F(PeekTest, ReadsTheMembersThatWereAskedFor) {
  ASSERT_TRUE(read(R"({"max_tokens":1024,"messages":[{"role":"user","model":"inner"}],"stream":true,"model":"claude-x"})"));
  EXPECT_EQ(model().text, "claude-x");
  EXPECT_EQ(max_tokens().integer, 1024);
  EXPECT_TRUE(stream().boolean);
  EXPECT_EQ(usage().kind, Kind::absent);
}

TEST_F(PeekTest, InnerMembersOfTheSameNameDoNotCount) {
  ASSERT_TRUE(read(R"({"messages":[{"model":"a","content":"\"model\":\"b\""}],"tools":{"model":"c"}})"));
  EXPECT_EQ(model().kind, Kind::absent);
}

TEST_F(PeekTest, EscapedNamesAreFoundSoThatNoneSlipsPast) {
  ASSERT_TRUE(read(R"({"m\u006fdel":"claude-x"})"));
  EXPECT_EQ(model().text, "claude-x");
}

TEST_F(PeekTest, RepeatedNamesAreToldEscapedOrNot) {
  ASSERT_TRUE(read(R"({"model":"a","m\u006fdel":"b"})"));
  EXPECT_TRUE(model().repeated);
}

TEST_F(PeekTest, AnObjectIsHandedOutAsItsBytes) {
  ASSERT_TRUE(read(R"({"content":[],"usage":{"output_tokens":3,"inner":{"a":[1,2]}},"model":"m"})"));
  EXPECT_EQ(usage().raw, R"({"output_tokens":3,"inner":{"a":[1,2]}})");
  EXPECT_EQ(model().text, "m");
}

TEST_F(PeekTest, NumbersThatAreNoIntegersAreToldApart) {
  ASSERT_TRUE(read(R"({"max_tokens":1.5})"));
  EXPECT_FALSE(max_tokens().is_integer);
  ASSERT_TRUE(read(R"({"max_tokens":3.0})"));
  EXPECT_EQ(max_tokens().integer, 3);
  ASSERT_TRUE(read(R"({"max_tokens":123456789012345678901234567890})"));
  EXPECT_FALSE(max_tokens().is_integer);
}

TEST_F(PeekTest, WhatIsNoObjectIsRefused) {
  for (const char* text : {"", "[]", "3", "{", R"({"model":)", R"({"model":"a")", "nonsense", R"({"model":"a"}{})",
                           "{\"model\":\"\xff\"}"}) {
    EXPECT_FALSE(read(text)) << text;
  }
}

// What is held for a request depends on it: a number may not hide in its digits.
TEST_F(PeekTest, ManyDigitsAreTheSameNumber) {
  ASSERT_TRUE(read(R"({"max_tokens":1000.0000000000000000000000000000 , "model":"m"})"));
  EXPECT_TRUE(max_tokens().is_integer);
  EXPECT_EQ(max_tokens().integer, 1000);
  EXPECT_EQ(model().text, "m");
  ASSERT_TRUE(read(R"({"max_tokens":123456789012345678901234567890})"));
  EXPECT_FALSE(max_tokens().is_integer);
}

// Found by fuzzing: such a body ended the program.
TEST_F(PeekTest, AWordThatOnlyBeginsLikeNullIsRefused) {
  for (const std::string word : {"nope", "nuns", "nul", "n", "nulll", "tru", "trueish", "fals", "f"}) {
    EXPECT_FALSE(read(R"({"stream":)" + word + "}")) << word;
    EXPECT_FALSE(read(R"({"stream":)" + word + R"(,"model":"m"})")) << word;
  }
  EXPECT_TRUE(read(R"({"stream":null})"));
  EXPECT_EQ(stream().kind, Kind::null);
}

TEST_F(PeekTest, ShrinkingKeepsItUsable) {
  ASSERT_TRUE(read("{\"a\":\"" + std::string(100000, 'x') + "\",\"model\":\"m\"}"));
  peek_.shrink(1000);
  ASSERT_TRUE(read(R"({"model":"n"})"));
  EXPECT_EQ(model().text, "n");
}

}  // namespace
}  // namespace locksmith::wire::json
