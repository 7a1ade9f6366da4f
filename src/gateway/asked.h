// What a body asks for, as far as it decides on permission and cost.
#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/short_text.h"
#include "model/ledger/price.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/money.h"

namespace locksmith::gateway {

// One run of one model, where a request is no more than that: what its cost follows from while the answer comes.
struct Pass {
  std::int64_t prompt = 0;              // tokens, at most
  model::ledger::Terms terms;
  model::ledger::Kept kept = model::ledger::Kept::hour;
};

struct Asked {
  ShortText<limits::kModelName> model;  // the first that is named; of a batch with several, "several models"
  std::int64_t max_tokens = 0;          // of a batch all together
  Money most{};                         // the most that it can cost
  bool billed = false;                  // it asks for an answer that costs
  bool one_pass = false;                // one model that runs once: what its stream tells of the prompt is all of the prompt
  bool streams = false;                 // its answer is to come as events
  Pass pass;                            // of one_pass
  bool model_barred = false;            // it names a model that may not be used
  std::string_view unbounded;           // what has no bound of cost, by its name in the table (bounds.h); empty: nothing
};

}  // namespace locksmith::gateway
