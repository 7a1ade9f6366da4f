// Money: billionths of a US dollar, so that a token's price is a whole number and adding never rounds.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace locksmith::inline vocabulary {

// 64 bits hold nine billion dollars. Below zero: a debt.
struct Money {
  std::int64_t nano_usd = 0;

  friend constexpr auto operator<=>(Money, Money) = default;
  friend constexpr Money operator+(Money a, Money b) { return {a.nano_usd + b.nano_usd}; }
  friend constexpr Money operator-(Money a, Money b) { return {a.nano_usd - b.nano_usd}; }
  constexpr Money& operator+=(Money other) {
    nano_usd += other.nano_usd;
    return *this;
  }
};

constexpr Money dollars(std::int64_t amount) { return {amount * 1'000'000'000}; }

// "$0.001234": six places, rounded up, so that what is shown never says less than what was spent.
std::string to_words(Money money);

}  // namespace locksmith::inline vocabulary
