#include "world/loop.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace locksmith::world {

std::string to_string(const Address& address) {
  if (address.family == Family::any) return "unix";
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

namespace {

template <class T>
std::optional<T> number(std::string_view text, int base, std::size_t most_digits) {
  T value = 0;
  if (text.empty() || text.size() > most_digits) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool parse_ipv4(std::string_view text, std::uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return false;
    const std::string_view digits = text.substr(0, dot);
    // A leading zero is octal to some and decimal to others: refused.
    if (digits.size() > 1 && digits.front() == '0') return false;
    const auto part = number<std::uint8_t>(digits, 10, 3);
    if (!part) return false;
    out[i] = *part;
    text.remove_prefix(i < 3 ? dot + 1 : dot);
  }
  return true;
}

// The groups on one side of "::", or all of them; at most `most` bytes. Returns the bytes written, -1 for a mistake.
int parse_groups(std::string_view text, std::uint8_t* out, int most) {
  int size = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (group.find('.') != std::string_view::npos) {
      return colon == std::string_view::npos && size + 4 <= most && parse_ipv4(group, out + size) ? size + 4 : -1;
    }
    const auto value = number<std::uint16_t>(group, 16, 4);
    if (!value || size + 2 > most) return -1;
    out[size++] = static_cast<std::uint8_t>(*value >> 8);
    out[size++] = static_cast<std::uint8_t>(*value & 0xff);
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return -1;  // ends with a colon
  }
  return size;
}

bool parse_ipv6(std::string_view text, std::array<std::uint8_t, 16>& out) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return parse_groups(text, out.data(), 16) == 16;
  std::array<std::uint8_t, 16> tail{};
  const int before = parse_groups(text.substr(0, gap), out.data(), 14);
  const int after = parse_groups(text.substr(gap + 2), tail.data(), 14);
  if (before < 0 || after < 0 || before + after > 14) return false;
  std::copy_n(tail.begin(), after, out.end() - after);
  return true;
}

}  // namespace

std::optional<Address> parse_ip(std::string_view text, std::uint16_t port) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  Address address{Family::ipv4, {}, port};
  if (parse_ipv4(text, address.bytes.data())) return address;
  address = {Family::ipv6, {}, port};
  if (text.find(':') != std::string_view::npos && parse_ipv6(text, address.bytes)) return address;
  return std::nullopt;
}

std::optional<Address> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view host = text.substr(0, colon);
  const auto port = number<std::uint16_t>(text.substr(colon + 1), 10, 5);
  // Without brackets the last group of an IPv6 address would be taken for the port.
  if (!port || (host.find(':') != std::string_view::npos && !host.starts_with('['))) return std::nullopt;
  return parse_ip(host, *port);
}

void StreamHandler::on_peer_finished(Stream& stream) { stream.finish(); }

}  // namespace locksmith::world
