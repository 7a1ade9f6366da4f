#include "world/loop.h"

#include <algorithm>
#include <cstdio>

namespace locksmith::world {

std::string to_string(const Address& address) {
  char out[80];
  const auto& b = address.bytes;
  if (address.family == Family::ipv4) {
    std::snprintf(out, sizeof out, "%u.%u.%u.%u:%u", b[0], b[1], b[2], b[3], address.port);
    return out;
  }
  // RFC 5952: the longest run of two or more zero groups is written as "::", the first of equals.
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = static_cast<unsigned>(b[2 * i] << 8 | b[2 * i + 1]);
  std::size_t best_start = 8;
  std::size_t best_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t j = i;
    while (j < 8 && groups[j] == 0) ++j;
    if (j - i > best_length) {
      best_start = i;
      best_length = j - i;
    }
    i = std::max(i, j > i ? j - 1 : i);
  }
  std::string text = "[";
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best_start) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (i != 0 && text.back() != ':') text += ':';
    std::snprintf(out, sizeof out, "%x", groups[i]);
    text += out;
  }
  std::snprintf(out, sizeof out, "]:%u", address.port);
  return text + out;
}

bool is_loopback(const Address& address) {
  if (address.family == Family::ipv4) return address.bytes[0] == 127;
  return std::ranges::all_of(address.bytes.begin(), address.bytes.begin() + 15, [](auto b) { return b == 0; }) &&
         address.bytes[15] == 1;
}

void StreamHandler::on_peer_finished(Stream& stream) { stream.finish(); }

}  // namespace locksmith::world
