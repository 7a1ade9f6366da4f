// Requests that wait until money comes free that others of their key hold. A hold is the worst case and most of it comes back
// soon, so a short wait serves what a refusal would send away.
//
// One of a worker's; on its thread. Money may come free on another worker, so those who wait look for themselves, every
// limits::kMoneyLook, the one that waits the longest first; one that needs less may be served before one that needs more.
#pragma once

#include <memory>
#include <vector>

#include "world/loop.h"

namespace locksmith::gateway {

class Passage;

class MoneyQueue {
 public:
  // The loop outlives it.
  explicit MoneyQueue(world::Loop& loop) : loop_(loop) {}
  ~MoneyQueue() { *alive_ = false; }
  MoneyQueue(const MoneyQueue&) = delete;
  MoneyQueue& operator=(const MoneyQueue&) = delete;

  // False where limits::kMoneyWaiters wait already. Passage::try_for_money() comes until it leaves.
  bool join(Passage& passage);
  void leave(Passage& passage);
  std::size_t size() const { return size_; }

 private:
  void look_later();
  void look();

  world::Loop& loop_;
  std::vector<Passage*> waiting_;  // null: has left
  std::size_t size_ = 0;
  bool looking_ = false;           // a look is to come
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace locksmith::gateway
