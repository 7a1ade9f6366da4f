#include "store/account.h"

#include <array>

#include "vocabulary/limits/gateway.h"

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

// A place is free, being written, or shows which batch it holds; whoever changes that from one to another owns it meanwhile.
struct Account::Batches {
  static constexpr std::uint64_t kFree = 0, kBusy = 1;
  struct Place {
    std::atomic<std::uint64_t> batch{kFree};
    std::atomic<std::int64_t> spent{0};
  };
  std::array<Place, limits::kKeptBatches> places;
};

namespace {

// FNV-1a. The API makes the ids, at random, so two of them are never taken for one.
std::uint64_t mark_of(std::string_view id) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : id) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
  return hash | 2;  // neither free nor busy
}

}  // namespace

Account::Account() = default;
Account::~Account() { delete batches_.load(std::memory_order_acquire); }

void Account::note_batch(std::string_view id, Money spent) {
  Batches* batches = batches_.load(std::memory_order_acquire);
  if (batches == nullptr) {
    auto made = std::make_unique<Batches>();
    if (batches_.compare_exchange_strong(batches, made.get(), std::memory_order_acq_rel)) batches = made.release();
  }
  for (Batches::Place& place : batches->places) {
    std::uint64_t free = Batches::kFree;
    if (!place.batch.compare_exchange_strong(free, Batches::kBusy, std::memory_order_acq_rel)) continue;
    place.spent.store(spent.nano_usd, std::memory_order_relaxed);
    return place.batch.store(mark_of(id), std::memory_order_release);
  }
}

void Account::settle_batch(std::string_view id, Money cost) {
  Batches* const batches = batches_.load(std::memory_order_acquire);
  if (batches == nullptr) return;
  for (Batches::Place& place : batches->places) {
    std::uint64_t mark = mark_of(id);
    if (!place.batch.compare_exchange_strong(mark, Batches::kBusy, std::memory_order_acq_rel)) continue;
    spent_.fetch_add(cost.nano_usd - place.spent.load(std::memory_order_relaxed), std::memory_order_seq_cst);
    return place.batch.store(Batches::kFree, std::memory_order_release);
  }
}

std::shared_ptr<Account> Accounts::of(const model::tenant::VirtualKeyId& id) {
  std::shared_ptr<Account>& account = accounts_[id.value()];
  if (!account) account = std::make_shared<Account>();
  return account;
}

}  // namespace locksmith::store
