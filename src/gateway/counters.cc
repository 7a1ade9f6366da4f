#include "gateway/counters.h"

#include <algorithm>
#include <bit>

namespace locksmith::gateway {

void count(Spread& spread, Duration took) {
  const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(took / 1us, 0));
  spread.buckets[std::min<std::size_t>(std::bit_width(microseconds / 64), spread.buckets.size() - 1)].add();
  spread.sum_us.add(microseconds);
}

}  // namespace locksmith::gateway
