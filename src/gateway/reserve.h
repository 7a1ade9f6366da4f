// Step 4: a request of the rate and a place among the concurrent ones are taken before a body is read, and the most money that
// it can cost is held before it is sent, so that requests side by side cannot overspend together.
#pragma once

#include <memory>
#include <utility>

#include "gateway/key_ring.h"
#include "gateway/refusal.h"
#include "store/account.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {

// The money that a request holds until it is settled: ended exactly once, which is asserted.
class Hold {
 public:
  Hold() = default;
  Hold(std::shared_ptr<store::Account> account, Money most) : account_(std::move(account)), most_(most) {}
  ~Hold() { LOCKSMITH_ASSERT(!stands()); }
  Hold(Hold&& other) noexcept : account_(std::move(other.account_)), most_(other.most_) {}
  Hold& operator=(Hold&& other) noexcept {
    LOCKSMITH_ASSERT(!stands());
    account_ = std::move(other.account_);
    most_ = other.most_;
    return *this;
  }

  bool stands() const { return account_ != nullptr; }
  Money most() const { return most_; }
  // Holds `more` beside what is held. False, and nothing is changed, where there is no room for it.
  bool grow(const store::KeyLimits& limits, Money more) {
    LOCKSMITH_ASSERT(stands());
    if (account_->hold(limits, more) != store::Account::Room::enough) return false;
    most_ += more;
    return true;
  }
  // Gives back what is held beyond `enough`.
  void shrink(Money enough) {
    LOCKSMITH_ASSERT(stands());
    if (enough >= most_) return;
    account_->settle(most_ - enough, {});
    most_ = enough;
  }
  void settle(Money spent) {
    LOCKSMITH_ASSERT(stands());
    std::exchange(account_, nullptr)->settle(most_, spent);
  }

 private:
  std::shared_ptr<store::Account> account_;  // null: nothing is held
  Money most_{};
};

// A place among a key's concurrent requests, left when this dies.
class Place {
 public:
  Place() = default;
  explicit Place(std::shared_ptr<store::Account> account) : account_(std::move(account)) {}
  ~Place() { leave(); }
  Place(Place&& other) noexcept : account_(std::move(other.account_)) {}
  Place& operator=(Place&& other) noexcept {
    leave();
    account_ = std::move(other.account_);
    return *this;
  }

 private:
  void leave() {
    if (account_ != nullptr) std::exchange(account_, nullptr)->leave();
  }

  std::shared_ptr<store::Account> account_;
};

struct Reserved {
  Why why = Why::none;
  Duration wait{};  // of Why::rate
};

Reserved enter(const KnownKey& key, const store::KeyLimits& limits, Tick now, Place& place);
// Why::none, budget_held or budget_spent.
Why hold(const KnownKey& key, const store::KeyLimits& limits, Money most, Hold& hold);

}  // namespace locksmith::gateway
