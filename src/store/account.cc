#include "store/account.h"

namespace locksmith::store {

using model::limit::Admission;

bool Account::admit_request(const model::limit::Rate& rate, Tick now, Duration& wait) {
  if (rate.interval <= Duration::zero()) return true;
  std::int64_t before = arrival_.load(std::memory_order_relaxed);
  while (true) {
    const Admission admission = model::limit::admit(rate, Tick(Duration(before)), now);
    if (!admission.admitted) {
      wait = admission.wait;
      return false;
    }
    const std::int64_t after = admission.arrival.time_since_epoch().count();
    if (arrival_.compare_exchange_weak(before, after, std::memory_order_relaxed)) return true;
  }
}

// The hold is counted before it is compared, so two workers can both be refused where one would have fitted, but can never
// both be let in. settle() frees the hold only after the spending is counted, so the sum never dips in between.
Account::Room Account::hold(const KeyLimits& limits, Money most) {
  if (most <= Money{}) return Room::enough;
  const std::int64_t held = held_.fetch_add(most.nano_usd, std::memory_order_seq_cst) + most.nano_usd;
  const Money limit = limits.spend;
  const std::int64_t spent = spent_.load(std::memory_order_seq_cst);
  if (limit.nano_usd <= 0 || held + spent <= limit.nano_usd) return Room::enough;
  held_.fetch_sub(most.nano_usd, std::memory_order_seq_cst);
  return spent + most.nano_usd <= limit.nano_usd ? Room::held : Room::spent;
}

Account::Held Account::enter(const KeyLimits& limits, Tick now) {
  const std::int32_t flying = in_flight_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (limits.concurrent > 0 && flying > limits.concurrent) {
    leave();
    return {Refusal::concurrency, {}};
  }
  // Last, because a refused request must not use up the rate of the next.
  Duration wait{};
  if (!admit_request(limits.requests, now, wait)) {
    leave();
    return {Refusal::rate, wait};
  }
  return {};
}

void Account::leave() { in_flight_.fetch_sub(1, std::memory_order_relaxed); }

void Account::settle(Money held, Money spent) {
  spent_.fetch_add(spent.nano_usd, std::memory_order_seq_cst);
  held_.fetch_sub(held.nano_usd, std::memory_order_seq_cst);
}

std::shared_ptr<Account> Accounts::of(const model::tenant::VirtualKeyId& id) {
  std::shared_ptr<Account>& account = accounts_[id.value()];
  if (!account) account = std::make_shared<Account>();
  return account;
}

}  // namespace locksmith::store
