#include "host/supervisor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

namespace locksmith::host {

Supervisor::Supervisor(std::string socket) {
  sockaddr_un address{};
  if (socket.empty() || socket.size() >= sizeof address.sun_path || (socket[0] != '/' && socket[0] != '@')) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket.data(), socket.size());
  if (socket[0] == '@') address.sun_path[0] = '\0';  // a name of Linux's own, without a file
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size());
  descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  // Connected now: after start-up the sandbox may keep us from the path.
  if (descriptor_ >= 0 && ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
    ::close(descriptor_);
    descriptor_ = -1;
  }
}

Supervisor::~Supervisor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Supervisor::send(std::string_view message) {
  if (descriptor_ >= 0) (void)!::send(descriptor_, message.data(), message.size(), MSG_NOSIGNAL);
}

void Supervisor::ready(std::string_view status) { send("READY=1\nSTATUS=" + std::string(status)); }

void Supervisor::reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void Supervisor::stopping(std::string_view status) { send("STOPPING=1\nSTATUS=" + std::string(status)); }

}  // namespace locksmith::host
