#include "host/listening.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "host/socket_address.h"

namespace locksmith::host {
namespace {

constexpr int kFirst = 3;  // sd_listen_fds(3): SD_LISTEN_FDS_START

bool listens(int descriptor) {
  int on = 0;
  socklen_t size = sizeof on;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &on, &size) == 0 && on != 0;
}

bool somebody_answers(const sockaddr_un& address) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool answers = descriptor >= 0 && ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (descriptor >= 0) ::close(descriptor);
  return answers;
}

}  // namespace

Result<std::optional<int>> inherited_socket(const world::Environment& environment) {
  const auto number = [&](std::string_view name) -> long {
    const auto value = environment.variable(name);
    return value ? std::strtol(std::string(value->reveal()).c_str(), nullptr, 10) : 0;
  };
  const long count = number("LISTEN_FDS");
  if (count <= 0 || number("LISTEN_PID") != ::getpid()) return std::nullopt;  // of another process, which started this one
  if (count > 1 || !listens(kFirst)) {
    return fail(FailureCode("socket_not_listening"), "What was handed over (LISTEN_FDS) is not one socket that listens.",
                "Name one ListenStream= in the socket unit.", Blame::user);
  }
  ::fcntl(kFirst, F_SETFD, FD_CLOEXEC);
  ::fcntl(kFirst, F_SETFL, ::fcntl(kFirst, F_GETFL) | O_NONBLOCK);
  return kFirst;
}

Result<int> listen_at_path(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto failed = [&](int error) -> Result<int> {
    return fail(FailureCode("address_not_available"), "Cannot listen on unix:" + path + " (" + errno_name(error) + ").",
                "Choose a path of at most " + std::to_string(sizeof address.sun_path - 1) + " bytes in a folder that may be written.", Blame::user);
  };
  if (path.size() >= sizeof address.sun_path) return failed(ENAMETOOLONG);
  std::memcpy(address.sun_path, path.data(), path.size());
  struct stat file {};
  if (::lstat(path.c_str(), &file) == 0) {
    if (!S_ISSOCK(file.st_mode)) return failed(EEXIST);
    if (somebody_answers(address)) {
      return fail(FailureCode("address_in_use"), "Another program already listens on unix:" + path + ".",
                  "Choose another path, or end the other program.", Blame::user);
    }
    ::unlink(path.c_str());
  }
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failed(errno);
  const mode_t mask = ::umask(0117);  // before the first thread: the mask is the process's
  const int bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  ::umask(mask);
  if (bound == 0 && ::listen(descriptor, SOMAXCONN) == 0) return descriptor;
  ::close(descriptor);
  return failed(bound == 0 ? errno : error);
}

world::Address address_of(int descriptor) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
  return from_socket_address(reinterpret_cast<const sockaddr&>(storage));
}

}  // namespace locksmith::host
