// Step 8: the hold becomes spending, on every path, exactly once.
#include <utility>

#include "gateway/passage.h"
#include "gateway/worker.h"

namespace locksmith::gateway {

// An error answer costs nothing (the API's documentation: failed calls are not billed). Where the usage was not seen to its
// end, the stated upper bound is spent: the prompt as told and max_tokens of output, or what was held before anything was
// known.
void Passage::settle(Outcome outcome) {
  if (hold_.account == nullptr) return;
  using Knowledge = UsageMeter::Knowledge;
  const bool billed = outcome != Outcome::free && sent_ && admitted_.endpoint->billed && !asked_.model.empty();
  spent_ = {};
  by_bound_ = false;
  if (billed && admitted_.endpoint->endpoint == Endpoint::batches) {
    // The results come later, half priced; what they really cost is not known here.
    spent_ = {(hold_.most.nano_usd + 1) / 2};
    by_bound_ = true;
  } else if (billed && meter_.knowledge() == Knowledge::exact) {
    spent_ = meter_.cost(worker_.prices(), asked_.model, false);
  } else if (billed && meter_.knowledge() == Knowledge::partly) {
    spent_ = meter_.bound(worker_.prices(), asked_.model, asked_.max_tokens);
    by_bound_ = true;
  } else if (billed) {
    spent_ = hold_.most;
    by_bound_ = true;
  }
  hold_.account->settle(hold_.most, spent_);
  hold_.account = nullptr;
  Counters& counters = worker_.counters();
  counters.spent_nano_usd.add(static_cast<std::uint64_t>(spent_.nano_usd));
  if (by_bound_) counters.settled_by_bound.add();
  if (!billed) return;
  const model::ledger::Usage& usage = meter_.usage();
  counters.tokens_in.add(static_cast<std::uint64_t>(usage.prompt()));
  counters.tokens_out.add(static_cast<std::uint64_t>(usage.output));
  counters.tokens_cached.add(static_cast<std::uint64_t>(usage.cache_read));
}

}  // namespace locksmith::gateway
