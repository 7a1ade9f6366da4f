#include "gateway/money_queue.h"

#include <algorithm>

#include "gateway/passage.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {

bool MoneyQueue::join(Passage& passage) {
  if (size_ >= limits::kMoneyWaiters) return false;
  waiting_.push_back(&passage);
  ++size_;
  look_later();
  return true;
}

void MoneyQueue::leave(Passage& passage) {
  const auto place = std::ranges::find(waiting_, &passage);
  LOCKSMITH_ASSERT(place != waiting_.end());
  *place = nullptr;
  --size_;
}

void MoneyQueue::look_later() {
  if (looking_) return;
  looking_ = true;
  loop_.after(limits::kMoneyLook, [this, alive = alive_] {
    if (!*alive) return;
    looking_ = false;
    look();
  });
}

// A passage that is served leaves, and its client's next request may join meanwhile, behind all others.
void MoneyQueue::look() {
  const std::size_t before = waiting_.size();
  for (std::size_t i = 0; i < before; ++i) {
    if (waiting_[i] != nullptr) waiting_[i]->try_for_money();
  }
  std::erase(waiting_, nullptr);
  if (size_ > 0) look_later();
}

}  // namespace locksmith::gateway
