#include "gateway/counters.h"

#include <algorithm>
#include <bit>

namespace locksmith::gateway {

void count_latency(Counters& counters, Duration took) {
  const auto steps = static_cast<std::uint64_t>(std::max<std::int64_t>(took / 64us, 0));
  counters.latency[std::min<std::size_t>(std::bit_width(steps), counters.latency.size() - 1)].add();
}

}  // namespace locksmith::gateway
