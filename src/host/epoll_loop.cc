#include "host/epoll_loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "host/listener.h"
#include "host/listening.h"
#include "host/question.h"
#include "host/socket_address.h"
#include "host/socket_stream.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/loop.h"

namespace locksmith::host {

using world::Address;

namespace {

// A machine that vanished sends neither FIN nor RST: only silence, which a request would share until its own deadline.
void watch_for_absence(int descriptor) {
  const auto set = [descriptor](int level, int option, auto value) {
    const auto number = static_cast<int>(value);
    setsockopt(descriptor, level, option, &number, sizeof number);
  };
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, limits::kPeerGone / 1ms);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, limits::kPeerProbe / 1s);
  set(IPPROTO_TCP, TCP_KEEPINTVL, limits::kPeerProbeAgain / 1s);
}

}  // namespace

EpollLoop::EpollLoop()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      scratch_(std::make_unique_for_overwrite<char[]>(limits::kReadChunk)) {
  LOCKSMITH_ASSERT(epoll_ >= 0 && wake_ >= 0);
  ::signal(SIGPIPE, SIG_IGN);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = nullptr;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
}

EpollLoop::~EpollLoop() {
  questions_.clear();
  retired_questions_.clear();
  listeners_.clear();
  streams_.clear();
  ::close(wake_);
  ::close(epoll_);
}

void EpollLoop::watch(int descriptor, EventSink& sink) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &sink;
  LOCKSMITH_ASSERT(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0);
}

void EpollLoop::watch_for_errors(int descriptor, EventSink& sink) {
  epoll_event event{};
  event.events = EPOLLET;
  event.data.ptr = &sink;
  LOCKSMITH_ASSERT(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0);
}

SocketStream& EpollLoop::adopt(std::unique_ptr<SocketStream> stream) {
  SocketStream& reference = *stream;
  streams_.emplace(&reference, std::move(stream));
  return reference;
}

// --- Dialling and listening --------------------------------------------------------------------------------------------

int EpollLoop::open_socket(const Address& address, int flags) const {
  const int family = address.family == world::Family::ipv6 ? AF_INET6 : AF_INET;
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (descriptor < bounds_.descriptors) {
    if (descriptor >= 0) watch_for_absence(descriptor);
    return descriptor;
  }
  ::close(descriptor);
  errno = EMFILE;
  return -1;
}

world::Stream& EpollLoop::dial(const Address& address, world::DialOptions options, world::StreamHandler& handler) {
  LOCKSMITH_ASSERT(options.deadline > Duration::zero());
  int descriptor = open_socket(address, SOCK_NONBLOCK);
  int error = descriptor < 0 ? errno : 0;
  if (descriptor >= 0) {
    sockaddr_storage storage{};
    const socklen_t size = to_socket_address(address, storage);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&storage), size) != 0 && errno != EINPROGRESS) {
      error = errno;
      ::close(std::exchange(descriptor, -1));
    }
  }
  SocketStream& stream =
      adopt(std::make_unique<SocketStream>(*this, descriptor, SocketStream::State::connecting, &handler));
  stream.set_peer(address);
  stream.set_client_tls(std::move(options.tls));
  if (error != 0) {
    stream.fail_at_once(error == ECONNREFUSED ? world::CloseReason::refused
                        : error == ENETUNREACH || error == EHOSTUNREACH || error == EADDRNOTAVAIL ||
                                error == EAFNOSUPPORT
                            ? world::CloseReason::unreachable
                            : world::CloseReason::failed,
                        errno_name(error));
  } else {
    stream.set_deadline(options.deadline);
  }
  return stream;
}

void EpollLoop::start_tls(world::Stream& stream, std::shared_ptr<const world::TlsClientOptions> options,
                          Duration deadline) {
  static_cast<SocketStream&>(stream).begin_tls(std::move(options), deadline);
}

Result<Address> EpollLoop::listen(const Address& address, world::ListenOptions options, world::AcceptHandler& handler) {
  TlsContext tls;
  if (options.tls) {
    Result<TlsContext> context = make_server_context(*options.tls);
    if (!context) return std::unexpected(std::move(context.error()));
    tls = std::move(*context);
  }
  if (options.descriptor >= 0) {
    const int own = ::fcntl(options.descriptor, F_DUPFD_CLOEXEC, 0);
    if (own < 0) {
      return fail(FailureCode("address_not_available"), "Cannot listen on the socket that was handed over (" + errno_name(errno) + ").",
                  "Start it anew.", Blame::user);
    }
    listeners_.push_back(std::make_unique<Listener>(*this, own, std::move(options), std::move(tls), handler));
    return address_of(own);
  }
  const int family = address.family == world::Family::ipv6 ? AF_INET6 : AF_INET;
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (options.share_port) setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  sockaddr_storage storage{};
  socklen_t size = to_socket_address(address, storage);
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&storage), size) != 0 ||
      ::listen(descriptor, SOMAXCONN) != 0) {
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (error == EADDRINUSE) {
      return fail(FailureCode("address_in_use"), "Another program already listens on " + to_string(address) + ".",
                  "Choose another address, or end the other program.", Blame::user);
    }
    return fail(FailureCode("address_not_available"),
                "Cannot listen on " + to_string(address) + " (" + errno_name(error) + ").",
                "Choose an address of this machine, or 0.0.0.0 for all of them.", Blame::user);
  }
  size = sizeof storage;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
  listeners_.push_back(std::make_unique<Listener>(*this, descriptor, std::move(options), std::move(tls), handler));
  return from_socket_address(reinterpret_cast<const sockaddr&>(storage));
}

void EpollLoop::stop_listening() {
  // An event for one of them may lie in the batch that is being handled: they die at its end.
  for (auto& listener : listeners_) {
    listener->close();
    retired_listeners_.push_back(std::move(listener));
  }
  listeners_.clear();
}

Result<void> EpollLoop::replace_certificate(std::shared_ptr<const world::TlsServerOptions> tls) {
  Result<TlsContext> context = make_server_context(*tls);
  if (!context) return std::unexpected(std::move(context.error()));
  for (const auto& listener : listeners_) listener->replace_certificate(*context, tls);
  return {};
}

// --- Names ---------------------------------------------------------------------------------------------------------------

void EpollLoop::resolve(std::string host, std::uint16_t port, world::Family family, Duration deadline,
                        std::move_only_function<void(world::Resolution)> done) {
  const std::uint64_t id = next_lookup_++;
  lookups_[id].done = std::move(done);
  if (const auto literal = world::parse_ip(host, port)) {
    world::Resolution result;
    if (family == world::Family::any || family == literal->family) {
      result.addresses.push_back(*literal);
    } else {
      result.error = "EAI_ADDRFAMILY";
    }
    return post([this, id, result = std::move(result)]() mutable { finish_lookup(id, std::move(result)); });
  }
  lookups_[id].deadline = after(deadline, [this, id, deadline] { finish_lookup(id, {{}, "ETIMEOUT", deadline}); });
  const bool taken = resolver_.look_up(std::move(host), port, family, [this, id](world::Resolution result) {
    post([this, id, result = std::move(result)]() mutable { finish_lookup(id, std::move(result)); });
  });
  if (!taken) post([this, id] { finish_lookup(id, {{}, "EBUSY", {}}); });
}

void EpollLoop::finish_lookup(std::uint64_t id, world::Resolution result) {
  const auto found = lookups_.find(id);
  if (found == lookups_.end()) return;  // its deadline came first
  cancel(found->second.deadline);
  auto done = std::move(found->second.done);
  lookups_.erase(found);
  done(std::move(result));
}

// --- Datagrams -----------------------------------------------------------------------------------------------------------

void EpollLoop::ask(const Address& peer, std::string bytes, Duration deadline, std::move_only_function<bool(std::string_view)> is_answer,
                    std::move_only_function<void(world::Datagram)> done) {
  LOCKSMITH_ASSERT(deadline > Duration::zero());
  auto question = std::make_unique<Question>(*this, std::move(is_answer), std::move(done));
  Question& reference = *question;
  questions_.emplace(&reference, std::move(question));
  reference.send(peer, bytes, deadline);
}

void EpollLoop::retire(Question& question) {
  auto node = questions_.extract(&question);
  LOCKSMITH_ASSERT(!node.empty());
  retired_questions_.push_back(std::move(node.mapped()));
}

// --- Timers and posts ----------------------------------------------------------------------------------------------------

world::TimerId EpollLoop::after(Duration delay, std::move_only_function<void()> action) {
  return timers_.add(tick() + delay, std::move(action));
}

void EpollLoop::cancel(world::TimerId timer) { timers_.cancel(timer); }

void EpollLoop::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
}

void EpollLoop::drain_wake() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(wake_, &count, sizeof count);
}

void EpollLoop::post(std::move_only_function<void()> action) {
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(action));
  }
  wake();
}

void EpollLoop::stop() {
  stopping_.store(true);
  wake();
}

// --- Running -------------------------------------------------------------------------------------------------------------

void EpollLoop::mark_ready(SocketStream& stream) {
  if (std::exchange(stream.in_ready_list, true)) return;
  ready_.push_back(&stream);
}

void EpollLoop::mark_closing(SocketStream& stream) { closing_.push_back(&stream); }

int EpollLoop::wait_milliseconds() {
  if (!ready_.empty() || !closing_.empty()) return 0;
  const auto next = timers_.next();
  if (!next) return -1;
  const Duration left = *next - tick();
  if (left <= Duration::zero()) return 0;
  // Rounded up: waking before the timer is due would spin.
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::min<std::int64_t>(milliseconds, 60'000));
}

void EpollLoop::run_posted() {
  std::vector<std::move_only_function<void()>> actions;
  {
    const std::lock_guard lock(posted_mutex_);
    actions.swap(posted_);
  }
  for (auto& action : actions) action();
}

void EpollLoop::run_ready() {
  std::vector<SocketStream*> streams;
  streams.swap(ready_);
  for (SocketStream* stream : streams) {
    stream->in_ready_list = false;
    if (!stream->is_closing()) stream->proceed();
  }
}

void EpollLoop::run_closing() {
  while (!closing_.empty()) {
    std::vector<SocketStream*> streams;
    streams.swap(closing_);
    for (SocketStream* stream : streams) {
      stream->tell_closed();
      if (stream->in_ready_list) std::erase(ready_, stream);
      streams_.erase(stream);
    }
  }
  retired_listeners_.clear();
  retired_questions_.clear();
}

void EpollLoop::handle_events(int milliseconds) {
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds);
  LOCKSMITH_ASSERT(count >= 0 || errno == EINTR);
  if (milliseconds != 0) begin_turn();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr == nullptr) {
      drain_wake();
    } else {
      static_cast<EventSink*>(event.data.ptr)->on_events(event.events);
    }
  }
}

void EpollLoop::run() {
  while (!stopping_.load()) {
    handle_events(wait_milliseconds());
    run_posted();
    run_timers();
    run_ready();
    run_closing();
  }
  stopping_.store(false);
}

}  // namespace locksmith::host
