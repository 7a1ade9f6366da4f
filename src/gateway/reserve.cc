#include "gateway/reserve.h"

namespace locksmith::gateway {

Reserved reserve(const KnownKey& key, const store::KeyLimits& limits, Money most, Tick now, Hold& hold) {
  const store::Account::Held held = key.account->hold(limits, now, most);
  switch (held.refusal) {
    case store::Account::Refusal::none:
      hold = Hold(key.account, most);
      return {};
    case store::Account::Refusal::rate:
      return {Why::rate, held.wait};
    case store::Account::Refusal::concurrency:
      return {Why::concurrency, {}};
    case store::Account::Refusal::spend:
      return {Why::spend, {}};
  }
  return {};
}

}  // namespace locksmith::gateway
