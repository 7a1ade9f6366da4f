#include "gateway/settle.h"

#include <gtest/gtest.h>

#include "gateway/asking.h"
#include "gateway/usage_meter.h"

namespace locksmith::gateway {
namespace {

class SettleTest : public testing::Test {
 protected:
  SettleTest() {
    asking.admitted.endpoint = &endpoint_of("/v1/messages");
    asking.asked.model.assign("claude-a");
    asking.asked.max_tokens = 100;
    asking.asked.billed = asking.asked.one_pass = true;
    asking.asked.most = held;
    asking.asked.pass = {.prompt = 40, .terms = {}, .kept = model::ledger::Kept::no};
  }
  UsageMeter read(UsageMeter::Mode mode, std::string_view answer) {
    UsageMeter meter(readers, mode);
    meter.take(answer);
    meter.finish();
    return meter;
  }
  Settlement settled(Outcome outcome, const UsageMeter& meter, bool sent = true) const {
    return settlement_of(outcome, asking, meter, {.sent = sent, .all_seen = true, .since = since}, prices);
  }

  static constexpr std::string_view kWhole = R"({"model":"claude-a","content":[{}],"usage":{"input_tokens":10,"output_tokens":20}})";
  static constexpr std::string_view kBegun =
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-a\",\"usage\":{\"input_tokens\":10}}}\n\n";
  const model::ledger::PriceList prices{{{.model = "claude-a", .rates = {{1}, {5}, {1}, {2}, {1}}, .long_prompt = 0, .long_rates = {}}},
                                        Money{1000}};
  const Money held{7000};
  Duration since = 1s;
  UsageReaders readers;
  Asking asking;
};

TEST_F(SettleTest, AWholeAnswerCostsItsUsage) {
  const Settlement settlement = settled(Outcome::answered, read(UsageMeter::Mode::whole, kWhole));
  EXPECT_EQ(settlement.spent, Money{10 + 20 * 5});
  EXPECT_TRUE(settlement.billed);
  EXPECT_FALSE(settlement.by_bound);
}

TEST_F(SettleTest, AStreamThatBrokeOffCostsItsPromptAndMaxTokens) {
  for (const Outcome outcome : {Outcome::answered, Outcome::unknown}) {
    const Settlement settlement = settled(outcome, read(UsageMeter::Mode::stream, kBegun));
    EXPECT_EQ(settlement.spent, Money{10 + 100 * 5});
    EXPECT_TRUE(settlement.by_bound);
  }
}

// Of a stream that was asked for: what can have been written by now, and not max_tokens.
TEST_F(SettleTest, AStreamThatIsGivenUpCostsItsPromptAndWhatCanHaveBeenWritten) {
  asking.asked.streams = true;
  asking.asked.max_tokens = 128'000;
  // Nothing shows what the model does: 500 tokens a second.
  EXPECT_EQ(settled(Outcome::unknown, read(UsageMeter::Mode::stream, kBegun)).spent, Money{10 + (500 + 1000) * 5});
  EXPECT_EQ(settled(Outcome::unknown, UsageMeter()).spent, Money{(40 * 11 + (500 + 1000) * 5 * 11 + 9) / 10}) << "its bound, in the dearest place";
  since = 1h;
  EXPECT_EQ(settled(Outcome::unknown, read(UsageMeter::Mode::stream, kBegun)).spent, Money{10 + 128'000 * 5});
  // Text shows it: a byte a token.
  const std::string text = std::string(kBegun) +
                           "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
                           "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" +
                           std::string(300, 'x') + "\"}}\n\n";
  const Settlement seen = settled(Outcome::unknown, read(UsageMeter::Mode::stream, text));
  EXPECT_GE(seen.spent, Money{10 + (300 + 1000) * 5});
  EXPECT_LE(seen.spent, Money{10 + (320 + 1000) * 5});
  EXPECT_TRUE(seen.by_bound);
  // Thinking is billed, and shown only in part.
  std::string thinks = text;
  thinks.replace(thinks.find("{\"type\":\"text\""), 14, "{\"type\":\"thinking\"");
  since = 10s;
  EXPECT_EQ(settled(Outcome::unknown, read(UsageMeter::Mode::stream, thinks)).spent, Money{10 + (5000 + 1000) * 5});
}

TEST_F(SettleTest, WhatIsNotKnownCostsTheHold) {
  for (const Outcome outcome : {Outcome::answered, Outcome::unknown}) {
    EXPECT_EQ(settled(outcome, UsageMeter()).spent, held);
    EXPECT_TRUE(settled(outcome, UsageMeter()).by_bound);
  }
}

TEST_F(SettleTest, WhatFailedOrWasNeverSentIsFree) {
  EXPECT_EQ(settled(Outcome::free, UsageMeter()).spent, Money{});
  EXPECT_EQ(settled(Outcome::unknown, UsageMeter(), false).spent, Money{});
  EXPECT_FALSE(settled(Outcome::free, UsageMeter()).billed);
}

TEST_F(SettleTest, WhatCostsNothingIsFreeWhateverItAnswers) {
  asking.asked.billed = false;
  EXPECT_EQ(settled(Outcome::answered, UsageMeter()).spent, Money{});
  EXPECT_FALSE(is_metered(asking));
}

// The counts of a stream tell one pass of one model.
TEST_F(SettleTest, ABrokenStreamOfSeveralPassesCostsTheHold) {
  asking.asked.one_pass = false;
  EXPECT_EQ(settled(Outcome::answered, read(UsageMeter::Mode::stream, kBegun)).spent, held);
}

TEST_F(SettleTest, ABatchIsChargedItsHold) {
  asking.admitted.endpoint = &endpoint_of("/v1/messages/batches");
  EXPECT_FALSE(is_metered(asking));
  EXPECT_EQ(settled(Outcome::answered, UsageMeter()).spent, held);
}

}  // namespace
}  // namespace locksmith::gateway
