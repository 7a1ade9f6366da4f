// Between world::Address and the kernel's form of it.
#pragma once

#include <sys/socket.h>

#include <string>

#include "world/loop.h"

namespace locksmith::host {

world::Address from_socket_address(const sockaddr& address);
// Fills `out` and returns its size.
socklen_t to_socket_address(const world::Address& address, sockaddr_storage& out);

// "ECONNRESET" for ECONNRESET; "errno 123" for one that has no name here.
std::string errno_name(int number);

// What an errno says of a connection's end.
world::CloseReason reason_of_error(int error);

}  // namespace locksmith::host
