#include "gateway/kept_request.h"

#include <gtest/gtest.h>

#include "gateway/request_for_tests.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {
namespace {

class KeptRequestTest : public testing::Test {
 protected:
  KeptRequest keep(const std::string& start, const std::string& lines) {
    const TestHead head(start, lines);
    Admitted admitted;
    EXPECT_EQ(head.admit(admitted).why, Why::none);
    return KeptRequest(buffers, BodyPart(memory, this), head.head, admitted, 0);
  }
  Buffers buffers;
  BodyMemory memory;
};

TEST_F(KeptRequestTest, FieldsStayAsTheyWereSentAndThoseOfThisHopDoNot) {
  const KeptRequest kept = keep("POST /v1/messages?beta=true",
                                "Anthropic-Version:  2023-06-01\r\nx-api-key: " + test_key(1) +
                                    "\r\nAccept-Encoding: gzip\r\nOrigin: https://a.example\r\nX-Note:a\r\nConnection: x-hop\r\n"
                                    "x-hop: 1\r\nkeep-alive: 5\r\nx-locksmith-id: mine\r\ncontent-length: 0\r\n");
  EXPECT_EQ(kept.method(), "POST");
  EXPECT_EQ(kept.target(), "/v1/messages?beta=true");
  EXPECT_EQ(kept.fields(), "Anthropic-Version: 2023-06-01\r\nX-Note:a\r\n");
  EXPECT_EQ(kept.body(), "");
}

TEST_F(KeptRequestTest, TheClientsNetworkItsSessionsAndOurOwnNamesGoNoFurther) {
  std::string lines;
  for (const char* const name : {"Cookie", "cookie2", "Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "x-real-ip", "X-Client-IP",
                                 "CF-Connecting-IP", "True-Client-IP", "x-original-forwarded-for", "x-locksmith-id", "X-Locksmith-Cause", "x-locksmith-layer",
                                 "x-locksmith-fault", "x-locksmith-anything"}) {
    lines += std::string(name) + ": a\r\n";
  }
  EXPECT_EQ(keep("GET /v1/models", lines).fields(), "");
  EXPECT_EQ(keep("GET /v1/models", "x-forward: a\r\ncook: b\r\nx-locksmit: c\r\n").fields(), "x-forward: a\r\ncook: b\r\nx-locksmit: c\r\n");
  const TestHead head("GET /v1/models", "x-locksmith-fault: overloaded\r\nx-locksmith-id: 1\r\n");
  Admitted admitted;
  EXPECT_EQ(head.admit(admitted).why, Why::none);
  EXPECT_EQ(KeptRequest(buffers, BodyPart(memory, this), head.head, admitted, 0, true).fields(), "x-locksmith-fault: overloaded\r\n");
}

TEST_F(KeptRequestTest, CodingsPassWhereNothingIsMetered) {
  EXPECT_EQ(keep("GET /v1/models", "accept-encoding: br\r\n").fields(), "accept-encoding: br\r\n");
}

TEST_F(KeptRequestTest, TheBodyIsHeldInMemoryThatIsGivenBack) {
  {
    KeptRequest kept = keep("POST /v1/messages", "");
    EXPECT_TRUE(kept.append_body("{\"a\":"));
    EXPECT_TRUE(kept.append_body("1}"));
    EXPECT_EQ(kept.body(), "{\"a\":1}");
    EXPECT_EQ(memory.held(), 7U);
    kept.pad();
    KeptRequest moved = std::move(kept);
    EXPECT_EQ(moved.body(), "{\"a\":1}");
    EXPECT_EQ(memory.held(), 7U);
    moved = KeptRequest();
    EXPECT_EQ(memory.held(), 0U);
  }
  EXPECT_EQ(memory.held(), 0U);
  EXPECT_GT(buffers.take().capacity(), 64U) << "the next request gets the memory of this one";
}

TEST_F(KeptRequestTest, NoMoreIsTakenThanThereIs) {
  KeptRequest kept = keep("POST /v1/messages", "");
  BodyPart others(memory, nullptr);
  ASSERT_TRUE(others.take(limits::kBodyMemory.value / 2));
  EXPECT_TRUE(kept.append_body("0123456789"));
  EXPECT_FALSE(kept.append_body(std::string(limits::kBodyMemory.value / 4, 'x')));
  EXPECT_EQ(kept.body(), "0123456789");
}

}  // namespace
}  // namespace locksmith::gateway
