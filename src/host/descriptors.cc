#include "host/descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

namespace locksmith::host {

int raise_descriptor_limit() {
  constexpr rlim_t kLargest = std::numeric_limits<int>::max();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::numeric_limits<int>::max();
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  const bool done = limit.rlim_cur >= limit.rlim_max || ::setrlimit(RLIMIT_NOFILE, &raised) == 0;
  return static_cast<int>(std::min(done ? limit.rlim_max : limit.rlim_cur, kLargest));
}

std::optional<int> next_descriptor() {
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (next < 0) return std::nullopt;
  ::close(next);
  return next;
}

}  // namespace locksmith::host
