#include "gateway/settle.h"

#include "gateway/asking.h"
#include "gateway/counters.h"
#include "gateway/usage_meter.h"

namespace locksmith::gateway {

bool is_metered(const Asking& asking) {
  const EndpointRow& endpoint = *asking.admitted.endpoint;
  return asking.asked.billed && endpoint.endpoint != Endpoint::batches;
}

// An error answer costs nothing (the API's documentation: failed calls are not billed). Where the usage was not seen to its
// end, the stated upper bound is spent: the prompt as told and max_tokens of output, or what was held before anything was
// known.
Settlement settlement_of(Outcome outcome, const Asking& asking, bool sent, const UsageMeter& meter, Money held,
                         const model::ledger::PriceList& prices) {
  using Knowledge = UsageMeter::Knowledge;
  const Asked& asked = asking.asked;
  if (outcome == Outcome::free || !sent || !asked.billed) return {};
  // A batch's results come later; what they really cost is not known here.
  if (!is_metered(asking)) return {held, true, true};
  if (meter.knowledge() == Knowledge::exact) return {meter.cost(prices, asked.model.view()), true, false};
  // Of several passes, or models, the counts so far are not all.
  if (meter.knowledge() == Knowledge::partly && asked.one_pass) {
    return {meter.bound(prices, asked.model.view(), asked.max_tokens), true, true};
  }
  return {held, true, true};
}

void count_settled(Counters& counters, const Settlement& settlement, const model::ledger::Usage& usage) {
  counters.spent_nano_usd.add(static_cast<std::uint64_t>(settlement.spent.nano_usd));
  if (settlement.by_bound) counters.settled_by_bound.add();
  if (!settlement.billed) return;
  counters.tokens.in.add(static_cast<std::uint64_t>(usage.prompt()));
  counters.tokens.out.add(static_cast<std::uint64_t>(usage.output));
  counters.tokens.cached.add(static_cast<std::uint64_t>(usage.cache_read));
}

}  // namespace locksmith::gateway
