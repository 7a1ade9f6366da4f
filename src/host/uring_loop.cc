#include "host/uring_loop.h"

#include <liburing.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "host/socket_address.h"
#include "host/uring_stream.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/loop.h"
#include "vocabulary/secret.h"

namespace locksmith::host {

namespace {

constexpr unsigned kQueue = 1024;                 // submissions between two system calls; fuller queues are handed over early
constexpr unsigned kCompletions = 16 * 1024;      // twice the streams of a worker can complete at once without overflowing
constexpr unsigned kBuffers = limits::kRingBuffers;
constexpr std::size_t kBufferBytes = limits::kRingBuffer;
constexpr std::size_t kKeptStrings = 1024;

// One thread submits and reaps, the kernel does its deferred work when that thread asks, and nothing before run().
constexpr unsigned kFlags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_R_DISABLED | IORING_SETUP_CQSIZE;

int make_ring(io_uring& ring, unsigned entries, unsigned completions) {
  io_uring_params parameters{};
  parameters.flags = kFlags;
  parameters.cq_entries = completions;
  return io_uring_queue_init_params(entries, &ring, &parameters);
}

// io_uring_enable_rings(), which liburing 2.3 declares and does not export.
bool enable(io_uring& ring) {
  return ::syscall(SYS_io_uring_register, ring.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) == 0;
}

}  // namespace

// Buffers that the kernel takes for what it receives, given back when the handler has seen them.
struct UringLoop::BufferRing {
  explicit BufferRing(io_uring& ring) {
    const std::size_t bytes = kBuffers * sizeof(io_uring_buf);
    entries = static_cast<io_uring_buf_ring*>(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0));
    memory = static_cast<char*>(::mmap(nullptr, kBuffers * kBufferBytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0));
    LOCKSMITH_ASSERT(entries != MAP_FAILED && memory != MAP_FAILED);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(entries);
    registration.ring_entries = kBuffers;
    registration.bgid = kBufferGroup;
    LOCKSMITH_ASSERT(io_uring_register_buf_ring(&ring, &registration, 0) == 0);
    io_uring_buf_ring_init(entries);
    for (unsigned i = 0; i < kBuffers; ++i) {
      io_uring_buf_ring_add(entries, memory + i * kBufferBytes, kBufferBytes, static_cast<unsigned short>(i), kBuffers - 1,
                            static_cast<int>(i));
    }
    io_uring_buf_ring_advance(entries, static_cast<int>(kBuffers));
  }
  ~BufferRing() {
    ::munmap(entries, kBuffers * sizeof(io_uring_buf));
    ::munmap(memory, kBuffers * kBufferBytes);
  }
  BufferRing(const BufferRing&) = delete;
  BufferRing& operator=(const BufferRing&) = delete;

  io_uring_buf_ring* entries;
  char* memory;
};

std::unique_ptr<EpollLoop> make_loop(bool allow_uring) {
  if (allow_uring && UringLoop::is_available()) return std::make_unique<UringLoop>();
  return std::make_unique<EpollLoop>();
}

bool UringLoop::is_available() {
  io_uring ring{};
  if (make_ring(ring, 8, 16) != 0) return false;
  bool good = enable(ring);
  // Buffer rings came with Linux 5.19, multishot receive and deferred work with 6.0 and 6.1: asking for the last tells all.
  io_uring_buf_reg registration{};
  void* const page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(page);
  registration.ring_entries = 8;
  good = good && page != MAP_FAILED && io_uring_register_buf_ring(&ring, &registration, 0) == 0;
  io_uring_queue_exit(&ring);
  if (page != MAP_FAILED) ::munmap(page, 4096);
  return good;
}

UringLoop::UringLoop(unsigned send_at_once) : send_at_once_(send_at_once), ring_(std::make_unique<io_uring>()) {
  LOCKSMITH_ASSERT(make_ring(*ring_, kQueue, kCompletions) == 0);
  buffers_ = std::make_unique<BufferRing>(*ring_);
  strings_.reserve(kKeptStrings);
  large_strings_.reserve(limits::kKeptLargeBuffers);
}

UringLoop::~UringLoop() {
  // The ring goes first: its end takes back whatever the kernel still holds of streams and buffers.
  io_uring_queue_exit(ring_.get());
  streams_.clear();
}

// --- Streams ---------------------------------------------------------------------------------------------------------------

world::Stream& UringLoop::dial(const world::Address& address, world::DialOptions options, world::StreamHandler& handler) {
  if (options.tls || options.may_start_tls) return EpollLoop::dial(address, std::move(options), handler);
  LOCKSMITH_ASSERT(options.deadline > Duration::zero());
  const int descriptor = open_socket(address, 0);
  const int error = descriptor < 0 ? errno : 0;
  auto owned = std::make_unique<UringStream>(*this, descriptor, address, &handler);
  UringStream& stream = *owned;
  streams_.emplace(&stream, std::move(owned));
  if (error != 0) {
    stream.fail_at_once(error);
  } else {
    stream.begin_connect(options.deadline);
  }
  return stream;
}

world::Stream* UringLoop::adopt_plain(int descriptor, const world::Address& peer, const std::shared_ptr<std::size_t>& open,
                                      world::AcceptHandler& handler) {
  auto owned = std::make_unique<UringStream>(*this, descriptor, peer, nullptr);
  UringStream& stream = *owned;
  streams_.emplace(&stream, std::move(owned));
  handler.on_accept(stream);
  LOCKSMITH_ASSERT(stream.has_handler());
  stream.begin_accepted(open);
  return &stream;
}

void UringLoop::start_tls(world::Stream& stream, std::shared_ptr<const world::TlsClientOptions> options, Duration deadline) {
  LOCKSMITH_ASSERT(dynamic_cast<UringStream*>(&stream) == nullptr);
  EpollLoop::start_tls(stream, std::move(options), deadline);
}

void UringLoop::retire(UringStream& stream) { retired_.push_back(&stream); }

// --- Memory ----------------------------------------------------------------------------------------------------------------

std::string_view UringLoop::buffer(std::uint16_t id, std::size_t size) const {
  return {buffers_->memory + id * kBufferBytes, size};
}

void UringLoop::give_back(std::uint16_t id, std::size_t secret) {
  wipe(buffers_->memory + id * kBufferBytes, secret);
  io_uring_buf_ring_add(buffers_->entries, buffers_->memory + id * kBufferBytes, kBufferBytes, id, kBuffers - 1, 0);
  io_uring_buf_ring_advance(buffers_->entries, 1);
}

std::string UringLoop::take_string(std::size_t bytes) {
  std::vector<std::string>& kept = bytes > limits::kKeptBuffer ? large_strings_ : strings_;
  if (kept.empty()) return {};
  std::string text = std::move(kept.back());
  kept.pop_back();
  return text;
}

void UringLoop::give_string(std::string text) {
  // A request's head stands first in what was sent, with its credential.
  wipe(text.data(), std::min(text.size(), limits::kWipedHead));
  if (text.capacity() < 64 || text.capacity() > limits::kKeptLargeBuffer) return;
  std::vector<std::string>& kept = text.capacity() > limits::kKeptBuffer ? large_strings_ : strings_;
  if (kept.size() == kept.capacity()) return;
  text.clear();
  kept.push_back(std::move(text));
}

// --- The ring ----------------------------------------------------------------------------------------------------------------

io_uring_sqe& UringLoop::place(std::uint64_t data) {
  io_uring_sqe* entry = io_uring_get_sqe(ring_.get());
  if (entry == nullptr) {
    io_uring_submit(ring_.get());
    entry = io_uring_get_sqe(ring_.get());
  }
  LOCKSMITH_ASSERT(entry != nullptr);
  io_uring_sqe_set_data64(entry, data);
  return *entry;
}

io_uring_sqe& UringLoop::prepare(UringStream& stream, Operation operation) { return place(tag(stream, operation)); }

void UringLoop::arm_epoll() {
  if (std::exchange(epoll_armed_, true)) return;
  io_uring_prep_poll_add(&place(static_cast<std::uint64_t>(Operation::epoll)), epoll_descriptor(), EPOLLIN);
}

void UringLoop::submit_sends() {
  turn_.swap(sending_);
  for (UringStream* const stream : turn_) stream->send_queued();
  turn_.clear();
}

void UringLoop::dispatch(const io_uring_cqe& done) {
  const auto operation = static_cast<Operation>(done.user_data & kOperationMask);
  if (operation == Operation::epoll) {
    epoll_armed_ = false;
    epoll_ready_ = true;
    return;
  }
  reinterpret_cast<UringStream*>(done.user_data & ~kOperationMask)->on_done(operation, done.res, done.flags);
}

void UringLoop::wait_and_collect() {
  int wait = marked_.empty() && retired_.empty() ? wait_milliseconds() : 0;
  io_uring_cqe* first = nullptr;
  if (wait < 0) wait = 60'000;
  __kernel_timespec time{wait / 1000, (wait % 1000) * 1'000'000LL};
  io_uring_submit_and_wait_timeout(ring_.get(), &first, 1, &time, nullptr);
  begin_turn();
  quiet_ = io_uring_cq_ready(ring_.get()) <= send_at_once_;
  unsigned head = 0;
  unsigned count = 0;
  io_uring_cqe* done = nullptr;
  io_uring_for_each_cqe(ring_.get(), head, done) {
    dispatch(*done);
    ++count;
  }
  io_uring_cq_advance(ring_.get(), count);
}

void UringLoop::run_marked() {
  turn_.swap(marked_);
  for (UringStream* const stream : turn_) stream->on_marked();
  turn_.clear();
}

void UringLoop::run() {
  if (!std::exchange(enabled_, true)) LOCKSMITH_ASSERT(enable(*ring_));
  while (!stopping()) {
    submit_sends();
    arm_epoll();
    wait_and_collect();
    if (std::exchange(epoll_ready_, false)) handle_events(0);
    run_posted();
    run_timers();
    run_ready();
    run_marked();
    run_closing();
    for (UringStream* const stream : std::exchange(retired_, {})) {
      // Written to and closed within one turn, with nothing at the kernel: it dies before its send would begin.
      if (stream->waits_to_send()) std::erase(sending_, stream);
      streams_.erase(stream);
    }
  }
  stopped();
}

}  // namespace locksmith::host
