#include "gateway/reserve.h"

#include "vocabulary/limits/gateway.h"



namespace locksmith::gateway {

Money most_of(const model::ledger::PriceList& prices, const EndpointRow& endpoint, const Asked& asked) {
  if (!endpoint.billed || asked.model.empty()) return {};
  const std::int64_t written = asked.prompt_bytes + limits::kPromptMargin * asked.requests;
  const std::int64_t prompt = asked.reaches_out ? written + limits::kContextTokens * asked.requests : written;
  return prices.bound(asked.model.view(), prompt, asked.max_tokens);
}

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
