#include "gateway/witness.h"

#include <gtest/gtest.h>

#include <set>

#include "gateway/request_for_tests.h"
#include "knowledge/knowledge.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {
namespace {

class WitnessTest : public testing::Test, public LogSink {
 protected:
  bool write(std::string_view lines) override {
    log.append(lines);
    return true;
  }
  void fill(Exchange& exchange) const {
    exchange.asking.method.assign("POST");
    exchange.asking.path.assign("/v1/messages");
    exchange.asking.key = &known;
    exchange.asking.asked.model.assign("claude-a");
    exchange.answering.status = 429;
  }

  const std::unique_ptr<model::diagnosis::Examiner> examiner = knowledge::make_examiner().value();
  const KnownKey known = known_key(1);
  std::string log;
  Counters counters;
  Witness witness{counters, *this, *examiner, 7};
};

TEST_F(WitnessTest, AFailureIsKeptUnderItsIdAndCountedAndLoggedOnce) {
  Exchange exchange;
  fill(exchange);
  const std::string id(witness.fail(exchange, Tick{1s}, {"gateway", "rule", "rate_limit.requests", "Why.", "What next."}));
  witness.tell(exchange, Tick{2s}, {}, {});
  witness.flush();
  EXPECT_EQ(log.find("\n"), log.size() - 1) << log;
  EXPECT_NE(log.find("\"id\":\"" + id + "\""), std::string::npos);
  EXPECT_NE(log.find("\"cause\":\"rate_limit.requests\""), std::string::npos);
  const Failed* const failed = witness.find(id);
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->status, 429);
  EXPECT_EQ(failed->path, "/v1/messages");
  EXPECT_EQ(failed->key_id, known.key.id.value());
  EXPECT_EQ(failed->message, "Why.");
  EXPECT_EQ(counters.requests.read(), 1U);
  EXPECT_EQ(counters.answers[4].read(), 1U);
}

TEST_F(WitnessTest, IdsDifferAndOldFailuresMakeRoom) {
  std::set<std::string> ids;
  std::string first;
  for (std::size_t i = 0; i <= limits::kFailuresKept; ++i) {
    Exchange exchange;
    fill(exchange);
    ids.emplace(witness.fail(exchange, Tick{1s}, {"gateway", "rule", "other", {}, {}}));
    if (i == 0) first = *ids.begin();
  }
  EXPECT_EQ(ids.size(), limits::kFailuresKept + 1);
  EXPECT_EQ(witness.find(first), nullptr);
}

TEST_F(WitnessTest, ACredentialInAPathOrAModelIsKeptOutOfSight) {
  Exchange exchange;
  fill(exchange);
  exchange.asking.path.assign("/v1/" + test_key(3));
  exchange.asking.asked.model.assign(test_key(4));
  const std::string id(witness.fail(exchange, Tick{1s}, {"gateway", "rule", "other", {}, {}}));
  witness.flush();
  for (const std::string& text : {log, witness.find(id)->path, witness.find(id)->model}) {
    EXPECT_EQ(text.find(test_key(3).substr(0, 12)), std::string::npos) << text;
    EXPECT_EQ(text.find(test_key(4).substr(0, 12)), std::string::npos) << text;
  }
}

TEST_F(WitnessTest, AnErrorAnswerIsExaminedWithItsFieldsAndItsBody) {
  const HeldAnswer held{"HTTP/1.1 429 Too Many Requests\r\nretry-after: 17\r\ncontent-type: application/json\r\n\r\n",
                       {},
                       R"({"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your rate limit."}})"};
  const ErrorCause found = witness.cause_of(held);
  EXPECT_TRUE(found.cause.starts_with("rate_limit")) << found.cause;
  EXPECT_EQ(found.retry_after, 17s);
  EXPECT_FALSE(found.rule.empty());
}

TEST(ErrorAnswer, WhatIsNoAnswerOfTheApiIsAnErrorWhereItWouldBeBilled) {
  const auto is = [](const std::string& start, const std::string& lines, std::string_view path) {
    wire::http1::ResponseHead head;
    const std::string text = "HTTP/1.1 " + start + "\r\n" + lines + "\r\n";
    EXPECT_EQ(parse_response_head(text, head), wire::http1::Refusal::none);
    return is_error(head, endpoint_of(path));
  };
  EXPECT_FALSE(is("200 OK", "content-type: application/json\r\n", "/v1/messages"));
  EXPECT_FALSE(is("200 OK", "content-type: text/event-stream\r\n", "/v1/messages"));
  EXPECT_TRUE(is("200 OK", "content-type: text/html; charset=utf-8\r\n", "/v1/messages"));
  EXPECT_TRUE(is("302 Found", "location: http://a.example/\r\n", "/v1/messages"));
  EXPECT_TRUE(is("500 x", "", "/v1/models"));
  EXPECT_FALSE(is("302 Found", "", "/v1/models"));
}

TEST(ErrorAnswer, AHeadIsHeldAsItCame) {
  const std::string text = "HTTP/1.1 401 Unauthorized\r\nX-A:b\r\nrequest-id: req_1\r\n\r\n";
  wire::http1::ResponseHead head;
  ASSERT_EQ(parse_response_head(text, head), wire::http1::Refusal::none);
  EXPECT_EQ(text_of(head), text);
}

}  // namespace
}  // namespace locksmith::gateway
