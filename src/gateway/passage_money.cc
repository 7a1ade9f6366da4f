// What a passage does about money: holds it, waits for it, lets a hold grow with its stream, and settles it.
#include <algorithm>
#include <string>

#include "gateway/metering.h"
#include "gateway/passage.h"
#include "gateway/worker.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {

// --- Step 4, of the money ------------------------------------------------------------------------------------------------------

// Of a stream that is cut where the limit is, the hold begins with its prompt and a slice of its output.
Why Passage::take_money() {
  Exchange& exchange = this->exchange();
  const Asking& asking = exchange.asking;
  const Asked& asked = asking.asked;
  const Settings& settings = *asking.generation->settings;
  Money first = asked.most;
  if (settings.on_limit == OnLimit::cut && settings.key_limits.spend > Money{} && is_metered(asking) && asked.streams && asked.one_pass) {
    exchange.room = std::min(asked.max_tokens, limits::kUnseenOutput + limits::kSlice);
    first = worker_.prices().bound(asked.model.view(), asked.pass.prompt, exchange.room, asked.pass.terms, asked.pass.kept);
  }
  return hold(*asking.key, settings.key_limits, first, exchange.hold);
}

// What others of this key hold is the worst case, and most of it comes back: such a request waits a while.
void Passage::reserve() {
  const Why why = take_money();
  if (why == Why::none) return forward();
  if (why != Why::budget_held || !worker_.money_queue().join(*this)) return refuse_money(why);
  phase_ = Phase::reserving;
  client_.wait_until(worker_.tick() + limits::kMoneyWait);
}

void Passage::try_for_money() {
  const Why why = take_money();
  if (why == Why::budget_held) return;
  worker_.money_queue().leave(*this);
  phase_ = Phase::reading;
  why == Why::none ? forward() : refuse_money(why);
}

// The amounts show a reader whether money is gone or only held.
std::string Passage::amounts() const {
  const Asking& asking = (*slot_)->asking;
  const store::Account& account = *asking.key->account;
  std::string out = "hold " + to_words(asking.asked.most);
  out.append(", spent ").append(to_words(account.spent())).append(", held ").append(to_words(account.held()));
  return out.append(", limit ").append(to_words(asking.generation->settings->key_limits.spend)).append(", in USD");
}

void Passage::refuse_money(Why why) { refuse(why, amounts(), why == Why::budget_held ? limits::kHeldRetry : Duration::zero()); }

// --- Step 7: a hold that grows -------------------------------------------------------------------------------------------------

// False where the stream must end here. One slice may pass that is not held, so that what others are about to give back counts.
bool Passage::keep_room() {
  Exchange& exchange = this->exchange();
  const UsageMeter& meter = exchange.answering.meter;
  if (exchange.room == 0 || meter.complete()) return true;
  Asking& asking = exchange.asking;
  const std::string_view model = asking.asked.model.view();
  Pass& pass = asking.asked.pass;
  if (!exchange.fitted && meter.prompt_told()) {
    exchange.fitted = true;
    model::ledger::Usage told = meter.usage();
    told.output = exchange.room;
    exchange.hold.shrink(worker_.prices().cost(model, told, {.batch = false, .us_only = true, .fast = pass.terms.fast}));
    pass.prompt = std::min(pass.prompt, told.prompt());
  }
  const std::int64_t most = most_output(asking, meter, sight_of(worker_, exchange));
  if (most <= exchange.room) return true;
  const auto held_for = [&](std::int64_t output) { return worker_.prices().bound(model, pass.prompt, output, pass.terms, pass.kept); };
  for (const std::int64_t next : {std::min(most + limits::kSlice, asking.asked.max_tokens), most}) {
    if (!exchange.hold.grow(asking.generation->settings->key_limits, held_for(next) - held_for(exchange.room))) continue;
    exchange.room = next;
    return true;
  }
  return most <= exchange.room + limits::kSlice;
}

// --- Step 8 --------------------------------------------------------------------------------------------------------------------

void Passage::settle(Outcome outcome) { gateway::settle(worker_, exchange(), outcome); }

}  // namespace locksmith::gateway
