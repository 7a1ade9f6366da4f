// NO_PROXY, as most clients read it. No standard says how; curl, Go and Bun agree on this.
#pragma once

#include <cstdint>
#include <string_view>

namespace locksmith::inline vocabulary {

// NO_PROXY as the clients agree on: names and their subdomains, *, addresses, ports; separated by commas or spaces.
bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port);

}  // namespace locksmith::inline vocabulary
