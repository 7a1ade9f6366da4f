#include "scanner/sources.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace locksmith::scanner {

Source from_descriptor(int descriptor) {
  return [descriptor](char* into, std::size_t room) -> std::int64_t {
    ssize_t got = 0;
    do {
      got = read(descriptor, into, room);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
  };
}

Source behind(std::string_view beginning, Source rest) {
  return [beginning, rest = std::move(rest)](char* into, std::size_t room) mutable -> std::int64_t {
    if (beginning.empty()) return rest(into, room);
    const std::size_t size = beginning.copy(into, room);
    beginning.remove_prefix(size);
    return static_cast<std::int64_t>(size);
  };
}

std::size_t fill(const Source& source, char* into, std::size_t room, std::int64_t* last) {
  std::size_t held = 0;
  std::int64_t got = 0;
  while (held < room && (got = source(into + held, room - held)) > 0) held += static_cast<std::size_t>(got);
  if (last != nullptr) *last = got;
  return held;
}

}  // namespace locksmith::scanner
