#include "gateway/usage_meter.h"

#include <gtest/gtest.h>

namespace locksmith::gateway {
namespace {

using Knowledge = UsageMeter::Knowledge;
using Mode = UsageMeter::Mode;

class UsageMeterTest : public testing::Test {
 protected:
  UsageMeter read(Mode mode, std::string_view answer, std::size_t piece = 1 << 20) {
    UsageMeter meter(readers, mode);
    for (std::size_t at = 0; at < answer.size(); at += piece) meter.take(answer.substr(at, piece));
    meter.finish();
    return meter;
  }
  static std::string event(const std::string& type, const std::string& members, const std::string& end = "\n") {
    return "event: " + type + end + "data: {\"type\":\"" + type + "\"," + members + "}" + end + end;
  }
  static std::string stream(const std::string& end = "\n") {
    return event("message_start", R"("message":{"model":"claude-a","usage":{"input_tokens":10,"output_tokens":1,"cache_read_input_tokens":7}})", end) +
           event("content_block_delta", R"("delta":{"text":"usage {\"input_tokens\":99}"})", end) +
           event("message_delta", R"("delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":42,"input_tokens":null})", end) +
           event("message_stop", R"("x":1)", end);
  }
  UsageReaders readers;
};

TEST_F(UsageMeterTest, AStreamIsReadTheSameWhereverItIsTorn) {
  for (const char* const end : {"\n", "\r\n"}) {
    const std::string whole = stream(end);
    for (std::size_t piece = 1; piece <= whole.size(); ++piece) {
      const UsageMeter meter = read(Mode::stream, whole, piece);
      ASSERT_EQ(meter.knowledge(), Knowledge::exact) << piece;
      ASSERT_EQ(meter.usage(), (model::ledger::Usage{.input = 10, .output = 42, .cache_read = 7})) << piece;
      ASSERT_EQ(meter.model(), "claude-a");
    }
  }
}

// Cut anywhere, a stream is known in part once its first event is whole, and never exactly before its last one.
TEST_F(UsageMeterTest, AStreamThatEndsEarlyIsNeverKnownExactly) {
  const std::string whole = stream();
  const std::size_t first_event = whole.find("\n\n");
  const std::size_t stop = whole.find("event: message_stop") + std::string_view("event: message_stop").size();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Knowledge known = read(Mode::stream, whole.substr(0, size)).knowledge();
    if (size > stop) break;
    EXPECT_EQ(known, size <= first_event ? Knowledge::nothing : Knowledge::partly) << size;
  }
}

TEST_F(UsageMeterTest, AnErrorEventIsNamed) {
  EXPECT_EQ(read(Mode::stream, event("error", R"("error":{"type":"overloaded_error"})")).error_type(), "overloaded_error");
}

TEST_F(UsageMeterTest, ABodyWithoutUsageIsNotKnown) {
  for (const char* const body : {"", "{", "[]", "{\"model\":\"claude-a\"}", "{\"usage\":7}"}) {
    EXPECT_EQ(read(Mode::whole, body).knowledge(), Knowledge::nothing) << body;
  }
}

TEST_F(UsageMeterTest, OneThatIsOffKnowsNothing) {
  UsageMeter meter;
  meter.take(stream());
  meter.finish();
  EXPECT_EQ(meter.knowledge(), Knowledge::nothing);
  EXPECT_EQ(meter.usage(), model::ledger::Usage{});
}

}  // namespace
}  // namespace locksmith::gateway
