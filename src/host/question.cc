#include "host/question.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "host/socket_address.h"
#include "vocabulary/limits/loop.h"

namespace locksmith::host {

Question::Question(EpollLoop& loop, std::move_only_function<bool(std::string_view)> is_answer,
                   std::move_only_function<void(world::Datagram)> done)
    : loop_(loop), is_answer_(std::move(is_answer)), done_(std::move(done)) {}

Question::~Question() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Question::send(const world::Address& peer, std::string_view bytes, Duration deadline) {
  started_ = loop_.tick();
  descriptor_ = ::socket(peer.family == world::Family::ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return end_later(errno_name(errno));
  sockaddr_storage storage{};
  const socklen_t size = to_socket_address(peer, storage);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&storage), size) != 0) return end_later(errno_name(errno));
  if (::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) return end_later(errno_name(errno));
  timer_ = loop_.after(deadline, [this] { end({{}, "ETIMEOUT", {}}); });
  loop_.watch(descriptor_, *this);
}

void Question::on_events(std::uint32_t) {
  while (done_) {
    const ssize_t got = ::recv(descriptor_, loop_.scratch(), limits::kReadChunk, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got < 0) return end({{}, errno_name(errno), {}});
    const std::string bytes(loop_.scratch(), static_cast<std::size_t>(got));
    if (is_answer_(bytes)) return end({bytes, {}, {}});
  }
}

void Question::end_later(std::string error) {
  timer_ = loop_.after(Duration::zero(), [this, error = std::move(error)]() mutable { end({{}, std::move(error), {}}); });
}

void Question::end(world::Datagram result) {
  loop_.cancel(timer_);
  result.took = loop_.tick() - started_;
  auto done = std::exchange(done_, nullptr);
  loop_.retire(*this);
  done(std::move(result));
}

}  // namespace locksmith::host
