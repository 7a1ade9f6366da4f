#include "host/listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "host/memory.h"
#include "host/socket_address.h"
#include "host/socket_stream.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/loop.h"

namespace locksmith::host {

Listener::Listener(EpollLoop& loop, int descriptor, world::ListenOptions options, TlsContext tls,
                   world::AcceptHandler& handler)
    : loop_(loop), descriptor_(descriptor), options_(std::move(options)), tls_(std::move(tls)), handler_(handler) {
  loop_.watch(descriptor_, *this);
}

Listener::~Listener() { close(); }

void Listener::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (pause_) loop_.cancel(*std::exchange(pause_, std::nullopt));
}

void Listener::replace_certificate(const TlsContext& tls, const std::shared_ptr<const world::TlsServerOptions>& options) {
  if (!tls_) return;
  tls_ = tls;
  options_.tls = options;
}

void Listener::accept_one(int descriptor, const world::Address& peer) {
  if (!tls_ && loop_.adopt_plain(descriptor, peer, open_, handler_) != nullptr) return;
  SocketStream& stream = loop_.adopt(
      std::make_unique<SocketStream>(loop_, descriptor, SocketStream::State::connecting, nullptr));
  stream.set_peer(peer);
  stream.count_in(open_);
  if (tls_) {
    stream.set_server_tls(tls_, options_.tls);
    stream.set_deadline(limits::kTlsAccept);
  }
  handler_.on_accept(stream);
  LOCKSMITH_ASSERT(stream.has_handler());
  // An accepted socket is connected: its first event, which says that it is writable, opens it.
}

void Listener::on_events(std::uint32_t) {
  while (descriptor_ >= 0) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    const int accepted =
        ::accept4(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) {
      // The kernel gives the lowest number that is free, so the number says how many are open in the whole process.
      if (*open_ >= loop_.bounds().connections || accepted >= loop_.bounds().descriptors ||
          memory_shortage() == Shortage::connections) {
        ::close(accepted);
      } else {
        accept_one(accepted, from_socket_address(reinterpret_cast<const sockaddr&>(storage)));
      }
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    // No descriptor or memory is left. The edge is gone, so only a timer can try again.
    if (!pause_) {
      pause_ = loop_.after(limits::kAcceptPause, [this] {
        pause_.reset();
        on_events(0);
      });
    }
    return;
  }
}

}  // namespace locksmith::host
