#include "gateway/settle.h"

#include <algorithm>

#include "gateway/asking.h"
#include "gateway/counters.h"
#include "gateway/usage_meter.h"

namespace locksmith::gateway {

bool is_metered(const Asking& asking) {
  const EndpointRow& endpoint = *asking.admitted.endpoint;
  return asking.asked.billed && endpoint.endpoint != Endpoint::batches;
}

std::int64_t most_output(const Asking& asking, const UsageMeter& meter, const Sight& sight) {
  const Asked& asked = asking.asked;
  return asked.streams ? std::min(asked.max_tokens, meter.most_output(sight.since, sight.all_seen)) : asked.max_tokens;
}

// An error answer costs nothing (the API's documentation: failed calls are not billed). Where the usage was not seen to its
// end, a stated upper bound is spent: the prompt as told, or its bound, and the most output that can have been written.
Settlement settlement_of(Outcome outcome, const Asking& asking, const UsageMeter& meter, const Sight& sight,
                         const model::ledger::PriceList& prices) {
  using Knowledge = UsageMeter::Knowledge;
  const Asked& asked = asking.asked;
  if (outcome == Outcome::free || !sight.sent || !asked.billed) return {};
  // A batch's results come later; what they really cost is not known here.
  if (!is_metered(asking)) return {asked.most, true, true};
  if (meter.knowledge() == Knowledge::exact) return {meter.cost(prices, asked.model.view()), true, false};
  // Of several passes, or models, the counts so far are not all.
  if (!asked.one_pass) return {asked.most, true, true};
  const std::int64_t output = most_output(asking, meter, sight);
  if (meter.knowledge() == Knowledge::partly) return {meter.bound(prices, asked.model.view(), output), true, true};
  // A stream that was given up before it told anything.
  if (asked.streams && !meter.began() && !meter.garbled() && outcome == Outcome::unknown) {
    return {prices.bound(asked.model.view(), asked.pass.prompt, output, asked.pass.terms, asked.pass.kept), true, true};
  }
  return {asked.most, true, true};
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
