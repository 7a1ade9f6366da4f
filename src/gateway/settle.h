// Step 8: what a request is charged when its hold ends.
#pragma once

#include <cstdint>

#include "model/ledger/price.h"
#include "vocabulary/money.h"

namespace locksmith::gateway {

struct Asking;
struct Counters;
class UsageMeter;

// answered: as the answer tells; free: nothing was executed, or it failed; unknown: it may have been executed.
enum class Outcome : std::uint8_t { answered, free, unknown };

struct Settlement {
  Money spent{};
  bool billed = false;    // it may have cost something
  bool by_bound = false;  // the answer's usage was not seen whole, so an upper bound counts
};

// Is the cost read from the answer? Not that of a batch, whose results come later.
bool is_metered(const Asking& asking);

// Pure. `held` is the most that was held for the request, `sent` says whether any of it may have reached upstream.
Settlement settlement_of(Outcome outcome, const Asking& asking, bool sent, const UsageMeter& meter, Money held,
                         const model::ledger::PriceList& prices);

void count_settled(Counters& counters, const Settlement& settlement, const model::ledger::Usage& usage);

}  // namespace locksmith::gateway
