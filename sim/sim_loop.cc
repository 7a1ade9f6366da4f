#include "sim_loop.h"

#include <algorithm>
#include <cstdio>

#include "vocabulary/assert.h"

namespace locksmith::sim {

using world::Address;
using world::CloseReason;
using world::Closing;
using world::Family;

namespace {

const HostBehaviour kOrdinary;

std::optional<Address> literal(const std::string& host, std::uint16_t port) {
  Address address;
  address.port = port;
  unsigned a = 0, b = 0, c = 0, d = 0;
  char more = 0;
  if (std::sscanf(host.c_str(), "%3u.%3u.%3u.%3u%c", &a, &b, &c, &d, &more) != 4) return std::nullopt;
  address.bytes = {static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b), static_cast<std::uint8_t>(c), static_cast<std::uint8_t>(d)};
  return address;
}

}  // namespace

// One end of a connection. Both ends live in the loop; what one writes the other reads one latency later.
class SimStream final : public world::Stream {
 public:
  SimStream(SimLoop& loop, const Address& local, const Address& peer) : loop_(loop), local_(local), peer_(peer) {}

  void set_handler(world::StreamHandler& handler) override { handler_ = &handler; }
  void write(std::string_view bytes) override {
    if (finish_sent_ || closed_ || bytes.empty()) return;
    if (!open_ || !kept_.empty()) {
      kept_.append(bytes);
      return;
    }
    send(std::string(bytes));
  }
  std::size_t unsent() const override { return kept_.size(); }
  void pause_reading() override { paused_ = true; }
  void resume_reading() override {
    paused_ = false;
    loop_.post([this, alive = alive_] {
      if (*alive) deliver({});
    });
  }
  void finish() override {
    if (finish_sent_ || closed_) return;
    if (!open_) return abort();
    finish_sent_ = true;
    if (kept_.empty()) transmit_finish();
    close_if_done();
  }
  void abort() override {
    if (closed_) return;
    closed_ = true;
    if (other_ != nullptr) {
      other_->other_ = nullptr;
      other_->later(latency_, [](SimStream& s) { s.end({CloseReason::reset, "ECONNRESET"}); });
      other_ = nullptr;
    }
    later(Duration::zero(), [](SimStream& s) { s.tell_closed({CloseReason::aborted, ""}); });
  }
  const Address& peer() const override { return peer_; }
  const Address& local() const override { return local_; }
  const world::TlsFacts* tls() const override { return tls_ ? &*tls_ : nullptr; }

  // --- for the loop
  ~SimStream() override { *alive_ = false; }
  template <class Action>
  void later(Duration delay, Action action) {
    loop_.after(delay, [this, alive = alive_, action] {
      if (*alive) action(*this);
    });
  }
  void opened() {
    open_ = true;
    handler_->on_open(*this);
    if (!closed_ && !kept_.empty()) pump();
  }
  // An end that this side did not ask for.
  void end(Closing closing) {
    if (closed_) return;
    closed_ = true;
    if (other_ != nullptr) other_->other_ = nullptr;
    other_ = nullptr;
    tell_closed(std::move(closing));
  }
  bool closed() const { return closed_; }

  SimStream* other_ = nullptr;
  std::optional<world::TlsFacts> tls_;
  Duration latency_{};
  std::size_t largest_write_ = 0;
  std::size_t window_ = 0;
  bool resets_data_ = false;
  bool open_ = false;

 private:
  // As much as the peer's window takes; the rest is kept until the peer has taken what is under way.
  void send(std::string bytes) {
    const std::size_t room = window_ == 0 ? bytes.size() : window_ - std::min(window_, under_way_);
    if (bytes.size() > room) {
      kept_.assign(bytes, room);
      bytes.resize(room);
    }
    if (bytes.empty()) return;
    under_way_ += bytes.size();
    transmit(std::move(bytes));
  }
  void pump() {
    send(std::exchange(kept_, {}));
    if (!kept_.empty()) return;
    if (finish_sent_) {
      transmit_finish();
      return close_if_done();
    }
    later(Duration::zero(), [](SimStream& s) {
      if (!s.closed_ && s.kept_.empty()) s.handler_->on_drained(s);
    });
  }
  void taken(std::size_t bytes) {
    under_way_ -= std::min(under_way_, bytes);
    if (!closed_ && open_ && !kept_.empty()) pump();
  }
  void transmit_finish() {
    if (other_ == nullptr) return;
    loop_.after(latency_, [peer = other_, alive = other_->alive_] {
      if (*alive) peer->on_peer_finish();
    });
  }
  void transmit(std::string bytes) {
    if (other_ == nullptr || lost_) return;
    if (resets_data_) {
      SimStream* peer = std::exchange(other_, nullptr);
      peer->other_ = nullptr;
      peer->later(latency_, [](SimStream& s) { s.end({CloseReason::reset, "ECONNRESET"}); });
      return later(2 * latency_, [](SimStream& s) { s.end({CloseReason::reset, "ECONNRESET"}); });
    }
    if (largest_write_ != 0 && bytes.size() > largest_write_) {
      lost_ = true;
      return;
    }
    SimStream* peer = other_;
    loop_.after(latency_, [peer, alive = peer->alive_, bytes = std::move(bytes)]() mutable {
      if (*alive) peer->deliver(std::move(bytes));
    });
  }
  void deliver(std::string bytes) {
    waiting_ += bytes;
    if (closed_ || paused_ || !open_) return;
    if (!waiting_.empty()) {
      const std::string now = std::exchange(waiting_, {});
      if (window_ != 0 && other_ != nullptr) {
        other_->later(latency_, [size = now.size()](SimStream& s) { s.taken(size); });
      }
      handler_->on_bytes(*this, now);
    }
    if (!closed_ && peer_finished_ && !told_finish_ && waiting_.empty()) tell_finish();
  }
  void on_peer_finish() {
    peer_finished_ = true;
    if (!closed_ && !paused_ && open_ && waiting_.empty()) tell_finish();
  }
  void tell_finish() {
    told_finish_ = true;
    handler_->on_peer_finished(*this);
    close_if_done();
  }
  void close_if_done() {
    // What the peer's window had no room for is still to be sent, and the FIN after it.
    if (closed_ || !finish_sent_ || !told_finish_ || !kept_.empty()) return;
    closed_ = true;
    if (other_ != nullptr) other_->other_ = nullptr;
    other_ = nullptr;
    later(Duration::zero(), [](SimStream& s) { s.tell_closed({CloseReason::finished, ""}); });
  }
  void tell_closed(Closing closing) {
    handler_->on_closed(*this, closing);
    loop_.forget(*this);
  }

  SimLoop& loop_;
  Address local_, peer_;
  world::StreamHandler* handler_ = nullptr;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::string kept_, waiting_;
  std::size_t under_way_ = 0;  // sent, and not yet taken by the peer; counted where there is a window
  bool paused_ = false, closed_ = false, finish_sent_ = false, peer_finished_ = false, told_finish_ = false, lost_ = false;
};

SimLoop::SimLoop(Instant start) : start_(start) {}
SimLoop::~SimLoop() = default;

void SimLoop::set_name(const std::string& name, std::vector<Address> addresses) {
  names_[name] = {std::move(addresses), {}, std::chrono::milliseconds(2)};
  silent_names_.erase(name);
}
void SimLoop::set_name_error(const std::string& name, std::string error) { names_[name] = {{}, std::move(error), std::chrono::milliseconds(2)}; }
void SimLoop::set_name_silent(const std::string& name) { silent_names_[name] = true; }
void SimLoop::set_host(const Address& address, HostBehaviour behaviour) {
  std::erase_if(hosts_, [&](const auto& each) { return each.first == address; });
  hosts_.emplace_back(address, std::move(behaviour));
}

Instant SimLoop::now() const { return start_ + tick_.time_since_epoch() + skew_; }

const HostBehaviour& SimLoop::behaviour(const Address& address) const {
  const auto found = std::ranges::find(hosts_, address, &std::pair<Address, HostBehaviour>::first);
  return found == hosts_.end() ? kOrdinary : found->second;
}

SimStream& SimLoop::make_stream(const Address& local, const Address& peer) {
  auto stream = std::make_unique<SimStream>(*this, local, peer);
  SimStream& reference = *stream;
  streams_.emplace(&reference, std::move(stream));
  return reference;
}

void SimLoop::forget(SimStream& stream) {
  // From the queue, because the stream's own method may still be on the stack.
  post([this, key = &stream] { streams_.erase(key); });
}

world::Stream& SimLoop::dial(const Address& address, world::DialOptions options, world::StreamHandler& handler) {
  LOCKSMITH_ASSERT(options.deadline > Duration::zero());
  SimStream& stream = make_stream(Address{address.family, {127, 0, 0, 1}, next_port_++}, address);
  stream.set_handler(handler);
  connect(stream, std::move(options));
  return stream;
}

void SimLoop::connect(SimStream& stream, world::DialOptions options) {
  const HostBehaviour& host = behaviour(stream.peer());
  const auto listener = std::ranges::find(listeners_, stream.peer(), &std::pair<Address, Listener>::first);
  stream.latency_ = host.latency;
  stream.largest_write_ = host.largest_write;
  stream.window_ = host.window;
  stream.resets_data_ = host.resets_data;
  using Connect = HostBehaviour::Connect;
  if (host.connect == Connect::drops) {
    return stream.later(options.deadline, [](SimStream& s) { s.end({CloseReason::timed_out, "ETIMEDOUT: connecting"}); });
  }
  if (host.connect == Connect::unreachable) {
    return stream.later(host.latency, [](SimStream& s) { s.end({CloseReason::unreachable, "EHOSTUNREACH"}); });
  }
  if (host.connect == Connect::refuses || listener == listeners_.end()) {
    return stream.later(2 * host.latency, [](SimStream& s) { s.end({CloseReason::refused, "ECONNREFUSED"}); });
  }
  world::AcceptHandler* acceptor = listener->second.handler;
  const Tick until = tick_ + options.deadline;
  stream.later(2 * host.latency, [this, acceptor, tls = options.tls, until](SimStream& s) {
    SimStream& server = make_stream(s.peer(), s.local());
    server.latency_ = s.latency_;
    server.window_ = s.window_;
    server.other_ = &s;
    s.other_ = &server;
    acceptor->on_accept(server);
    server.later(Duration::zero(), [](SimStream& accepted) {
      if (!accepted.closed()) accepted.opened();
    });
    if (tls) return shake_hands(s, tls, until);
    s.opened();
  });
}

void SimLoop::shake_hands(SimStream& stream, std::shared_ptr<const world::TlsClientOptions> options, Tick until) {
  const HostBehaviour& host = behaviour(stream.peer());
  if (host.handshake_silent) {
    return stream.later(until - tick_, [](SimStream& s) { s.end({CloseReason::timed_out, "ETIMEDOUT: the TLS handshake"}); });
  }
  world::TlsFacts facts = host.certificate.value_or(world::TlsFacts{.protocol = "TLSv1.3",
                                                                    .cipher = "",
                                                                    .alpn = "",
                                                                    .subject = "CN=" + options->server_name,
                                                                    .issuer = "CN=Simulated CA",
                                                                    .root_subject = "CN=Simulated CA",
                                                                    .not_before = {},
                                                                    .not_after = {},
                                                                    .dns_names = {options->server_name},
                                                                    .verified = true,
                                                                    .verify_error = "",
                                                                    .distrust = world::Distrust::none});
  stream.later(2 * host.latency, [facts = std::move(facts), verify = options->verify](SimStream& s) {
    s.tls_ = facts;
    if (!facts.verified && verify) {
      if (s.other_ != nullptr) s.other_->later(s.latency_, [](SimStream& o) { o.end({CloseReason::reset, "ECONNRESET"}); });
      return s.end({CloseReason::tls_failed, "CERTIFICATE_VERIFY_FAILED: " + facts.verify_error});
    }
    s.opened();
  });
}

void SimLoop::start_tls(world::Stream& stream, std::shared_ptr<const world::TlsClientOptions> options, Duration deadline) {
  shake_hands(static_cast<SimStream&>(stream), std::move(options), tick_ + deadline);
}

void SimLoop::stop_listening(const world::AcceptHandler& handler) {
  std::erase_if(listeners_, [&](const auto& entry) { return entry.second.handler == &handler; });
}

Result<Address> SimLoop::listen(const Address& address, world::ListenOptions, world::AcceptHandler& handler) {
  Address bound = address;
  if (bound.port == 0) bound.port = next_port_++;
  if (std::ranges::find(listeners_, bound, &std::pair<Address, Listener>::first) != listeners_.end()) {
    return fail(FailureCode("address_in_use"), "The address is taken.");
  }
  listeners_.emplace_back(bound, Listener{&handler});
  return bound;
}

void SimLoop::resolve(std::string host, std::uint16_t port, Family family, Duration deadline,
                      std::move_only_function<void(world::Resolution)> done) {
  world::Resolution resolution;
  if (const auto address = literal(host, port)) {
    resolution.addresses = {*address};
  } else if (silent_names_.contains(host)) {
    resolution.error = "ETIMEOUT";
    resolution.took = deadline;
  } else if (const auto found = names_.find(host); found != names_.end()) {
    resolution = found->second;
    std::erase_if(resolution.addresses, [&](const Address& a) { return family != Family::any && a.family != family; });
    for (Address& each : resolution.addresses) each.port = port;
    if (resolution.addresses.empty() && resolution.error.empty()) resolution.error = "EAI_NODATA";
  } else {
    resolution.error = "EAI_NONAME";
    resolution.took = std::chrono::milliseconds(2);
  }
  const Duration took = resolution.took;
  after(took, [done = std::move(done), resolution = std::move(resolution)]() mutable { done(std::move(resolution)); });
}

void SimLoop::ask(const Address& peer, std::string bytes, Duration deadline, std::move_only_function<bool(std::string_view)> is_answer,
                  std::move_only_function<void(world::Datagram)> done) {
  LOCKSMITH_ASSERT(deadline > Duration::zero());
  const Duration there_and_back = 2 * behaviour(peer).latency;
  for (auto& [address, reply] : datagrams_) {
    if (address != peer || there_and_back >= deadline) continue;
    auto answer = reply(bytes);
    if (!answer || !is_answer(*answer)) break;
    after(there_and_back, [done = std::move(done), seen = world::Datagram{std::move(*answer), {}, there_and_back}]() mutable { done(std::move(seen)); });
    return;
  }
  after(deadline, [done = std::move(done), deadline]() mutable { done({{}, "ETIMEOUT", deadline}); });
}

world::TimerId SimLoop::after(Duration delay, std::move_only_function<void()> action) {
  const Moment moment{tick_ + std::max(delay, Duration::zero()), ++order_};
  timers_[order_] = moment;
  events_.emplace(moment, std::move(action));
  return order_;
}

void SimLoop::cancel(world::TimerId timer) {
  const auto found = timers_.find(timer);
  if (found == timers_.end()) return;
  events_.erase(found->second);
  timers_.erase(found);
}

std::vector<std::string> SimLoop::open_streams() const {
  std::vector<std::string> all;
  for (const auto& [stream, owned] : streams_) all.push_back(to_string(owned->local()) + " to " + to_string(owned->peer()));
  std::ranges::sort(all);
  return all;
}

bool SimLoop::step() {
  if (events_.empty()) return false;
  auto event = events_.extract(events_.begin());
  tick_ = event.key().first;
  timers_.erase(event.key().second);
  event.mapped()();
  return true;
}

void SimLoop::run() {
  stopped_ = false;
  while (!stopped_ && step()) {
  }
}

}  // namespace locksmith::sim
