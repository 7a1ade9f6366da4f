#include "vocabulary/no_proxy.h"

#include <algorithm>
#include <string>

#include "vocabulary/text.h"
#include "vocabulary/url.h"

namespace locksmith::inline vocabulary {

bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port) {
  const std::string name = lower_case(host);
  while (!no_proxy.empty()) {
    const std::size_t end = std::min(no_proxy.find_first_of(", \t"), no_proxy.size());
    std::string entry = lower_case(no_proxy.substr(0, end));
    no_proxy.remove_prefix(std::min(end + 1, no_proxy.size()));
    if (entry.empty()) continue;
    if (entry == "*") return true;
    if (const std::size_t colon = entry.rfind(':'); colon != std::string::npos && entry.find(':') == colon) {
      if (entry.substr(colon + 1) != std::to_string(port)) continue;
      entry.resize(colon);
    }
    if (entry.starts_with("*.")) entry.erase(0, 1);
    const std::string_view bare = std::string_view(entry).substr(entry.starts_with('.') ? 1 : 0);
    if (is_within(name, bare)) return true;
  }
  return false;
}

}  // namespace locksmith::inline vocabulary
