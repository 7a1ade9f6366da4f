// A number of a JSON text from its digits themselves, for the readers that build no document.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace locksmith::wire::json {

struct NumberToken {
  double number = 0;
  std::int64_t integer = 0;  // of a whole number that fits, also one written as 3.0
  bool is_integer = false;
};

// simdjson's get_number() takes a number with very many digits for the whole number 0, and one beyond 64 bits for none. The
// grammar is not checked: whoever gets the text will. White space may follow. False where this is no number.
inline bool read_number(std::string_view token, NumberToken& out) {
  constexpr double kLargestWhole = 9.0e15;  // below it every whole double is exact
  while (!token.empty() && std::string_view(" \t\r\n").contains(token.back())) token.remove_suffix(1);
  const char* const last = token.data() + token.size();
  const auto whole = std::from_chars(token.data(), last, out.integer);
  const auto any = std::from_chars(token.data(), last, out.number);
  if (any.ec == std::errc::invalid_argument || any.ptr != last) return false;
  out.is_integer = whole.ec == std::errc() && whole.ptr == last;
  if (out.is_integer) return true;
  out.is_integer = any.ec == std::errc() && std::abs(out.number) < kLargestWhole && std::trunc(out.number) == out.number;
  out.integer = out.is_integer ? static_cast<std::int64_t>(out.number) : 0;
  return true;
}

}  // namespace locksmith::wire::json
