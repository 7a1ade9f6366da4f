// The life of a serving gateway: its workers, the keys as the store has them, reload, drain and end.
//
// It is written over world, so that a simulation runs whole processes: threads, signals, the sandbox and files are the affair of whoever
// runs it. All of it belongs to the thread of its own loop, which serves the operator; workers are told what changes by posting to theirs.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/worker.h"
#include "process/operations.h"
#include "store/key_store.h"
#include "vocabulary/limits/serving.h"
#include "world/loop.h"

namespace locksmith::process {

// All that a reload replaces, read and found good before the first of it is used.
struct Loaded {
  std::shared_ptr<const gateway::Settings> settings;
  std::shared_ptr<const world::TlsServerOptions> tls;  // null: plain
  Duration drain = limits::kDrain;
  std::string later;  // names of settings that changed and are used from the next start on
};

// What the process asks of those who run it. Called on its own loop's thread.
class Outside {
 public:
  virtual ~Outside() = default;
  // The settings as they are now. A failure changes nothing.
  virtual Result<Loaded> load() = 0;
  // The last load() is in use from now on.
  virtual void adopt() = 0;
  // For whoever started it, a sentence without its line end.
  virtual void say(std::string_view sentence) = 0;
  virtual void complain(const Failure& failure) = 0;
  // For a service manager, a line each; reloading lasts until the next ready.
  virtual void ready(std::string_view status) = 0;
  virtual void reloading() = 0;
  virtual void stopping(std::string_view status) = 0;
};

enum class Order : std::uint8_t {
  reload,
  drain,      // limits::kDrainNotice later, so that a balancer sees /readyz say no while all is still served
  drain_now,  // without that notice
};

class GatewayProcess final : public Operations {
 public:
  // All outlive it. `loop` is its own.
  GatewayProcess(world::Loop& loop, store::KeyStore& store, const gateway::Shared& shared, Outside& outside);
  ~GatewayProcess() override;

  // Reads the keys. Before the first worker. Failure code: store_unavailable.
  Result<void> begin(const Loaded& loaded);
  // A worker on a loop of its own, which outlives it and does not run yet. Failure codes: those of world::Loop::listen.
  Result<world::Address> add_worker(world::Loop& loop, const world::Address& address, const world::ListenOptions& options, std::uint64_t salt);
  // From now on it follows the store. The workers' loops do not run yet, and may from now on.
  void start();
  // An order to drain that comes again ends it at once.
  void take(Order order);
  // Every worker is drained, or it was told twice: its loop was told to stop.
  bool ended() const { return ended_; }

  std::size_t keys() const { return keys_->keys().size(); }
  gateway::Worker& worker(std::size_t index) { return *crew_[index]->worker; }
  // Before their loops die; they must not run any more.
  void dismiss() { crew_.clear(); }

  std::vector<const gateway::Counters*> counters() override;
  gateway::ProcessFacts facts() override;
  std::string not_ready() override;
  void find_failure(std::string id, std::move_only_function<void(std::optional<gateway::Failed>)> done) override;
  void find_status(std::move_only_function<void(gateway::Status)> done) override;
  void find_key(std::string id, std::move_only_function<void(KeySeen)> done) override;

 private:
  struct Member {
    world::Loop& loop;
    std::unique_ptr<gateway::Worker> worker;
    std::atomic<bool> drained = false;
  };

  void look_after();
  void follow_store();
  Result<void> read_keys();
  void tell_damage(const std::vector<std::string>& ids);
  void reload();
  void use(const Loaded& loaded);
  void begin_drain();
  void end();
  void count_keys(gateway::KeyStatus& keys) const;

  world::Loop& loop_;
  store::KeyStore& store_;
  gateway::Shared shared_;
  Outside& outside_;
  store::Accounts accounts_;
  std::uint64_t store_generation_ = 0;
  std::string store_fault_;               // why the keys are not those of the store any more; empty: they are
  std::size_t damaged_ = 0;               // rows of the store that are no keys
  std::shared_ptr<const gateway::Settings> settings_;
  std::shared_ptr<const gateway::KeyRing> keys_;
  Duration drain_ = limits::kDrain;
  std::vector<std::unique_ptr<Member>> crew_;
  Instant since_{};
  Instant reloaded_at_{};
  std::string reload_failed_;
  bool stopping_ = false;  // told to end; still serving for limits::kDrainNotice
  bool draining_ = false;
  bool ended_ = false;
};

}  // namespace locksmith::process
