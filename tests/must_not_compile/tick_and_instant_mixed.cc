// The calendar and the stopwatch are not subtracted from each other.
// expect: no match for 'operator-' | invalid operands to binary expression
#include "vocabulary/instant.h"

int main() {
  const locksmith::Instant date{};
  const locksmith::Tick tick{};
#ifdef OFFENDING
  return static_cast<int>((tick - date).count());
#else
  return static_cast<int>(((tick - locksmith::Tick{}) + (date - locksmith::Instant{})).count());
#endif
}
