#include "gateway/worker.h"

#include <algorithm>
#include <utility>

#include "vocabulary/limits/gateway.h"









namespace locksmith::gateway {

Worker::Worker(world::Loop& loop, const Shared& shared, std::shared_ptr<const Settings> settings,
               std::shared_ptr<const KeyRing> keys, std::uint64_t salt)
    : loop_(loop),
      shared_(shared),
      witness_(counters_, shared.log, shared.examiner, salt),
      money_queue_(loop),
      generation_(std::make_unique<Generation>(loop, std::move(settings))),
      drained_answers_(*this),
      keys_(std::move(keys)) {}

// Requests that are still under way, because the wait for them ended, are settled and logged like those whose client left.
Worker::~Worker() {
  *alive_ = false;
  draining_ = true;
  drained_answers_.end();
  for (const auto& connection : connections_) connection->passage().client_gone();
  witness_.flush();
}

void Worker::start() {
  generation_->pool.start();
  sweep();
}

void Worker::on_accept(world::Stream& stream) {
  auto connection = std::make_unique<Connection>(*this, stream);
  stream.set_handler(*connection);
  connection->place = connections_.size();
  connections_.push_back(std::move(connection));
  counters_.connections.accepted.add();
}

void Worker::forget(Connection& connection) {
  const std::size_t place = connection.place;
  if (place + 1 != connections_.size()) {
    std::swap(connections_[place], connections_.back());
    connections_[place]->place = place;
  }
  connections_.pop_back();
  if (connections_.empty()) finish_drain();
}

// Whoever starts a gateway waits for this, so it is looked at often until it is so.
void Worker::tell_ready() {
  counters_.ready.set(ready() ? 1 : 0);
  if (ready() || looking_) return;
  looking_ = true;
  loop_.after(limits::kReadyLook, [this, alive = alive_] {
    if (!*alive) return;
    looking_ = false;
    tell_ready();
  });
}

// --- Snapshots ---------------------------------------------------------------------------------------------------------------

void Worker::set_keys(std::shared_ptr<const KeyRing> keys) {
  keys_ = std::move(keys);
  // Cutting changes the list only later, from the loop: on_closed never comes from within abort().
  for (const auto& connection : connections_) {
    const KnownKey* const used = connection->passage().key();
    if (used == nullptr || connection->passage().idle()) continue;
    const KnownKey* const now = keys_->find(used->key.digest);
    if (now == nullptr || now->key.state != model::tenant::KeyState::active) connection->passage().revoke();
  }
}

void Worker::set_settings(std::shared_ptr<const Settings> settings) {
  if (next_) next_->pool.stop();
  next_ = std::make_unique<Generation>(loop_, std::move(settings));
  next_->pool.start();
}

void Worker::adopt_next() {
  if (!next_ || (!next_->pool.resolved() && generation_->pool.resolved())) return;
  generation_->pool.stop();
  next_->lender.inherit(generation_->lender);
  old_.push_back(std::exchange(generation_, std::move(next_)));
}

// --- Bounds ------------------------------------------------------------------------------------------------------------------

void Worker::count_attempt(int number) {
  counters_.upstream.attempts.add();
  if (number > 1) return counters_.upstream.retries.add();
  retry_credit_ = std::min(retry_credit_ + 1, kMostRetryCredit);
}

bool Worker::may_retry() {
  if (retry_credit_ < kRetryCost) return false;
  retry_credit_ -= kRetryCost;
  return true;
}

// --- Time --------------------------------------------------------------------------------------------------------------------

void Worker::sweep() {
  const Tick now = loop_.tick();
  // From the end, because an ended connection changes places with the last one.
  for (std::size_t i = connections_.size(); i-- > 0;) {
    if (i < connections_.size()) connections_[i]->check_deadline(now);
  }
  adopt_next();
  drained_answers_.sweep(now);
  generation_->pool.sweep(now);
  std::erase_if(old_, [](const auto& generation) { return generation->users == 0 && generation->pool.size() == 0; });
  reused_.usage_readers.peek.shrink(limits::kKeptParser);
  reused_.reading.shrink();
  reused_.body_memory.tidy();
  witness_.flush();
  counters_.connections.open.set(connections_.size());
  tell_ready();
  counters_.upstream.links.set(generation_->pool.size());
  // A counter goes on where a reload began another pool.
  counters_.upstream.dialled.add(generation_->pool.dialled() - std::exchange(generation_->dialled_told, generation_->pool.dialled()));
  tell_credentials();
  loop_.after(limits::kSweep, [this, alive = alive_] {
    if (*alive) sweep();
  });
}

void Worker::tell_credentials() {
  const auto& states = generation_->lender.states();
  for (std::size_t i = 0; i < std::min(states.size(), counters_.credentials.size()); ++i) {
    const bool rests = states[i].rests_until > loop_.turn();
    const bool fails = !states[i].cause.empty() && states[i].refused_at > states[i].taken_at;
    counters_.credentials[i].set(static_cast<std::uint64_t>(rests ? CredentialState::resting : fails ? CredentialState::failing : CredentialState::in_use));
  }
}

void Worker::drain(Duration limit, std::move_only_function<void()> done) {
  draining_ = true;
  drained_ = std::move(done);
  for (const auto& connection : connections_) connection->drain();
  if (connections_.empty()) return finish_drain();
  loop_.after(limit, [this, alive = alive_] {
    if (*alive) finish_drain();
  });
}

void Worker::finish_drain() {
  if (!drained_) return;
  drained_answers_.end();
  witness_.flush();
  std::exchange(drained_, nullptr)();
}

}  // namespace locksmith::gateway
