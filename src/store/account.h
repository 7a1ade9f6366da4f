// What one virtual key has used and may still use: counted by every worker at once, without a lock.
//
// In memory until a durable ledger folds the entries; the verbs are those that such a ledger will have: a hold before a
// request is sent, a settlement after it, on every path.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/limit/gcra.h"
#include "model/tenant/virtual_key.h"
#include "vocabulary/money.h"

namespace locksmith::store {

// Limits of one key; zero or absent: none.
struct KeyLimits {
  model::limit::Rate requests;
  std::int32_t concurrent = 0;
  Money spend{};                     // for as long as the account lives
};

class Account {
 public:
  Account();
  ~Account();
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  enum class Refusal : std::uint8_t { none, rate, concurrency };
  struct Held {
    Refusal refusal = Refusal::none;
    Duration wait{};                 // where refused for its rate: until the same request is admitted
  };

  // A request begins: one of the rate and one place among the concurrent ones, both or neither. Any thread.
  Held enter(const KeyLimits& limits, Tick now);
  // Ends its place. Exactly once for each that was entered.
  void leave();
  // held: it would fit if what others hold came free, which may be soon; spent: it would not, whatever comes free.
  enum class Room : std::uint8_t { enough, held, spent };
  // Holds `most` of the money where there is room; nothing has room always. Any thread.
  Room hold(const KeyLimits& limits, Money most);
  // Ends a hold, or a part of one: what was held is free again, what was spent is spent. Any thread.
  void settle(Money held, Money spent);

  // A batch was made, and this was spent for it: the most that it can cost. Beyond limits::kKeptBatches none is noted. Any thread.
  void note_batch(std::string_view id, Money spent);
  // Its results tell what it cost. Only the first time, and only for a batch that was noted. Any thread.
  void settle_batch(std::string_view id, Money cost);

  Money spent() const { return {spent_.load(std::memory_order_relaxed)}; }
  Money held() const { return {held_.load(std::memory_order_relaxed)}; }
  std::int32_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }

 private:
  bool admit_request(const model::limit::Rate& rate, Tick now, Duration& wait);

  std::atomic<std::int64_t> arrival_{0};    // of the rate, in ticks
  std::atomic<std::int64_t> spent_{0};
  std::atomic<std::int64_t> held_{0};       // always counted up before spent_ is looked at
  std::atomic<std::int32_t> in_flight_{0};
  // Of keys that make batches only, so that the others need no memory for it.
  struct Batches;
  std::atomic<Batches*> batches_{nullptr};  // made by the first batch, owned, never exchanged
};

// One account a key, kept across reloads. Not for several threads at a time: whoever makes the snapshots asks.
class Accounts {
 public:
  std::shared_ptr<Account> of(const model::tenant::VirtualKeyId& id);

 private:
  std::map<std::string, std::shared_ptr<Account>> accounts_;
};

}  // namespace locksmith::store
