#include "gateway/reserve.h"

namespace locksmith::gateway {

Reserved enter(const KnownKey& key, const store::KeyLimits& limits, Tick now, Place& place) {
  const store::Account::Held held = key.account->enter(limits, now);
  switch (held.refusal) {
    case store::Account::Refusal::none:
      place = Place(key.account);
      return {};
    case store::Account::Refusal::rate:
      return {Why::rate, held.wait};
    case store::Account::Refusal::concurrency:
      return {Why::concurrency, {}};
  }
  return {};
}

Why hold(const KnownKey& key, const store::KeyLimits& limits, Money most, Hold& hold) {
  switch (key.account->hold(limits, most)) {
    case store::Account::Room::enough:
      hold = Hold(key.account, most);
      return Why::none;
    case store::Account::Room::held:
      return Why::budget_held;
    case store::Account::Room::spent:
      return Why::budget_spent;
  }
  return Why::budget_spent;
}

}  // namespace locksmith::gateway
