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
    return KeptRequest(buffers, head.head, admitted, 0);
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

TEST_F(KeptRequestTest, CodingsPassWhereNothingIsMetered) {
  EXPECT_EQ(keep("GET /v1/models", "accept-encoding: br\r\n").fields(), "accept-encoding: br\r\n");
}

TEST_F(KeptRequestTest, TheBodyIsHeldInMemoryThatIsGivenBack) {
  {
    KeptRequest kept = keep("POST /v1/messages", "");
    EXPECT_TRUE(kept.append_body(memory, "{\"a\":"));
    EXPECT_TRUE(kept.append_body(memory, "1}"));
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
  ASSERT_TRUE(memory.take(limits::kBodyMemory.value - 10));
  EXPECT_TRUE(kept.append_body(memory, "0123456789"));
  EXPECT_FALSE(kept.append_body(memory, "x"));
  EXPECT_EQ(kept.body(), "0123456789");
}

}  // namespace
}  // namespace locksmith::gateway
