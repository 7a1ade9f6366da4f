#include "model/ledger/price.h"

#include <algorithm>
#include <utility>

namespace locksmith::model::ledger {
namespace {

Money times(Money each, std::int64_t count) { return {each.nano_usd * count}; }

Money total(const Rates& rates, const Usage& usage) {
  return times(rates.input, usage.input) + times(rates.output, usage.output) +
         times(rates.cache_write_5m, usage.cache_write_5m) + times(rates.cache_write_1h, usage.cache_write_1h) +
         times(rates.cache_read, usage.cache_read);
}

void raise(Rates& highest, const Rates& other) {
  highest.input = std::max(highest.input, other.input);
  highest.output = std::max(highest.output, other.output);
  highest.cache_write_5m = std::max(highest.cache_write_5m, other.cache_write_5m);
  highest.cache_write_1h = std::max(highest.cache_write_1h, other.cache_write_1h);
  highest.cache_read = std::max(highest.cache_read, other.cache_read);
}

// Halves and tenths are rounded up: a bill of ours is never below the API's.
Money with_terms(Money money, const Terms& terms, std::int64_t fast) {
  if (terms.fast) money = times(money, fast);
  if (terms.batch) money = {(money.nano_usd + 1) / 2};
  if (terms.us_only) money = {(money.nano_usd * 11 + 9) / 10};
  return money;
}

}  // namespace

Usage& Usage::operator+=(const Usage& other) {
  input += other.input;
  output += other.output;
  cache_write_5m += other.cache_write_5m;
  cache_write_1h += other.cache_write_1h;
  cache_read += other.cache_read;
  web_searches += other.web_searches;
  return *this;
}

PriceList::PriceList(std::vector<Price> prices, Money web_search) : prices_(std::move(prices)), web_search_(web_search) {
  std::ranges::stable_sort(prices_, [](const Price& a, const Price& b) { return a.model.size() > b.model.size(); });
  for (const Price& price : prices_) {
    raise(highest_.rates, price.rates);
    if (price.long_prompt > 0) raise(highest_.rates, price.long_rates);
    highest_.fast = std::max(highest_.fast, price.fast);
  }
  // A model that is not known to have a fast mode and is served in one costs as the dearest.
  highest_.fast = std::max<std::int64_t>(highest_.fast, 1);
  for (Price& price : prices_) {
    if (price.fast == 0) price.fast = highest_.fast;
  }
}

const Price& PriceList::of(std::string_view model) const {
  for (const Price& price : prices_) {
    // Names differ at their end, so nearly all are passed over by one letter.
    const std::size_t size = price.model.size();
    if (model.size() >= size && size > 0 && model[size - 1] == price.model[size - 1] && model.starts_with(price.model)) return price;
  }
  return highest_;
}

Money PriceList::cost(std::string_view model, const Usage& usage, const Terms& terms) const {
  const Price& price = of(model);
  const bool is_long = price.long_prompt > 0 && usage.prompt() > price.long_prompt;
  const Money tokens = total(is_long ? price.long_rates : price.rates, usage);
  return with_terms(tokens, terms, price.fast) + times(web_search_, usage.web_searches);
}

Money PriceList::bound(const Price& price, std::int64_t prompt_tokens, std::int64_t max_tokens, const Terms& terms, Kept kept) {
  Rates rates = price.rates;
  if (price.long_prompt > 0 && prompt_tokens > price.long_prompt) raise(rates, price.long_rates);
  Money dearest = std::max(rates.input, rates.cache_read);
  if (kept != Kept::no) dearest = std::max(dearest, rates.cache_write_5m);
  if (kept == Kept::hour) dearest = std::max(dearest, rates.cache_write_1h);
  return with_terms(times(dearest, prompt_tokens) + times(rates.output, max_tokens), {.batch = terms.batch, .us_only = true, .fast = terms.fast}, price.fast);
}

}  // namespace locksmith::model::ledger
