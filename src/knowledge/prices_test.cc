#include "knowledge/prices.h"

#include <gtest/gtest.h>

#include "embedded/embedded.h"
#include "wire/json/json.h"

namespace locksmith::knowledge {
namespace {

TEST(PricesTest, TheEmbeddedFileIsWhole) {
  const auto prices = read_prices();
  ASSERT_TRUE(prices) << prices.error().message;
  EXPECT_EQ(prices->of("claude-opus-4-5-20251101").rates.cache_write_5m, Money{6250});
  EXPECT_EQ(prices->of("claude-sonnet-4-5-20250929").rates.input, Money{3000});
  EXPECT_EQ(prices->of("claude-haiku-5-5").long_prompt, 100'000);
}

TEST(PricesTest, ContextAndLongestAnswerAreKnownOrTheLargest) {
  const auto prices = read_prices();
  ASSERT_TRUE(prices);
  EXPECT_EQ(prices->of("claude-haiku-4-5-20251001").context, 200'000);
  EXPECT_EQ(prices->of("claude-haiku-4-5-20251001").most_output, 64'000);
  EXPECT_EQ(prices->of("claude-opus-5-5").context, 1'000'000);
  EXPECT_EQ(prices->of("claude-opus-5-5").most_output, 128'000);
  // Of this one, models of unknown size have the price, too.
  EXPECT_EQ(prices->of("claude-sonnet-4-6").context, model::ledger::kLargestContext);
  EXPECT_EQ(prices->of("claude-sonnet-4-6").most_output, model::ledger::kMostOutput);
  EXPECT_EQ(prices->of("claude-unheard").context, model::ledger::kLargestContext);
}

TEST(PricesTest, EveryModelThatIsListedHasAPriceOfItsOwn) {
  const auto prices = read_prices();
  ASSERT_TRUE(prices);
  wire::json::Reader reader;
  const auto models = reader.parse(embedded::find(embedded::data_files(), "models.json"));
  ASSERT_TRUE(models);
  (*models)["models"].for_each_element([&](const wire::json::Value& model) {
    if (model["lifecycle"].string_or({}) == "retired") return;
    const std::string_view id = model["id"].string_or({});
    EXPECT_FALSE(prices->of(id).model.empty()) << id;
  });
}

TEST(PricesTest, AFileThatIsNotWholeIsRefused) {
  for (const char* text : {R"({"schema":"other"})", R"({"schema":"locksmith.prices/1","web_search":0.01,"models":[]})",
                           R"({"schema":"locksmith.prices/1","web_search":0.01,"models":[{"model":"m","input":1}]})",
                           R"({"schema":"locksmith.prices/1","web_search":0.01,"models":[{"model":"m","input":-1,"output":1,
                               "cache_write_5m":1,"cache_write_1h":1,"cache_read":1}]})"}) {
    const auto prices = read_prices(text);
    ASSERT_FALSE(prices) << text;
    EXPECT_EQ(prices.error().code.name(), "data_file_invalid");
  }
}

}  // namespace
}  // namespace locksmith::knowledge
