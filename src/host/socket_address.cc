#include "host/socket_address.h"

#include <netinet/in.h>
#include <string.h>

#include <cstring>

namespace locksmith::host {

world::Address from_socket_address(const sockaddr& address) {
  world::Address out;
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    std::memcpy(out.bytes.data(), &in.sin_addr, 4);
    out.port = ntohs(in.sin_port);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    out.family = world::Family::ipv6;
    std::memcpy(out.bytes.data(), &in.sin6_addr, 16);
    out.port = ntohs(in.sin6_port);
  } else {
    out.family = world::Family::any;  // a Unix socket: whoever is there has no address
  }
  return out;
}

socklen_t to_socket_address(const world::Address& address, sockaddr_storage& out) {
  out = {};
  if (address.family == world::Family::ipv6) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(address.port);
    std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
    std::memcpy(&out, &in, sizeof in);
    return sizeof in;
  }
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(address.port);
  std::memcpy(&in.sin_addr, address.bytes.data(), 4);
  std::memcpy(&out, &in, sizeof in);
  return sizeof in;
}

std::string errno_name(int number) {
  const char* name = strerrorname_np(number);
  return name != nullptr ? name : "errno " + std::to_string(number);
}

world::CloseReason reason_of_error(int error) {
  switch (error) {
    case ECONNREFUSED:
      return world::CloseReason::refused;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
      return world::CloseReason::unreachable;
    case ETIMEDOUT:
      return world::CloseReason::timed_out;
    case ECONNRESET:
    case EPIPE:
      return world::CloseReason::reset;
    default:
      return world::CloseReason::failed;
  }
}

}  // namespace locksmith::host
