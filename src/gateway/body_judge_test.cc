// What a body asks for, in every spelling: models, members twice or of a wrong type, and the most that it can cost against what
// its tools and content can cost. (That no bill is above it: tests/gateway/bill_test.cc.)
#include "gateway/body_judge.h"

#include <gtest/gtest.h>

#include "gateway/body_reading.h"
#include "gateway/bounds.h"
#include "gateway/request_for_tests.h"
#include "knowledge/prices.h"
#include "vocabulary/limits/gateway.h"
#include "wire/json/peek.h"

namespace locksmith::gateway {
namespace {

class BodyJudgeTest : public testing::Test {
 protected:
  BodyReading::Verdict read(std::string body, std::string_view path = "/v1/messages") {
    Admitted request;
    request.endpoint = &endpoint_of(path);
    body.reserve(body.size() + wire::json::kPeekPadding);
    return reading.read(request, body, {}, settings, prices, asked);
  }
  // A body with these members beside the usual ones.
  static std::string with(const std::string& members) {
    return R"({"model":"claude-haiku-4-5","max_tokens":10,"messages":[{"role":"user","content":"hi"}])" + members + "}";
  }

  const model::ledger::PriceList prices = knowledge::read_prices().value();
  Settings settings;
  BodyReading reading;
  Asked asked;
};

TEST_F(BodyJudgeTest, EveryModelThatIsNamedIsJudgedHoweverItIsSpelt) {
  settings.models = {"claude-haiku"};
  const std::string barred = "claude-opus-5";
  for (std::size_t i = 0; i <= barred.size(); ++i) {
    const std::string model = escaped(barred, i);
    for (std::size_t j = 0; j <= 5; ++j) {
      const std::string name = '"' + escaped("model", j) + "\":\"" + model + '"';
      for (const std::string& members :
           {",\"fallbacks\":[{" + name + "}]", ",\"fallbacks\":[{\"x\":1,\"y\":{" + name + "}}]",
            ",\"tools\":[{\"type\":\"advisor_20260301\"," + name + "}]", ",\"context_management\":{\"edits\":[{\"type\":\"x\"," + name + "}]}",
            ",\"unheard\":{\"of\":[[{" + name + "}]]}", ",\"fallback_model\":\"" + model + '"', ",\"models\":[\"" + model + "\"]"}) {
        EXPECT_EQ(read(with(members)).why, Why::model_not_allowed) << members;
      }
      EXPECT_EQ(read("{" + name + ",\"max_tokens\":1}").why, Why::model_not_allowed);
      EXPECT_EQ(read(R"({"requests":[{"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":1}},{"custom_id":"b","params":{)" + name + "}}]}",
                     "/v1/messages/batches").why,
                Why::model_not_allowed);
    }
  }
  EXPECT_EQ(read(with("")).why, Why::none);
}

// A client's own data may hold any name: Claude Code's own tool has a parameter "model".
TEST_F(BodyJudgeTest, DataOfTheClientsOwnIsNotJudged) {
  settings.models = {"claude-haiku"};
  for (const char* const members :
       {R"(,"tools":[{"name":"Task","input_schema":{"type":"object","properties":{"model":{"type":["string"]}}}}])",
        R"(,"x":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"Task","input":{"model":"opus","model":1,"file_id":3}}]}])",
        R"(,"metadata":{"model":"claude-opus-5"})", R"(,"output_config":{"format":{"type":"json_schema","schema":{"type":{"a":1},"model":7}}})"}) {
    EXPECT_EQ(read(with(members)).why, Why::none) << members;
  }
}

TEST_F(BodyJudgeTest, ADecidingMemberThatStandsTwiceIsRefusedAtEveryPlace) {
  const auto twice = [&](const std::string& body, std::string_view path = "/v1/messages") { return read(body, path).why; };
  EXPECT_EQ(twice(with(R"(,"model":"claude-haiku-4-5")")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"m\u006fdel":"claude-haiku-4-5")")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"max_t\u006fkens":11)")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"messages":[])")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"tools":[],"tools":[])")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"speed":"fast","speed":"standard")")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"tools":[{"type":"web_search_20250305","max_uses":1,"max_uses":9}])")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"tools":[{"type":"web_search_20250305","type":"custom"}])")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"fallbacks":[{"model":"claude-haiku-4-5","model":"claude-haiku-4-5"}])")), Why::member_repeated);
  const std::string one = R"({"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":1}})";
  EXPECT_EQ(twice(R"({"requests":[)" + one + R"(],"requests":[]})", "/v1/messages/batches"), Why::member_repeated);
  EXPECT_EQ(twice(R"({"requests":[{"params":{"max_tokens":1},"params":{"max_tokens":2}}]})", "/v1/messages/batches"), Why::member_repeated);
  EXPECT_EQ(twice(R"({"requests":[{"params":{"max_tokens":1,"max_tokens":2}}]})", "/v1/messages/batches"), Why::member_repeated);
}

TEST_F(BodyJudgeTest, ADecidingMemberOfAWrongTypeIsRefused) {
  for (const char* const wrong : {R"("64000")", "1.5", "-1", "true", "null", "[]", "{}", "1e400", "99999999999999999999"}) {
    EXPECT_EQ(read(std::string(R"({"model":"claude-haiku-4-5","max_tokens":)") + wrong + "}").why, Why::member_wrong) << wrong;
  }
  for (const char* const wrong : {"7", "null", "[]", "{}", "true"}) {
    EXPECT_EQ(read(std::string(R"({"max_tokens":1,"model":)") + wrong + "}").why, Why::member_wrong) << wrong;
  }
  for (const char* const members : {R"(,"tools":{})", R"(,"tools":"x")", R"(,"speed":true)", R"(,"fallbacks":{"model":"claude-haiku-4-5"})", R"(,"tools":["web_search"])",
                                    R"(,"tools":[{"type":7}])", R"(,"tools":[{"type":"web_search_20250305","max_uses":"3"}])", R"(,"context_management":[])"}) {
    EXPECT_EQ(read(with(members)).why, Why::member_wrong) << members;
  }
  EXPECT_EQ(read(R"({"requests":[5]})", "/v1/messages/batches").why, Why::member_wrong);
  EXPECT_EQ(read(R"({"requests":[{"params":5}]})", "/v1/messages/batches").why, Why::member_wrong);
  EXPECT_EQ(read(R"({"requests":{}})", "/v1/messages/batches").why, Why::member_wrong);
  EXPECT_EQ(read(with(R"(,"tools":null,"speed":null,"container":null)")).why, Why::none);
}

// Each row of the table: what has no bound is refused where there is a limit to hold, and only there.
TEST_F(BodyJudgeTest, WhatHasNoBoundIsRefusedUnderASpendLimit) {
  settings.key_limits.spend = Money{1'000'000'000'000'000};
  const auto verdict = [&](const std::string& members) { return read(with(members)).why; };
  for (const BoundRow& row : tool_bounds()) {
    const std::string type = std::string(row.type) + (row.type.ends_with('_') ? "20260101" : "");
    const std::string tool = type.empty() ? R"({"name":"t")" : R"({"name":"t","type":")" + type + '"';
    const bool needs_uses = row.bound == Bound::uses;
    EXPECT_EQ(verdict(",\"tools\":[" + tool + "}]"), row.bound == Bound::none || needs_uses ? Why::cost_unbounded : Why::none) << type;
    EXPECT_EQ(verdict(",\"tools\":[" + tool + ",\"max_uses\":3}]"), row.bound == Bound::none ? Why::cost_unbounded : Why::none) << type;
    EXPECT_EQ(verdict(",\"tools\":[" + tool + ",\"max_uses\":1000000}]"), row.bound == Bound::none || needs_uses ? Why::cost_unbounded : Why::none);
  }
  EXPECT_EQ(verdict(R"(,"tools":[{"type":"unheard_of_20270101"}])"), Why::cost_unbounded);
  EXPECT_EQ(verdict(R"(,"container":"c_1")"), Why::cost_unbounded);
  EXPECT_EQ(verdict(R"(,"container":{"skills":[]})"), Why::cost_unbounded);
  EXPECT_EQ(verdict(R"(,"mcp_servers":[{"url":"https://a.example"}])"), Why::cost_unbounded);
  EXPECT_EQ(verdict(R"(,"mcp_servers":[])"), Why::none);
  EXPECT_EQ(verdict(R"(,"context_management":{"edits":[{"type":"compact_20260112"}]})"), Why::cost_unbounded);
  EXPECT_EQ(verdict(R"(,"context_management":{"edits":[{"type":"clear_thinking_20251015"}]})"), Why::none);
  settings.key_limits.spend = {};
  EXPECT_EQ(verdict(R"(,"container":"c_1")"), Why::none);
}

TEST_F(BodyJudgeTest, EveryRowOfTheTableNamesItsSource) {
  for (const auto rows : {tool_bounds(), block_bounds()}) {
    for (const BoundRow& row : rows) EXPECT_GT(row.source.size(), 10U) << row.type;
  }
}

TEST_F(BodyJudgeTest, AnEncodedImageCountsAsOneAndNotByItsBytes) {
  const auto image = [](std::size_t bytes) {
    return R"(,"x":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":")" + std::string(bytes, 'A') + "\"}}]";
  };
  read(with(image(100'000)));
  const Money large = asked.most;
  read(with(image(100)));
  EXPECT_EQ(asked.most, large);
  read(with(""));
  EXPECT_GE(large - asked.most, prices.bound("claude-haiku-4-5", limits::kImageTokens, 0, {}, model::ledger::Kept::no));
}

// Nothing is kept in a cache unasked, and the longer it is kept the dearer it is written.
TEST_F(BodyJudgeTest, APromptCostsAsItIsAskedToBeKept) {
  const auto prompt = [&](const std::string& members) {
    EXPECT_EQ(read(with(members)).why, Why::none) << members;
    return asked.pass.kept;
  };
  using model::ledger::Kept;
  EXPECT_EQ(prompt(""), Kept::no);
  EXPECT_EQ(prompt(R"(,"cache_control":null)"), Kept::no);
  EXPECT_EQ(prompt(R"(,"cache_control":{"type":"ephemeral"})"), Kept::minutes);
  EXPECT_EQ(prompt(R"(,"system":[{"type":"text","text":"x","cache_c\u006fntrol":{"type":"ephemeral","ttl":"5m"}}])"), Kept::minutes);
  EXPECT_EQ(prompt(R"(,"tools":[{"name":"t","input_schema":{},"cache_control":{"type":"ephemeral","ttl":"1h"}}])"), Kept::hour);
  EXPECT_EQ(prompt(R"(,"tools":[{"name":"t","input_schema":{},"cache_control":{"ttl":"1\u0068","type":"ephemeral"}}])"), Kept::hour);
  EXPECT_EQ(prompt(R"(,"cache_control":{"type":"ephemeral","ttl":"2d"})"), Kept::hour) << "what is not known is the dearest";
}

// What Claude Code sends, on its dearest model, with the largest answer that it asks for.
TEST_F(BodyJudgeTest, ABodyOf49KilobytesWithTheLongestAnswerHoldsLessThanThreeDollarsTen) {
  for (const char* const cached : {"", R"(,"cache_control":{"type":"ephemeral"})"}) {
    std::string body = std::string(R"({"model":"claude-opus-5-5","max_tokens":128000,"stream":true,"messages":[{"role":"user","content":[{"type":"text")") + cached +
                       R"(,"text":")";
    body.append(49 * 1024 - body.size() - 6, 'x').append("\"}]}]}");
    EXPECT_EQ(read(body).why, Why::none);
    EXPECT_LE(asked.most, Money{3'100'000'000}) << cached;
    EXPECT_TRUE(asked.streams && asked.one_pass);
  }
}

TEST_F(BodyJudgeTest, ContextAndLongestAnswerOfTheModelAreBounds) {
  const std::string large(900'000, 'x');
  const auto most = [&](const std::string& model, const std::string& tokens) {
    EXPECT_EQ(read(R"({"model":")" + model + R"(","max_tokens":)" + tokens + R"(,"messages":[{"role":"user","content":")" + large + "\"}]}").why, Why::none);
    return asked.most;
  };
  EXPECT_EQ(most("claude-haiku-4-5", "100000000"), prices.bound("claude-haiku-4-5", 200'000, 64'000, {}, model::ledger::Kept::no));
  const Money opus = most("claude-opus-5-5", "100000000");
  EXPECT_EQ(opus, prices.bound("claude-opus-5-5", asked.pass.prompt, 128'000, {}, model::ledger::Kept::no));
  EXPECT_EQ(asked.max_tokens, 128'000);
  const Money unheard = most("claude-unheard", "100000000");
  EXPECT_EQ(unheard, prices.bound("claude-unheard", asked.pass.prompt, 300'000, {}, model::ledger::Kept::no));
}

}  // namespace
}  // namespace locksmith::gateway
