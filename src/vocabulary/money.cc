#include "vocabulary/money.h"

namespace locksmith::inline vocabulary {

std::string to_words(Money money) {
  constexpr std::int64_t kNanoInMicro = 1000;
  constexpr std::int64_t kMicroInDollar = 1'000'000;
  const bool negative = money.nano_usd < 0;
  const std::int64_t nano = negative ? -money.nano_usd : money.nano_usd;
  const std::int64_t micro = nano / kNanoInMicro + (nano % kNanoInMicro != 0 && !negative ? 1 : 0);
  std::string fraction = std::to_string(micro % kMicroInDollar);
  fraction.insert(0, 6 - fraction.size(), '0');
  return (negative ? "-$" : "$") + std::to_string(micro / kMicroInDollar) + "." + fraction;
}

}  // namespace locksmith::inline vocabulary
