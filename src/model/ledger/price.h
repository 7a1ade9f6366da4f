// What a request costs: token counts times a dated price list, and the most that it can cost before it is sent.
//
// Source of the rules: the API's pricing and Messages pages. Cache reads have a price of their own per model, never a
// formula; one model has a second price band for long prompts; server tools are counted by use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/money.h"

namespace locksmith::model::ledger {

// Counts of tokens; for web searches, of searches. All are zero or more.
struct Usage {
  std::int64_t input = 0;           // not cached
  std::int64_t output = 0;
  std::int64_t cache_write_5m = 0;
  std::int64_t cache_write_1h = 0;
  std::int64_t cache_read = 0;
  std::int64_t web_searches = 0;

  std::int64_t prompt() const { return input + cache_write_5m + cache_write_1h + cache_read; }
  Usage& operator+=(const Usage& other);
  friend bool operator==(const Usage&, const Usage&) = default;
};

// Money for one token of each kind.
struct Rates {
  Money input, output, cache_write_5m, cache_write_1h, cache_read;
};

inline constexpr std::int64_t kLargestContext = 1'000'000;  // of all models
inline constexpr std::int64_t kMostOutput = 300'000;        // of all models: what the beta output-300k allows in batches

struct Price {
  std::string model;                // an id, or the beginning of one: "claude-opus-4-5" is also claude-opus-4-5-20251101
  Rates rates;
  std::int64_t long_prompt = 0;     // prompts above this many tokens cost `long_rates`; 0: there is no such band
  Rates long_rates{};
  std::int64_t fast = 0;            // fast mode costs so many times as much; 0: the model has none
  std::int64_t context = kLargestContext;  // tokens of the longest prompt that it takes
  std::int64_t most_output = kMostOutput;  // tokens of its longest answer, outside batches
};

// For how long a prompt is asked to be kept, which decides the dearest kind of its tokens. Nothing is kept unasked (the API's
// page on prompt caching).
enum class Kept : std::uint8_t { no, minutes, hour };

// Where the request ran, and how: each changes the price.
struct Terms {
  bool batch = false;               // half the price
  bool us_only = false;             // inference_geo "us": a tenth more
  bool fast = false;                // speed "fast": every kind of token costs more
};

class PriceList {
 public:
  // `prices` may be empty: then everything is free.
  explicit PriceList(std::vector<Price> prices, Money web_search);

  // The entry with the longest beginning of `model`; of an unknown model, the highest known price of each kind, so that
  // nothing is ever counted too low.
  const Price& of(std::string_view model) const;

  Money cost(std::string_view model, const Usage& usage, const Terms& terms = {}) const;
  // The most that one pass of a model can cost: every prompt token at the dearest kind that `kept` allows, max_tokens of output,
  // in the dearest place; `terms` say batch and fast.
  Money bound(std::string_view model, std::int64_t prompt_tokens, std::int64_t max_tokens, const Terms& terms = {},
              Kept kept = Kept::hour) const {
    return bound(of(model), prompt_tokens, max_tokens, terms, kept);
  }
  static Money bound(const Price& price, std::int64_t prompt_tokens, std::int64_t max_tokens, const Terms& terms, Kept kept);
  Money web_search() const { return web_search_; }

 private:
  std::vector<Price> prices_;       // longest name first
  Price highest_;
  Money web_search_;
};

}  // namespace locksmith::model::ledger
