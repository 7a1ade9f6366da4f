// Step 4: a request, a place among the concurrent ones and the most money it can cost are held, so that requests side by
// side cannot overspend together.
#pragma once

#include <memory>

#include "gateway/authorize.h"
#include "gateway/key_ring.h"
#include "gateway/refusal.h"
#include "model/ledger/price.h"
#include "store/account.h"

namespace locksmith::gateway {

// What a request holds until settle(): move-only by use, ended exactly once.
struct Hold {
  std::shared_ptr<store::Account> account;  // null: nothing is held
  Money most{};
};

struct Reserved {
  Why why = Why::none;
  Duration wait{};  // of Why::rate
};

// The most that the request can cost. Every token has at least one byte, so a body's bytes bound its prompt's tokens, but
// for what it refers to elsewhere; instructions that the API adds for tools are covered by limits::kPromptMargin.
Money most_of(const model::ledger::PriceList& prices, const EndpointRow& endpoint, const Asked& asked);

Reserved reserve(const KnownKey& key, const store::KeyLimits& limits, Money most, Tick now, Hold& hold);

}  // namespace locksmith::gateway
