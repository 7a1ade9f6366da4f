#include "host/socket_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "host/socket_address.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/loop.h"
#include "vocabulary/secret.h"

namespace locksmith::host {

using world::CloseReason;

SocketStream::SocketStream(EpollLoop& loop, int descriptor, State state, world::StreamHandler* handler)
    : loop_(loop), descriptor_(descriptor), state_(state), handler_(handler) {
  if (descriptor_ < 0) return;
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  loop_.watch(descriptor_, *this);
}

SocketStream::~SocketStream() {
  wipe(out_.data(), out_.size());  // a request that was not sent has a credential in it
  tls_.reset();
  if (descriptor_ >= 0) ::close(descriptor_);
  if (counter_) --*counter_;
}

void SocketStream::count_in(std::shared_ptr<std::size_t> counter) {
  counter_ = std::move(counter);
  ++*counter_;
}

void SocketStream::set_deadline(Duration deadline) {
  clear_deadline();
  deadline_ = loop_.after(deadline, [this] {
    deadline_.reset();
    close(CloseReason::timed_out,
          state_ == State::connecting ? "ETIMEDOUT: connecting" : "ETIMEDOUT: the TLS handshake");
  });
}

void SocketStream::clear_deadline() {
  if (deadline_) loop_.cancel(*std::exchange(deadline_, std::nullopt));
}

// --- Opening -----------------------------------------------------------------------------------------------------------

void SocketStream::on_events(std::uint32_t events) {
  if (is_closing_) return;
  const bool over = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  hang_up_ |= over;
  readable_ |= over || (events & EPOLLIN) != 0;
  writable_ |= (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
  proceed();
}

void SocketStream::proceed() {
  if (state_ == State::connecting && writable_ && !is_closing_) check_connected();
  if (state_ == State::handshaking && !is_closing_) drive_handshake();
  if (state_ == State::open && !is_closing_) flush();
  if (state_ == State::open && !is_closing_) read_some();
}

void SocketStream::check_connected() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    close(reason_of_error(error), errno_name(error));
  } else {
    connected();
  }
}

void SocketStream::connected() {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size) == 0) {
    local_ = from_socket_address(reinterpret_cast<const sockaddr&>(storage));
  }
  if (client_tls_ && !tls_) {
    if (make_client_session()) state_ = State::handshaking;
  } else if (tls_) {
    state_ = State::handshaking;
  } else {
    opened();
  }
}

bool SocketStream::make_client_session() {
  Result<TlsContext> context = loop_.client_context(*client_tls_);
  if (!context) {
    close(CloseReason::tls_failed, "CA_FILE_UNREADABLE: " + context.error().message);
    return false;
  }
  tls_ = std::make_unique<TlsSession>(*context, descriptor_, *client_tls_);
  return true;
}

void SocketStream::set_server_tls(TlsContext context, std::shared_ptr<const world::TlsServerOptions> options) {
  tls_ = std::make_unique<TlsSession>(context, descriptor_, *options);
}

void SocketStream::begin_tls(std::shared_ptr<const world::TlsClientOptions> options, Duration deadline) {
  if (is_closing_) return;
  LOCKSMITH_ASSERT(state_ == State::open && !tls_ && unsent() == 0);
  client_tls_ = std::move(options);
  if (!make_client_session()) return;
  state_ = State::handshaking;
  set_deadline(deadline);
  loop_.mark_ready(*this);
}

void SocketStream::drive_handshake() {
  switch (tls_->handshake()) {
    case TlsStatus::done:
      return opened();
    case TlsStatus::want_read:
      readable_ = false;
      return;
    case TlsStatus::want_write:
      writable_ = false;
      return;
    case TlsStatus::reset:
      return close(CloseReason::reset, tls_->detail() + ": the TLS handshake");
    case TlsStatus::truncated:
    case TlsStatus::closed:
    case TlsStatus::failed:
      return close(CloseReason::tls_failed, tls_->detail());
  }
}

void SocketStream::opened() {
  clear_deadline();
  state_ = State::open;
  if (tls_) readable_ = true;  // read-ahead may hold data that no event will tell of
  handler_->on_open(*this);
}

// --- Writing -----------------------------------------------------------------------------------------------------------

std::size_t SocketStream::send_plain(std::string_view bytes) {
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno == EINTR) return send_plain(bytes);
  writable_ = false;
  if (errno != EAGAIN && errno != EWOULDBLOCK) write_failed(errno_name(errno));
  return 0;
}

std::size_t SocketStream::send_tls(std::string_view bytes) {
  std::size_t sent = 0;
  const TlsStatus status = tls_->write(bytes, sent);
  if (status == TlsStatus::done) return sent;
  writable_ = false;
  if (status != TlsStatus::want_write && status != TlsStatus::want_read) write_failed(tls_->detail());
  return 0;
}

// Sends until the kernel takes no more; returns what it took.
std::size_t SocketStream::send_now(std::string_view bytes) {
  std::size_t total = 0;
  while (writable_ && total < bytes.size()) {
    const std::string_view rest = bytes.substr(total);
    total += tls_ ? send_tls(rest) : send_plain(rest);
  }
  return total;
}

void SocketStream::write(std::string_view bytes) {
  if (is_closing_ || finish_requested_ || write_broken_ || bytes.empty()) return;
  if (state_ == State::open && tls_ && !tls_->may_send()) {
    return close(CloseReason::failed, "UNVERIFIED_PEER: nothing is sent to a peer whose certificate was not verified");
  }
  const bool at_once = state_ == State::open && unsent() == 0;
  const std::size_t sent = at_once ? send_now(bytes) : 0;
  if (sent == bytes.size() || write_broken_) return;
  out_.append(bytes.substr(sent));
  kept_some_ = true;
}

void SocketStream::flush() {
  if (unsent() > 0 && tls_ && !tls_->may_send()) {
    return close(CloseReason::failed, "UNVERIFIED_PEER: nothing is sent to a peer whose certificate was not verified");
  }
  if (unsent() > 0 && writable_) out_begin_ += send_now(std::string_view(out_).substr(out_begin_));
  if (unsent() > 0 || is_closing_) return;
  out_begin_ = 0;
  wipe(out_.data(), std::min(out_.size(), limits::kWipedHead));
  if (out_.capacity() > limits::kKeptBuffer) {
    out_ = std::string();
  } else {
    out_.clear();
  }
  if (std::exchange(kept_some_, false) && !write_broken_) handler_->on_drained(*this);
  if (finish_requested_ && !write_finished_ && unsent() == 0 && !is_closing_) shut_down();
}

// The peer takes no more, which does not mean that it has said nothing: a server that refuses a large request answers,
// closes, and the rest of the request meets a reset. So reading goes on to its end, and that end closes the stream.
void SocketStream::write_failed(std::string detail) {
  write_broken_ = true;
  write_error_ = std::move(detail);
  wipe(out_.data(), out_.size());
  out_.clear();
  out_begin_ = 0;
  kept_some_ = false;
  if (paused_ || read_finished_) return close(CloseReason::reset, write_error_);
  readable_ = true;
  loop_.mark_ready(*this);
}

void SocketStream::finish() {
  if (is_closing_ || finish_requested_) return;
  if (state_ != State::open) return abort();
  finish_requested_ = true;
  if (unsent() == 0 && !write_broken_) shut_down();
}

void SocketStream::shut_down() {
  if (tls_) tls_->send_close_notify();
  ::shutdown(descriptor_, SHUT_WR);
  write_finished_ = true;
  close_if_both_finished();
}

// --- Reading -----------------------------------------------------------------------------------------------------------

void SocketStream::resume_reading() {
  if (!paused_) return;
  paused_ = false;
  if (!is_closing_ && readable_) loop_.mark_ready(*this);
}

SocketStream::Moved SocketStream::read_plain(std::size_t& got) {
  const ssize_t size = ::recv(descriptor_, loop_.scratch(), limits::kReadChunk, 0);
  if (size > 0) {
    got = static_cast<std::size_t>(size);
    // A short read emptied the socket; asking again would cost a call that says so.
    if (got < limits::kReadChunk && !hang_up_ && !write_broken_) readable_ = false;
    return Moved::some;
  }
  if (size == 0) {
    peer_finished();
    return Moved::ended;
  }
  if (errno == EINTR) return read_plain(got);
  if (errno == EAGAIN || errno == EWOULDBLOCK) return Moved::nothing;
  close(reason_of_error(errno), errno_name(errno));
  return Moved::ended;
}

SocketStream::Moved SocketStream::read_tls(std::size_t& got) {
  switch (tls_->read(loop_.scratch(), limits::kReadChunk, got)) {
    case TlsStatus::done:
      return Moved::some;
    case TlsStatus::want_read:
    case TlsStatus::want_write:
      return Moved::nothing;
    case TlsStatus::closed:
      peer_finished();
      return Moved::ended;
    case TlsStatus::truncated:
      close(CloseReason::truncated, tls_->detail());
      return Moved::ended;
    case TlsStatus::reset:
      close(CloseReason::reset, tls_->detail());
      return Moved::ended;
    case TlsStatus::failed:
      close(CloseReason::tls_failed, tls_->detail());
      return Moved::ended;
  }
  return Moved::ended;
}

SocketStream::Moved SocketStream::read_once(std::size_t& got) { return tls_ ? read_tls(got) : read_plain(got); }

void SocketStream::read_some() {
  int turns = limits::kReadsInTurn;
  while (readable_ && !paused_ && !read_finished_ && !is_closing_ && state_ == State::open) {
    if (turns-- == 0) return loop_.mark_ready(*this);
    std::size_t got = 0;
    const Moved moved = read_once(got);
    if (moved == Moved::some) {
      handler_->on_bytes(*this, std::string_view(loop_.scratch(), got));
    } else if (moved == Moved::nothing) {
      readable_ = false;
      if (write_broken_) close(CloseReason::reset, write_error_);
    } else {
      return;
    }
  }
}

void SocketStream::peer_finished() {
  read_finished_ = true;
  if (write_broken_) return close(CloseReason::reset, write_error_);
  handler_->on_peer_finished(*this);
  if (!is_closing_) close_if_both_finished();
}

// --- Closing -----------------------------------------------------------------------------------------------------------

void SocketStream::close_if_both_finished() {
  if (read_finished_ && write_finished_) close(CloseReason::finished, {});
}

void SocketStream::abort() {
  if (is_closing_) return;
  if (descriptor_ >= 0) {
    const linger now{1, 0};  // closing sends RST instead of FIN
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  close(CloseReason::aborted, {});
}

void SocketStream::close(CloseReason reason, std::string detail) {
  if (is_closing_) return;
  is_closing_ = true;
  closing_ = {reason, std::move(detail)};
  clear_deadline();
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  loop_.mark_closing(*this);
}

}  // namespace locksmith::host
