// The real event loop: edge-triggered epoll, one read buffer for all streams, OpenSSL for TLS.
//
// One loop belongs to one thread (world/loop.h). Linux only. SIGPIPE is ignored for the whole process, because OpenSSL
// writes to sockets without MSG_NOSIGNAL.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/real_clock.h"
#include "host/resolver.h"
#include "host/timers.h"
#include "host/tls_session.h"
#include "vocabulary/limits/loop.h"
#include "world/loop.h"

namespace locksmith::host {

class SocketStream;
class Listener;
class Question;

// What epoll tells events to.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_events(std::uint32_t events) = 0;
};

class EpollLoop : public world::Loop {
 public:
  EpollLoop();
  ~EpollLoop() override;
  EpollLoop(const EpollLoop&) = delete;
  EpollLoop& operator=(const EpollLoop&) = delete;

  Instant now() const override { return clock_.now(); }
  Tick tick() const override { return clock_.tick(); }
  Tick turn() const override { return turn_; }

  world::Stream& dial(const world::Address& address, world::DialOptions options, world::StreamHandler& handler) override;
  void start_tls(world::Stream& stream, std::shared_ptr<const world::TlsClientOptions> options,
                 Duration deadline) override;
  Result<world::Address> listen(const world::Address& address, world::ListenOptions options,
                                world::AcceptHandler& handler) override;
  void stop_listening() override;
  Result<void> replace_certificate(std::shared_ptr<const world::TlsServerOptions> tls) override;
  void resolve(std::string host, std::uint16_t port, world::Family family, Duration deadline,
               std::move_only_function<void(world::Resolution)> done) override;
  void ask(const world::Address& peer, std::string bytes, Duration deadline, std::move_only_function<bool(std::string_view)> is_answer,
           std::move_only_function<void(world::Datagram)> done) override;
  world::TimerId after(Duration delay, std::move_only_function<void()> action) override;
  void cancel(world::TimerId timer) override;
  void post(std::move_only_function<void()> action) override;
  void run() override;
  void stop() override;

  std::size_t streams() const { return streams_.size(); }

  // What this loop leaves to others, which share the process's descriptors with it. Before run().
  struct Bounds {
    std::size_t connections = limits::kConnections;     // of each listener; beyond it a new one is closed at once
    int descriptors = std::numeric_limits<int>::max();  // the same with so many open in the process, and none is dialled
  };
  void bound(const Bounds& bounds) { bounds_ = bounds; }

  // --- For SocketStream and Listener ---
  const Bounds& bounds() const { return bounds_; }
  void watch(int descriptor, EventSink& sink);
  void watch_for_errors(int descriptor, EventSink& sink);  // nothing but EPOLLERR and EPOLLHUP
  void mark_ready(SocketStream& stream);  // goes on in this loop without an event
  void mark_closing(SocketStream& stream);
  SocketStream& adopt(std::unique_ptr<SocketStream> stream);
  void retire(Question& question);        // dies at the end of this turn, since an event for it may lie in the batch
  // A stream for an accepted plain connection, or null where SocketStream serves (its place in `open` is then not taken).
  virtual world::Stream* adopt_plain(int /*descriptor*/, const world::Address& /*peer*/,
                                     const std::shared_ptr<std::size_t>& /*open*/, world::AcceptHandler& /*handler*/) {
    return nullptr;
  }
  char* scratch() { return scratch_.get(); }
  Result<TlsContext> client_context(const world::TlsClientOptions& options) { return client_contexts_.get(options); }

 protected:
  // A TCP socket; -1 and errno where there is none, EMFILE also where the bound is reached.
  int open_socket(const world::Address& address, int flags) const;
  void begin_turn() { turn_ = clock_.tick(); }  // when the wait is over
  // For a loop that waits by other means: one turn over what epoll tells, without waiting when `milliseconds` is 0.
  void handle_events(int milliseconds);
  void run_posted();
  void run_timers() { timers_.run_due(tick()); }
  void run_ready();
  void run_closing();
  int wait_milliseconds();
  int epoll_descriptor() const { return epoll_; }
  bool stopping() const { return stopping_.load(); }
  void stopped() { stopping_.store(false); }

 private:
  struct PendingLookup {
    std::move_only_function<void(world::Resolution)> done;
    world::TimerId deadline = 0;
  };

  void wake();
  void drain_wake();
  void finish_lookup(std::uint64_t id, world::Resolution result);

  RealClock clock_;
  Tick turn_ = clock_.tick();
  int epoll_ = -1;
  int wake_ = -1;
  Bounds bounds_;
  std::unique_ptr<char[]> scratch_;
  Timers timers_;
  ClientContexts client_contexts_;
  std::unordered_map<SocketStream*, std::unique_ptr<SocketStream>> streams_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::unique_ptr<Listener>> retired_listeners_;
  std::unordered_map<Question*, std::unique_ptr<Question>> questions_;
  std::vector<std::unique_ptr<Question>> retired_questions_;
  std::vector<SocketStream*> ready_;
  std::vector<SocketStream*> closing_;
  std::unordered_map<std::uint64_t, PendingLookup> lookups_;
  std::uint64_t next_lookup_ = 0;
  std::mutex posted_mutex_;
  std::vector<std::move_only_function<void()>> posted_;
  std::atomic<bool> stopping_ = false;
  Resolver resolver_;  // last: dies first, so that no look-up reaches a loop that is half gone
};

}  // namespace locksmith::host
