#include "host/uring_stream.h"

#include <liburing.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "host/socket_address.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/loop.h"
#include "vocabulary/secret.h"

namespace locksmith::host {

using world::CloseReason;

UringStream::UringStream(UringLoop& loop, int descriptor, const world::Address& peer, world::StreamHandler* handler)
    : loop_(loop), descriptor_(descriptor), handler_(handler), peer_(peer) {
  if (descriptor_ < 0) return;
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

UringStream::~UringStream() {
  forget_unsent();
  if (descriptor_ >= 0) ::close(descriptor_);
  if (counter_) --*counter_;
}

// Counted until the kernel has answered for it.
io_uring_sqe& UringStream::begin(UringLoop::Operation operation) {
  ++pending_;
  return loop_.prepare(*this, operation);
}

void UringStream::mark() {
  if (!std::exchange(marked_, true)) loop_.mark(*this);
}

// --- Opening -----------------------------------------------------------------------------------------------------------------

void UringStream::begin_connect(Duration deadline) {
  sockaddr_storage storage{};
  const socklen_t size = to_socket_address(peer_, storage);
  static_assert(sizeof connect_to_ >= sizeof(sockaddr_in));
  std::memcpy(&connect_to_, &storage, size);
  deadline_ = loop_.after(deadline, [this] {
    deadline_.reset();
    close(CloseReason::timed_out, "ETIMEDOUT: connecting");
  });
  io_uring_sqe& entry = begin(UringLoop::Operation::connect);
  io_uring_prep_connect(&entry, descriptor_, reinterpret_cast<const sockaddr*>(&connect_to_), size);
}

void UringStream::begin_accepted(std::shared_ptr<std::size_t> counter) {
  counter_ = std::move(counter);
  ++*counter_;
  accepted_ = true;
  mark();
}

void UringStream::fail_at_once(int error) { close(reason_of_error(error), errno_name(error)); }

void UringStream::clear_deadline() {
  if (deadline_) loop_.cancel(*std::exchange(deadline_, std::nullopt));
}

void UringStream::on_connected(int result) {
  if (is_closing_) return;
  if (result < 0) return close(reason_of_error(-result), errno_name(-result));
  opened();
}

void UringStream::opened() {
  clear_deadline();
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size) == 0) {
    local_ = from_socket_address(reinterpret_cast<const sockaddr&>(storage));
  }
  open_ = true;
  if (!out_.empty()) {
    send_queued_ = true;
    loop_.queue_send(*this);
  }
  arm_receive();
  handler_->on_open(*this);
}

// --- Receiving -----------------------------------------------------------------------------------------------------------------

void UringStream::arm_receive() {
  if (receiving_ || is_closing_ || read_finished_) return;
  receiving_ = true;
  io_uring_sqe& entry = begin(UringLoop::Operation::receive);
  io_uring_prep_recv_multishot(&entry, descriptor_, nullptr, 0, 0);
  entry.flags |= IOSQE_BUFFER_SELECT;
  entry.buf_group = UringLoop::kBufferGroup;
}

void UringStream::on_received(int result, std::uint32_t flags) {
  if ((flags & IORING_CQE_F_MORE) == 0) {
    receiving_ = false;
    --pending_;
  }
  const bool has_buffer = (flags & IORING_CQE_F_BUFFER) != 0;
  const auto id = static_cast<std::uint16_t>(flags >> IORING_CQE_BUFFER_SHIFT);
  if (result > 0 && !is_closing_) deliver(loop_.buffer(id, static_cast<std::size_t>(result)));
  // A client's request has its virtual key in it; an answer of upstream's has no credential.
  if (has_buffer) loop_.give_back(id, counter_ != nullptr && result > 0 ? static_cast<std::size_t>(result) : 0);
  if (is_closing_) return;
  if (result == 0) {
    read_finished_ = true;
    watch_for_reset();
    if (held_.empty()) peer_finished();
  } else if (result < 0 && result != -ENOBUFS && result != -EINTR && result != -EAGAIN && result != -ECANCELED) {
    // What came before an error is given out first, unless reading is paused: then the error does not wait for it.
    close(reason_of_error(-result), errno_name(-result));
  } else if (!receiving_ && !paused_ && held_.empty()) {
    arm_receive();  // the buffers ran out, or the kernel wants to be asked again
  }
}

// With no receive standing nobody would hear of a reset while we still write. Epoll tells of it, and of nothing else here;
// io_uring's own poll would be done at once, because it always tells of the peer's FIN.
void UringStream::watch_for_reset() { loop_.watch_for_errors(descriptor_, *this); }

void UringStream::on_events(std::uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0 && !is_closing_ && !write_finished_) close(CloseReason::reset, "ECONNRESET");
}

void UringStream::deliver(std::string_view bytes) {
  if (!paused_ && held_.empty()) return handler_->on_bytes(*this, bytes);
  held_.append(bytes);
  // The receive stands until the kernel is told otherwise; the bound is what one ring of buffers holds.
  if (held_.size() > limits::kRingHeld && receiving_ && !std::exchange(cancel_sent_, true)) {
    io_uring_sqe& entry = begin(UringLoop::Operation::cancel);
    io_uring_prep_cancel64(&entry, loop_.tag(*this, UringLoop::Operation::receive), 0);
  }
}

void UringStream::resume_reading() {
  if (!std::exchange(paused_, false) || is_closing_) return;
  if (!held_.empty() || !receiving_) mark();
}

void UringStream::deliver_held() {
  while (!held_.empty() && !paused_ && !is_closing_) {
    std::string bytes = std::exchange(held_, {});
    handler_->on_bytes(*this, bytes);
    wipe(bytes.data(), bytes.size());
  }
  if (is_closing_ || paused_ || !held_.empty()) return;
  if (read_finished_) return peer_finished();
  if (open_) arm_receive();
}

void UringStream::peer_finished() {
  if (std::exchange(finish_told_, true)) return;
  if (write_broken_) return close(CloseReason::reset, errno_name(write_error_));
  handler_->on_peer_finished(*this);
  if (!is_closing_ && write_finished_) close(CloseReason::finished, {});
}

// --- Sending -----------------------------------------------------------------------------------------------------------------

void UringStream::write(std::string_view bytes) {
  if (is_closing_ || finish_requested_ || write_broken_ || bytes.empty()) return;
  if (loop_.sends_at_once() && open_ && !sending_ && !send_queued_) {
    bytes.remove_prefix(send_now(bytes));
    if (bytes.empty() || write_broken_) return;
  }
  if (out_.empty() && out_.capacity() < bytes.size()) out_ = loop_.take_string(bytes.size());
  out_.append(bytes);
  drained_owed_ = true;
  if (!open_ || sending_ || std::exchange(send_queued_, true)) return;
  loop_.queue_send(*this);
}

// How many bytes the socket took at once.
std::size_t UringStream::send_now(std::string_view bytes) {
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS) write_failed(errno);
  return 0;
}

void UringStream::send_queued() {
  if (!std::exchange(send_queued_, false) || is_closing_ || sending_ || out_.empty()) return;
  in_flight_.swap(out_);
  in_flight_begin_ = 0;
  sending_ = true;
  io_uring_sqe& entry = begin(UringLoop::Operation::send);
  io_uring_prep_send(&entry, descriptor_, in_flight_.data(), in_flight_.size(), MSG_NOSIGNAL | MSG_WAITALL);
}

void UringStream::on_sent(int result) {
  --pending_;
  sending_ = false;
  if (is_closing_) return;
  if (result < 0) return write_failed(-result);
  in_flight_begin_ += static_cast<std::size_t>(result);
  if (in_flight_begin_ < in_flight_.size()) {
    // A short send: the rest goes before what was written meanwhile.
    in_flight_.erase(0, in_flight_begin_);
    in_flight_.append(out_);
    in_flight_.swap(out_);
    in_flight_.clear();
    in_flight_begin_ = 0;
  } else {
    loop_.give_string(std::exchange(in_flight_, {}));
    in_flight_begin_ = 0;
  }
  if (!out_.empty()) {
    if (!std::exchange(send_queued_, true)) loop_.queue_send(*this);
    return;
  }
  if (std::exchange(drained_owed_, false)) handler_->on_drained(*this);
  if (finish_requested_ && !write_finished_ && unsent() == 0 && !is_closing_) shut_down();
}

// A request that was not sent has a credential in it.
void UringStream::forget_unsent() {
  for (std::string* const text : {&out_, &in_flight_}) {
    wipe(text->data(), text->size());
    text->clear();
  }
  in_flight_begin_ = 0;
}

// As SocketStream: what the peer said before it closed is still to be read.
void UringStream::write_failed(int error) {
  write_broken_ = true;
  write_error_ = error;
  forget_unsent();
  drained_owed_ = false;
  if (paused_ || read_finished_ || !receiving_) close(CloseReason::reset, errno_name(error));
}

void UringStream::finish() {
  if (is_closing_ || finish_requested_) return;
  if (!open_) return abort();
  finish_requested_ = true;
  if (unsent() == 0 && !write_broken_) shut_down();
}

void UringStream::shut_down() {
  ::shutdown(descriptor_, SHUT_WR);
  write_finished_ = true;
  if (read_finished_ && finish_told_) close(CloseReason::finished, {});
}

// --- Closing -----------------------------------------------------------------------------------------------------------------

void UringStream::abort() {
  if (is_closing_) return;
  aborted_ = true;
  close(CloseReason::aborted, {});
}

void UringStream::close(CloseReason reason, std::string detail) {
  if (is_closing_) return;
  is_closing_ = true;
  closing_ = {reason, std::move(detail)};
  clear_deadline();
  if (descriptor_ >= 0 && aborted_) {
    const linger now{1, 0};  // closing sends RST instead of FIN
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  mark();
}

// The kernel holds the socket for each operation; it is free when all are taken back. Only from the loop: a stream may be
// aborted by whoever ends a loop that no longer runs, and the ring takes nothing from another thread.
void UringStream::take_back() {
  if (std::exchange(taken_back_, true)) return;
  io_uring_sqe& entry = begin(UringLoop::Operation::cancel);
  io_uring_prep_cancel_fd(&entry, descriptor_, IORING_ASYNC_CANCEL_ALL);
}

void UringStream::on_marked() {
  marked_ = false;
  if (is_closing_) {
    if (pending_ > 0) return take_back();  // the last answer marks again
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    if (!std::exchange(closed_, true)) handler_->on_closed(*this, closing_);
    return loop_.retire(*this);
  }
  if (std::exchange(accepted_, false)) return opened();
  deliver_held();
}

void UringStream::on_done(UringLoop::Operation operation, int result, std::uint32_t flags) {
  switch (operation) {
    case UringLoop::Operation::receive:
      on_received(result, flags);
      break;
    case UringLoop::Operation::send:
      on_sent(result);
      break;
    case UringLoop::Operation::connect:
      --pending_;
      on_connected(result);
      break;
    case UringLoop::Operation::cancel:
      --pending_;
      if (!is_closing_) cancel_sent_ = false;
      break;
    case UringLoop::Operation::epoll:
      break;
  }
  if (is_closing_ && pending_ == 0) mark();
}

}  // namespace locksmith::host
