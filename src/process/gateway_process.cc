#include "process/gateway_process.h"

#include <algorithm>
#include <utility>

namespace locksmith::process {

GatewayProcess::GatewayProcess(world::Loop& loop, store::KeyStore& store, const gateway::Shared& shared, Outside& outside)
    : loop_(loop), store_(store), shared_(shared), outside_(outside) {}

GatewayProcess::~GatewayProcess() = default;

// --- Beginning ---------------------------------------------------------------------------------------------------------------

Result<void> GatewayProcess::begin(const Loaded& loaded) {
  settings_ = loaded.settings;
  drain_ = loaded.drain;
  return read_keys();
}

Result<world::Address> GatewayProcess::add_worker(world::Loop& loop, const world::Address& address, const world::ListenOptions& options, std::uint64_t salt) {
  auto worker = std::make_unique<gateway::Worker>(loop, shared_, settings_, keys_, salt);
  const auto bound = loop.listen(address, options, *worker);
  if (bound) crew_.push_back(std::make_unique<Member>(loop, std::move(worker)));
  return bound;
}

void GatewayProcess::start() {
  // Before their loops run, so that upstream's name is asked for before the first client is taken.
  for (const auto& member : crew_) member->worker->start();
  since_ = reloaded_at_ = loop_.now();
  look_after();
}

Result<void> GatewayProcess::read_keys() {
  const auto generation = store_.generation();
  if (!generation) return std::unexpected(generation.error());
  auto listing = store_.list();
  if (!listing) return std::unexpected(listing.error());
  std::vector<gateway::KnownKey> known;
  known.reserve(listing->keys.size());
  for (model::tenant::VirtualKey& key : listing->keys) {
    auto account = accounts_.of(key.id);
    known.push_back({std::move(key), std::move(account)});
  }
  keys_ = std::make_shared<const gateway::KeyRing>(std::move(known));
  store_generation_ = *generation;
  if (std::exchange(damaged_, listing->damaged.size()) != listing->damaged.size()) tell_damage(listing->damaged);
  return {};
}

void GatewayProcess::tell_damage(const std::vector<std::string>& ids) {
  if (ids.empty()) return outside_.say("no key of the store is damaged any more");
  outside_.complain({FailureCode("key_damaged"), std::to_string(ids.size()) + " of the store's keys cannot be read and are refused.",
                     "See which: locksmith keys list"});
}

// --- While it runs -----------------------------------------------------------------------------------------------------------

void GatewayProcess::look_after() {
  if (ended_) return;
  follow_store();  // also while it drains: what is under way of a revoked key ends
  if (draining_ && std::ranges::all_of(crew_, [](const auto& member) { return member->drained.load(); })) return end();
  loop_.after(limits::kFollowStore, [this] { look_after(); });
}

// A store that cannot be read leaves the keys as they were: what was revoked stays revoked, what was good stays good.
void GatewayProcess::follow_store() {
  const auto generation = store_.generation();
  if (generation && *generation == store_generation_) {
    store_fault_.clear();
    return;
  }
  const Result<void> read = generation ? read_keys() : std::unexpected(generation.error());
  if (!read) {
    const bool replaced = read.error().code == FailureCode("store_replaced");
    const char* const fault = replaced ? "the store's file was replaced or deleted; restart the gateway" : "the store cannot be read";
    if (std::exchange(store_fault_, fault) != fault) outside_.complain(read.error());
    return;
  }
  store_fault_.clear();
  for (const auto& member : crew_) {
    member->loop.post([raw = member.get(), keys = keys_] { raw->worker->set_keys(keys); });
  }
}

void GatewayProcess::take(Order order) {
  if (order == Order::reload) return stopping_ ? void() : reload();
  if (std::exchange(stopping_, true)) return end();
  outside_.say("draining; once more ends at once");
  outside_.stopping("draining");
  for (const auto& member : crew_) {
    member->loop.post([raw = member.get()] { raw->worker->announce_drain(); });
  }
  loop_.after(order == Order::drain_now ? Duration::zero() : Duration(limits::kDrainNotice), [this] { begin_drain(); });
}

void GatewayProcess::reload() {
  outside_.reloading();
  const auto loaded = outside_.load();
  if (loaded) {
    use(*loaded);
    reloaded_at_ = loop_.now();
    outside_.say("reloaded");
    if (!loaded->later.empty()) outside_.say("a new value of " + loaded->later + " is used from the next start on");
    reload_failed_.clear();
    outside_.ready("reloaded");
  } else {
    outside_.complain(loaded.error());
    outside_.say("the old settings stay");
    reload_failed_ = loaded.error().message;
    outside_.ready("the old settings stay: " + loaded.error().message);
  }
}

void GatewayProcess::use(const Loaded& loaded) {
  outside_.adopt();
  settings_ = loaded.settings;
  drain_ = loaded.drain;
  if (loaded.tls) (void)loop_.replace_certificate(loaded.tls);  // load() found the pair good
  for (const auto& member : crew_) {
    member->loop.post([raw = member.get(), settings = settings_, tls = loaded.tls] {
      raw->worker->set_settings(settings);
      if (tls) (void)raw->loop.replace_certificate(tls);
    });
  }
}

// --- Ending ------------------------------------------------------------------------------------------------------------------

void GatewayProcess::begin_drain() {
  draining_ = true;
  for (const auto& member : crew_) {
    member->loop.post([raw = member.get(), limit = drain_] {
      raw->loop.stop_listening();
      raw->worker->drain(limit, [raw] { raw->drained = true; });
    });
  }
}

void GatewayProcess::end() {
  ended_ = true;
  loop_.stop();
}

// --- For the operator --------------------------------------------------------------------------------------------------------

std::vector<const gateway::Counters*> GatewayProcess::counters() {
  std::vector<const gateway::Counters*> all;
  for (const auto& member : crew_) all.push_back(&member->worker->counters());
  return all;
}

gateway::ProcessFacts GatewayProcess::facts() {
  gateway::ProcessFacts facts{shared_.version, not_ready().empty(), since_, reloaded_at_, !reload_failed_.empty(), {}};
  for (const auto& credential : settings_->credentials) facts.credentials.push_back(credential.name);
  return facts;
}

std::string GatewayProcess::not_ready() {
  if (stopping_) return "draining";
  if (!store_fault_.empty()) return store_fault_;
  for (const auto& member : crew_) {
    if (member->worker->counters().ready.read() == 0) return "the API's host name is not resolved yet";
  }
  return {};
}

void GatewayProcess::find_failure(std::string id, std::move_only_function<void(std::optional<gateway::Failed>)> done) {
  struct Search {
    std::size_t left;
    std::optional<gateway::Failed> found;
    std::move_only_function<void(std::optional<gateway::Failed>)> done;
  };
  auto search = std::make_shared<Search>(crew_.size(), std::nullopt, std::move(done));
  for (const auto& member : crew_) {
    member->loop.post([this, raw = member.get(), id, search] {
      const gateway::Failed* const failed = raw->worker->witness().find(id);
      std::optional<gateway::Failed> copy;
      if (failed != nullptr) copy = *failed;
      loop_.post([search, copy = std::move(copy)]() mutable {
        if (copy) search->found = std::move(copy);
        if (--search->left == 0) search->done(std::move(search->found));
      });
    });
  }
}

void GatewayProcess::find_status(std::move_only_function<void(gateway::Status)> done) {
  struct Gathering {
    std::size_t left;
    gateway::Status status;
    std::move_only_function<void(gateway::Status)> done;
  };
  auto gathering = std::make_shared<Gathering>(crew_.size(), gateway::Status{}, std::move(done));
  gathering->status.not_ready = not_ready();
  gathering->status.reload_failed = reload_failed_;
  gathering->status.since = since_;
  count_keys(gathering->status.keys);
  for (const auto& member : crew_) {
    member->loop.post([this, raw = member.get(), gathering] {
      loop_.post([gathering, part = gateway::status_of(*raw->worker)]() mutable {
        join(gathering->status, std::move(part));
        if (--gathering->left == 0) gathering->done(std::move(gathering->status));
      });
    });
  }
}

void GatewayProcess::find_key(std::string id, std::move_only_function<void(KeySeen)> done) {
  struct Asking {
    std::size_t left;
    KeySeen seen;
    std::move_only_function<void(KeySeen)> done;
  };
  follow_store();
  const auto state_in = [id = std::move(id)](const gateway::KeyRing& keys) {
    const auto known = std::ranges::find_if(keys.keys(), [&](const gateway::KnownKey& one) { return one.key.id.value() == id; });
    return known == keys.keys().end() ? std::string() : std::string(name(known->key.state));
  };
  auto asking = std::make_shared<Asking>(crew_.size(), KeySeen{store_fault_, state_in(*keys_), crew_.size(), 0}, std::move(done));
  for (const auto& member : crew_) {
    // Behind the keys that follow_store() posted.
    member->loop.post([this, raw = member.get(), state_in, asking] {
      loop_.post([asking, state = state_in(*raw->worker->keys())] {
        if (state == asking->seen.state) ++asking->seen.agree;
        if (--asking->left == 0) asking->done(std::move(asking->seen));
      });
    });
  }
}

void GatewayProcess::count_keys(gateway::KeyStatus& keys) const {
  using enum model::tenant::KeyState;
  keys.damaged = damaged_;
  for (const gateway::KnownKey& known : keys_->keys()) {
    const bool expired = known.key.expires && *known.key.expires <= loop_.now();
    switch (known.key.state) {
      case active:
        ++(expired ? keys.expired : keys.active);
        break;
      case suspended:
        ++keys.suspended;
        break;
      case revoked:
        ++keys.revoked;
        break;
    }
  }
}

}  // namespace locksmith::process
