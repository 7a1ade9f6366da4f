#include "knowledge/prices.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "embedded/embedded.h"
#include "wire/json/json.h"

namespace locksmith::knowledge {
namespace {

using wire::json::Value;

constexpr std::string_view kSchema = "locksmith.prices/1";
constexpr double kNanoPerToken = 1000;       // a dollar for a million tokens is 1000 billionths for one
constexpr double kNanoPerDollar = 1e9;
constexpr std::int64_t kMostFast = 100;      // times the price
constexpr double kMostDollars = 1e6;         // for a million tokens: beyond it a sum could leave 64 bits

std::unexpected<Failure> invalid(std::string message) {
  return fail(FailureCode("data_file_invalid"), "The price file cannot be used: " + message,
              "Compare it with data/prices.json of the source, or leave it out.", Blame::user);
}

bool take(const Value& value, double factor, Money& out) {
  const auto number = value.as_number();
  if (!number || *number < 0 || *number > kMostDollars) return false;
  out.nano_usd = std::llround(*number * factor);
  return std::abs(*number * factor - static_cast<double>(out.nano_usd)) < 1e-6;
}

bool take_rates(const Value& value, model::ledger::Rates& out) {
  return take(value["input"], kNanoPerToken, out.input) && take(value["output"], kNanoPerToken, out.output) &&
         take(value["cache_write_5m"], kNanoPerToken, out.cache_write_5m) &&
         take(value["cache_write_1h"], kNanoPerToken, out.cache_write_1h) &&
         take(value["cache_read"], kNanoPerToken, out.cache_read);
}

bool take_price(const Value& value, model::ledger::Price& out) {
  out.model = value["model"].string_or({});
  if (out.model.empty() || !take_rates(value, out.rates)) return false;
  if (const Value fast = value["fast"]) {
    out.fast = fast.as_integer().value_or(0);
    if (out.fast < 1 || out.fast > kMostFast) return false;
  }
  if (!value["above_prompt_tokens"]) return true;
  out.long_prompt = value["above_prompt_tokens"].as_integer().value_or(0);
  return out.long_prompt > 0 && take_rates(value["above"], out.long_rates);
}

// A price stands for all models whose ids begin with its name.
std::int64_t largest(const Value& models, std::string_view beginning, std::string_view member, std::int64_t where_unknown) {
  std::int64_t most = 0;
  bool known = true;
  models.for_each_element([&](const Value& model) {
    if (!model["id"].string_or({}).starts_with(beginning)) return;
    const auto number = model[member].as_integer();
    known = known && number && *number > 0;
    if (number) most = std::max(most, *number);
  });
  return known && most > 0 ? most : where_unknown;
}

void take_sizes(std::vector<model::ledger::Price>& prices, std::string_view models_json) {
  wire::json::Reader reader;
  const auto root = reader.parse(models_json);
  if (!root) return;
  const Value models = (*root)["models"];
  for (model::ledger::Price& price : prices) {
    price.context = largest(models, price.model, "max_input_tokens", price.context);
    price.most_output = largest(models, price.model, "max_tokens", price.most_output);
  }
}

}  // namespace

Result<model::ledger::PriceList> read_prices(std::string_view text) {
  if (text.empty()) text = embedded::find(embedded::data_files(), "prices.json");
  wire::json::Reader reader;
  const auto root = reader.parse(text);
  if (!root) return std::unexpected(root.error());
  if ((*root)["schema"].as_string() != kSchema) return invalid("its schema is not " + std::string(kSchema) + ".");
  std::vector<model::ledger::Price> prices;
  std::string wrong;
  (*root)["models"].for_each_element([&](const Value& value) {
    model::ledger::Price price;
    if (take_price(value, price)) {
      prices.push_back(std::move(price));
    } else if (wrong.empty()) {
      wrong = price.model.empty() ? "an entry without a model" : price.model;
    }
  });
  if (!wrong.empty()) return invalid("the prices of " + wrong + " are not whole.");
  if (prices.empty()) return invalid("it has no models.");
  Money web_search;
  if (!take((*root)["web_search"], kNanoPerDollar, web_search)) return invalid("web_search is no price.");
  take_sizes(prices, embedded::find(embedded::data_files(), "models.json"));
  return model::ledger::PriceList(std::move(prices), web_search);
}

}  // namespace locksmith::knowledge
