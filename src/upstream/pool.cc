#include "upstream/pool.h"

#include <algorithm>
#include <utility>

#include "vocabulary/assert.h"
#include "vocabulary/limits/upstream.h"

namespace locksmith::upstream {

Pool::Pool(world::Loop& loop, PoolSettings settings)
    : loop_(loop), settings_(std::move(settings)), authority_(settings_.target.authority()) {
  if (!settings_.target.tls) return;
  world::TlsClientOptions options;
  options.server_name = settings_.target.host;
  options.ca_file = settings_.ca_file;
  options.alpn = {"http/1.1"};
  tls_ = std::make_shared<const world::TlsClientOptions>(std::move(options));
}

Pool::~Pool() { *alive_ = false; }

void Pool::start() { look_up(); }

void Pool::look_up() {
  const Target& first = settings_.proxy ? *settings_.proxy : settings_.target;
  loop_.resolve(first.host, first.port, world::Family::any, limits::kLookUp,
                [this, alive = alive_](world::Resolution resolution) {
                  if (!*alive || stopped_) return;
                  resolve_error_ = resolution.error;
                  if (!resolution.addresses.empty()) addresses_ = std::move(resolution.addresses);
                  const Duration pause = addresses_.empty() ? limits::kResolveRetry : limits::kResolveAgain;
                  look_up_timer_ = loop_.after(pause, [this, alive] {
                    if (*alive && !stopped_) look_up();
                  });
                });
}

void Pool::stop() {
  stopped_ = true;
  loop_.cancel(look_up_timer_);
  for (Link* const link : std::exchange(idle_, {})) link->abandon();
}

// --- Taking and keeping ----------------------------------------------------------------------------------------------------

Link* Pool::take_idle(const void* owner) {
  const std::size_t looked_at = std::min(idle_.size(), limits::kOwnLinks);
  for (std::size_t i = 0; i < looked_at; ++i) {
    const auto place = idle_.end() - 1 - static_cast<std::ptrdiff_t>(i);
    Link* const link = *place;
    if (link->owner_ != owner) continue;
    idle_.erase(place);
    return link;
  }
  if (idle_.empty() || loop_.turn() - idle_.front()->idle_since_ < limits::kLinkSettles) return nullptr;
  Link* const link = idle_.front();
  idle_.erase(idle_.begin());
  return link;
}

Link* Pool::take(LinkUser& user, bool head_method, const void* owner) {
  Link* link = take_idle(owner);
  if (link == nullptr && (addresses_.empty() || loop_.tick() < open_until_)) return nullptr;
  if (link == nullptr) {
    link = &dial(user, head_method);
  } else {
    link->begin(user, head_method);
  }
  link->owner_ = owner;
  return link;
}

Link& Pool::dial(LinkUser& user, bool head_method) {
  auto owned = std::make_unique<Link>(*this);
  Link& link = *owned;
  links_.emplace(&link, std::move(owned));
  link.begin(user, head_method);
  link.number_ = ++dialled_;
  const world::Address& address = addresses_[next_address_ % addresses_.size()];
  if (tunnels()) {
    link.tunnel_ = Link::Tunnel::wanted;
    link.stream_ = &loop_.dial(address, {.deadline = limits::kConnectUpstream, .may_start_tls = true}, link);
    expect_tunnel(link);
  } else {
    link.stream_ = &loop_.dial(address, {.deadline = limits::kConnectUpstream, .tls = tls_}, link);
  }
  return link;
}

void Pool::keep(Link& link) {
  if (stopped_ || idle_.size() >= limits::kIdleLinks) return link.abandon();
  link.idle_since_ = loop_.tick();
  idle_.push_back(&link);
}

// Most links that end while idle were used long ago: they stand near the front, but places shift as others are taken.
void Pool::drop_idle(Link& link) { std::erase(idle_, &link); }

void Pool::expect_close(Link& link) {
  // A peer that never finishes its side would hold the descriptor for ever.
  // Its memory may serve another link by then, so the number decides.
  loop_.after(limits::kLinkLinger, [this, alive = alive_, &link, number = link.number_] {
    if (*alive && links_.contains(&link) && link.number_ == number) link.abandon();
  });
}

// A proxy that takes the connection and says nothing would hold the request as long as the API may think.
void Pool::expect_tunnel(Link& link) {
  loop_.after(2 * limits::kConnectUpstream, [this, alive = alive_, &link, number = link.number_] {
    if (*alive && links_.contains(&link) && link.number_ == number) link.tunnel_late();
  });
}

bool Pool::secure(world::Stream& stream) {
  if (!tls_) return false;
  loop_.start_tls(stream, tls_, limits::kConnectUpstream);
  return true;
}

void Pool::connect_failed() {
  ++next_address_;
  if (++failures_ < limits::kBreakerFailures) return;
  // One more attempt after each pause: its failure opens the breaker again at once.
  open_until_ = loop_.tick() + limits::kBreakerPause;
}

Duration Pool::breaker_left() const {
  const Tick now = loop_.tick();
  return now < open_until_ ? open_until_ - now : Duration::zero();
}

void Pool::sweep(Tick now) {
  std::size_t old = 0;
  while (old < idle_.size() && now - idle_[old]->idle_since_ > limits::kIdleLink) ++old;
  const std::vector<Link*> ending(idle_.begin(), idle_.begin() + static_cast<std::ptrdiff_t>(old));
  idle_.erase(idle_.begin(), idle_.begin() + static_cast<std::ptrdiff_t>(old));
  for (Link* const link : ending) link->abandon();
}

void Pool::forget(Link& link) { links_.erase(&link); }

}  // namespace locksmith::upstream
