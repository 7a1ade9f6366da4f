// Where a server of ours listens, as people write it.
#pragma once

#include <string>
#include <string_view>

#include "vocabulary/failure.h"
#include "world/loop.h"

namespace locksmith::cli {

// The path of unix:/path, absolute; empty where the text is no such.
std::string socket_path_of(const std::string& text);

// IP:PORT, or localhost:PORT. `example` is for the next step. Failure code: listen_address_invalid; its message shows the text,
// redacted, because a key in the wrong place is a common slip.
Result<world::Address> read_listen_address(const std::string& text, std::string_view example = "127.0.0.1:8787");

}  // namespace locksmith::cli
