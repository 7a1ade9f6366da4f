// data/prices.json: what tokens cost, by model.
#pragma once

#include <string_view>

#include "model/ledger/price.h"
#include "vocabulary/failure.h"

namespace locksmith::knowledge {

// The embedded prices, or those of `prices_json` where it is not empty; context windows and longest answers come from
// data/models.json: the largest of all models of a price, and those of the ledger where one of them is not known.
// Failure codes: json_invalid, data_file_invalid (a
// price is missing, negative, or no whole number of billionths of a dollar a token).
Result<model::ledger::PriceList> read_prices(std::string_view prices_json = {});

}  // namespace locksmith::knowledge
