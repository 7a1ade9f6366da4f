#include "model/ledger/price.h"

#include <gtest/gtest.h>

namespace locksmith::model::ledger {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

Rates rates(std::int64_t in, std::int64_t out, std::int64_t w5, std::int64_t w1, std::int64_t read) {
  return {{in}, {out}, {w5}, {w1}, {read}};
}

PriceList list() {
  return PriceList({{"claude-a", rates(5000, 25000, 6250, 10000, 500), 0, {}},
                    {"claude-a-mini", rates(100, 500, 125, 200, 10), 100'000, rates(500, 2500, 625, 1000, 50)}},
                   Money{10'000'000});
}

TEST(PriceTest, EachKindOfTokenHasItsOwnPrice) {
  const Usage usage{.input = kMillion, .output = kMillion, .cache_write_5m = kMillion, .cache_write_1h = kMillion,
                    .cache_read = kMillion, .web_searches = 2};
  EXPECT_EQ(list().cost("claude-a-20260101", usage).nano_usd, (5000 + 25000 + 6250 + 10000 + 500) * kMillion + 20'000'000);
}

TEST(PriceTest, TheLongestNameDecides) {
  EXPECT_EQ(list().of("claude-a-mini-2026").model, "claude-a-mini");
  EXPECT_EQ(list().of("claude-a-2026").model, "claude-a");
}

TEST(PriceTest, LongPromptsCountEveryKindOfPromptToken) {
  EXPECT_EQ(list().cost("claude-a-mini", {.input = 100'000}).nano_usd, 100 * 100'000);
  EXPECT_EQ(list().cost("claude-a-mini", {.input = 1, .cache_read = 100'000}).nano_usd, 500 + 50 * 100'000);
}

TEST(PriceTest, AnUnknownModelCostsTheMostOfAll) {
  EXPECT_EQ(list().cost("claude-unheard", {.input = 1, .output = 1}).nano_usd, 5000 + 25000);
}

TEST(PriceTest, TermsRoundUp) {
  EXPECT_EQ(list().cost("claude-a-mini", {.cache_read = 1}, {.batch = true}).nano_usd, 5);
  EXPECT_EQ(list().cost("claude-a-mini", {.cache_write_5m = 1}, {.batch = true}).nano_usd, 63);
  EXPECT_EQ(list().cost("claude-a-mini", {.cache_write_5m = 1}, {.us_only = true}).nano_usd, 138);
}

TEST(PriceTest, FastModeMultipliesEveryKindOfTokenAndIsDearestWhereItIsNotKnown) {
  const PriceList prices({{"claude-a", rates(1, 5, 2, 3, 1), 0, {}, 2}, {"claude-b", rates(1, 5, 2, 3, 1), 0, {}, 6}, {"claude-c", rates(1, 5, 2, 3, 1), 0, {}}}, {});
  const Usage usage{.input = 1, .output = 1, .cache_write_5m = 1, .cache_write_1h = 1, .cache_read = 1};
  EXPECT_EQ(prices.cost("claude-a", usage, {.fast = true}), Money{24});
  EXPECT_EQ(prices.cost("claude-b", usage, {.fast = true}), Money{72});
  EXPECT_EQ(prices.cost("claude-c", usage, {.fast = true}), Money{72});
  EXPECT_LE(prices.cost("claude-a", {.output = 9, .cache_write_1h = 10}, {.us_only = true, .fast = true}), prices.bound("claude-a", 10, 9, {.fast = true}));
}

TEST(PriceTest, NoUsageWithinTheBoundCostsMoreThanIt) {
  const PriceList prices = list();
  for (const std::int64_t prompt : {10, 99'999, 100'001}) {
    const Money bound = prices.bound("claude-a-mini", prompt, 50);
    for (int kind = 0; kind < 4; ++kind) {
      Usage usage{.output = 50};
      (kind == 0 ? usage.input : kind == 1 ? usage.cache_write_5m : kind == 2 ? usage.cache_write_1h : usage.cache_read) =
          prompt;
      EXPECT_LE(prices.cost("claude-a-mini", usage, {.us_only = true}), bound) << prompt << ' ' << kind;
    }
  }
}

TEST(MoneyTest, IsShownRoundedUp) {
  EXPECT_EQ(to_words(Money{1}), "$0.000001");
  EXPECT_EQ(to_words(dollars(12) + Money{500'000'000}), "$12.500000");
  EXPECT_EQ(to_words(Money{-1'500'000}), "-$0.001500");
}

}  // namespace
}  // namespace locksmith::model::ledger
