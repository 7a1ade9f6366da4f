// Sockets that listen and that no loop makes: one that whoever started this process hands over (socket activation, sd_listen_fds(3)), so
// that it stays open from one process to the next and no client is refused between them, and one in the file system.
#pragma once

#include <optional>
#include <string>

#include "vocabulary/failure.h"
#include "world/environment.h"
#include "world/loop.h"

namespace locksmith::host {

// The first socket that was handed over (LISTEN_FDS, LISTEN_PID); nothing where none was. The caller's to close. It does not block, and is
// closed where this process starts another. Failure code: socket_not_listening, also where there are several.
Result<std::optional<int>> inherited_socket(const world::Environment& environment);

// Listens at a path, mode 0660: whoever may open it may ask. A file that is left of a process that is gone is replaced. The caller's to
// close. Failure codes: address_in_use, address_not_available.
Result<int> listen_at_path(const std::string& path);

// Of Family::any where it is a Unix socket.
world::Address address_of(int descriptor);

}  // namespace locksmith::host
