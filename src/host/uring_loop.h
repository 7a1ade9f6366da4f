// The event loop on io_uring: the kernel fills buffers and reports what is done, so that a busy loop makes one system call
// for many reads and writes. Plain streams use it; TLS, listeners, look-ups and wake-ups go on through epoll, which this
// loop inherits and waits for beside its own queue.
//
// Linux 6.1 or later, where io_uring is allowed (containers often forbid it): is_available() says so, and whoever starts
// a loop falls back to EpollLoop. start_tls() is not offered on plain streams of this loop: only the doctor needs it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/epoll_loop.h"

struct io_uring;
struct io_uring_cqe;
struct io_uring_sqe;

namespace locksmith::host {

class UringStream;

// The best loop that this kernel allows: io_uring where it may be used and `allow_uring`, else epoll.
std::unique_ptr<EpollLoop> make_loop(bool allow_uring);

class UringLoop : public EpollLoop {
 public:
  // Where a turn begins with at most so many completions, what is written goes to the socket at once: gathering saves nothing
  // then, and the peer waits for the rest of the turn. Measured with bench/gateway (paced and sse); 0 gathers always.
  static constexpr unsigned kSendAtOnce = 2;
  explicit UringLoop(unsigned send_at_once = kSendAtOnce);
  ~UringLoop() override;

  // Asks the kernel by making a small ring with the features that are used.
  static bool is_available();

  world::Stream& dial(const world::Address& address, world::DialOptions options, world::StreamHandler& handler) override;
  void start_tls(world::Stream& stream, std::shared_ptr<const world::TlsClientOptions> options, Duration deadline) override;
  // Always on one thread: the ring belongs to the first that runs it.
  void run() override;

  // --- For UringStream ---
  enum class Operation : std::uint64_t { receive = 1, send = 2, connect = 3, cancel = 4, epoll = 5 };
  static constexpr std::uint64_t kOperationMask = 7;

  // What comes back with an operation's completion.
  static std::uint64_t tag(const UringStream& stream, Operation operation) {
    return reinterpret_cast<std::uintptr_t>(&stream) | static_cast<std::uint64_t>(operation);
  }
  // A place in the submission queue; the queue is handed to the kernel first where it is full. The tag is set, and
  // io_uring_prep_…() leaves it.
  io_uring_sqe& prepare(UringStream& stream, Operation operation);
  void queue_send(UringStream& stream) { sending_.push_back(&stream); }
  void mark(UringStream& stream) { marked_.push_back(&stream); }
  bool sends_at_once() const { return quiet_; }
  std::string_view buffer(std::uint16_t id, std::size_t size) const;
  // For the kernel to fill again, with the first `secret` bytes wiped.
  void give_back(std::uint16_t id, std::size_t secret);
  std::string take_string(std::size_t bytes);
  void give_string(std::string text);
  void retire(UringStream& stream);
  world::Stream* adopt_plain(int descriptor, const world::Address& peer, const std::shared_ptr<std::size_t>& open,
                             world::AcceptHandler& handler) override;
  static constexpr int kBufferGroup = 0;

 private:
  io_uring_sqe& place(std::uint64_t data);
  void submit_sends();
  void wait_and_collect();
  void dispatch(const io_uring_cqe& done);
  void arm_epoll();
  void run_marked();

  unsigned send_at_once_;
  std::unique_ptr<io_uring> ring_;
  bool enabled_ = false;
  bool quiet_ = false;
  bool epoll_armed_ = false;
  bool epoll_ready_ = false;
  struct BufferRing;
  std::unique_ptr<BufferRing> buffers_;
  std::vector<UringStream*> sending_;
  std::vector<UringStream*> marked_;
  std::vector<UringStream*> turn_;      // reused by the two lists above
  std::vector<UringStream*> retired_;
  std::vector<std::string> strings_;
  std::vector<std::string> large_strings_;
  std::unordered_map<UringStream*, std::unique_ptr<UringStream>> streams_;
};

}  // namespace locksmith::host
