#include "host/real_chance.h"

#include <sys/random.h>

#include <cerrno>

#include "vocabulary/assert.h"

namespace locksmith::host {

void RealChance::fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    LOCKSMITH_ASSERT(got > 0 || errno == EINTR);
    if (got > 0) bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace locksmith::host
