// One core's share of the gateway: a loop, the connections that came to it, and snapshots of what all workers know.
//
// Everything but counters() belongs to the loop's thread. Snapshots are replaced by posting to the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/body_memory.h"
#include "gateway/body_reading.h"
#include "gateway/buffers.h"
#include "gateway/connection.h"
#include "gateway/counters.h"
#include "gateway/drained.h"
#include "gateway/exchange.h"
#include "gateway/forward.h"
#include "gateway/gathering.h"
#include "gateway/generation.h"
#include "gateway/key_ring.h"
#include "gateway/money_queue.h"
#include "gateway/settings.h"
#include "gateway/witness.h"
#include "wire/http1/head.h"
#include "world/loop.h"

namespace locksmith::gateway {

// What workers share; all of it immutable or safe for any thread, and outliving them.
struct Shared {
  const model::ledger::PriceList& prices;
  const model::diagnosis::Examiner& examiner;
  LogSink& log;
  // No memory is left for new bodies. May be null.
  bool (*short_of_memory)() = nullptr;
  std::string_view version{};  // of the program, for the metrics
};

// What the requests of a worker use one after another, so that the steady path allocates nothing.
struct Reused {
  Buffers buffers;
  BodyMemory body_memory;
  Exchanges exchanges;
  BodyReading reading;
  Forwarder forwarder;
  Gathering gathering;
  UsageReaders usage_readers;
  wire::http1::RequestHead head;
};

class Worker final : public world::AcceptHandler {
 public:
  // `salt`: random, of this worker alone; it makes the ids of failures unique.
  Worker(world::Loop& loop, const Shared& shared, std::shared_ptr<const Settings> settings,
         std::shared_ptr<const KeyRing> keys, std::uint64_t salt);
  ~Worker() override;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Begins to look upstream's name up, and to watch deadlines.
  void start();
  void on_accept(world::Stream& stream) override;

  // From the next request on. Streams of a key that is no longer active are cut.
  void set_keys(std::shared_ptr<const KeyRing> keys);
  // From the first request after their upstream's name is resolved, so that none fails meanwhile; requests under way end with
  // the settings they began with.
  void set_settings(std::shared_ptr<const Settings> settings);
  // From now on every answer says that its connection ends; clients that come are still served.
  void announce_drain() { announced_ = true; }
  // Ends idle connections, lets requests end, and calls `done` once when none is left or after `limit`.
  void drain(Duration limit, std::move_only_function<void()> done);

  bool ready() const { return generation_->pool.resolved(); }
  const Counters& counters() const { return counters_; }
  std::size_t connections() const { return connections_.size(); }

  // --- For connections and passages
  Tick tick() const { return loop_.turn(); }       // for deadlines
  Tick exact_tick() const { return loop_.tick(); } // for what is measured
  Instant now() const { return loop_.now(); }
  bool draining() const { return draining_; }
  bool about_to_end() const { return announced_ || draining_; }
  std::shared_ptr<const KeyRing> keys() const { return keys_; }
  Generation& generation() { return *generation_; }
  const model::ledger::PriceList& prices() const { return shared_.prices; }
  Counters& counters() { return counters_; }
  Witness& witness() { return witness_; }
  BodyReading& reading() { return reused_.reading; }
  Buffers& buffers() { return reused_.buffers; }
  Exchanges& exchanges() { return reused_.exchanges; }
  Forwarder& forwarder() { return reused_.forwarder; }
  Gathering& gathering() { return reused_.gathering; }
  UsageReaders& usage_readers() { return reused_.usage_readers; }
  MoneyQueue& money_queue() { return money_queue_; }
  Drained& drained() { return drained_answers_; }
  BodyMemory& body_memory() { return reused_.body_memory; }
  wire::http1::RequestHead& head() { return reused_.head; }
  // Of what really goes to upstream: the first attempts pay for later ones, so that a failing upstream is not asked twice as
  // much (one retry for ten requests: amplification at most 1.1).
  void count_attempt(int number);
  bool may_retry();
  bool takes_bodies() const { return shared_.short_of_memory == nullptr || !shared_.short_of_memory(); }
  void forget(Connection& connection);

 private:
  static constexpr int kRetryCost = 10;
  static constexpr int kMostRetryCredit = 10 * kRetryCost;

  void sweep();
  void tell_ready();
  void tell_credentials();
  void adopt_next();
  void finish_drain();

  world::Loop& loop_;
  Shared shared_;
  Counters counters_;
  Witness witness_;
  Reused reused_;                                  // outlives the connections, which give back to it
  MoneyQueue money_queue_;                         // the same
  std::unique_ptr<Generation> generation_;
  std::unique_ptr<Generation> next_;               // until its upstream is resolved
  std::vector<std::unique_ptr<Generation>> old_;   // until their last request and link are gone
  Drained drained_answers_;
  std::shared_ptr<const KeyRing> keys_;
  std::vector<std::unique_ptr<Connection>> connections_;
  int retry_credit_ = kRetryCost;
  bool announced_ = false;
  bool draining_ = false;
  bool looking_ = false;           // for upstream's name to be resolved
  std::move_only_function<void()> drained_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace locksmith::gateway
