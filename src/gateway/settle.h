// Step 8: what a request is charged when its hold ends.
#pragma once

#include <cstdint>

#include "model/ledger/price.h"
#include "vocabulary/instant.h"
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

// What is known of an answer that was not seen to its end, beside its bytes.
struct Sight {
  bool sent = true;        // something of the request may have reached upstream
  bool all_seen = true;    // nothing kept the stream's bytes from us: no pause, no silence
  Duration since{};        // since the request was sent
};

// The most tokens of output that can have been written for it by now; of a stream, without server tools.
std::int64_t most_output(const Asking& asking, const UsageMeter& meter, const Sight& sight);

// Pure.
Settlement settlement_of(Outcome outcome, const Asking& asking, const UsageMeter& meter, const Sight& sight,
                         const model::ledger::PriceList& prices);

void count_settled(Counters& counters, const Settlement& settlement, const model::ledger::Usage& usage);

}  // namespace locksmith::gateway
