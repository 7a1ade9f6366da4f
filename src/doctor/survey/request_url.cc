#include "doctor/survey/request_url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include "vocabulary/text.h"

namespace locksmith::doctor::survey {
namespace {

// Ports that no browser and no fetch() asks: Fetch standard, "bad port".
constexpr std::array<std::uint16_t, 83> kBadPorts{
    0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,   37,   42,   43,
    53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,  110,  111,  113,  115,  117,  119,
    123,  135,  137,  139,  143,  161,  179,  389,  427,  465,  512,  513,  514,  515,  526,  530,  531,
    532,  540,  548,  554,  556,  563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049,
    3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};

constexpr std::string_view kNoUrl = "The base URL is not a URL: it needs http:// or https:// and a host.";
constexpr std::string_view kOtherScheme = "The base URL's scheme is neither http nor https.";
constexpr std::string_view kLogin = "The base URL has a user name or password in it, which fetch() refuses.";

std::string percent_encoded(std::string_view text, std::string_view special) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u > 0x20 && u < 0x7F && special.find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    out += '%';
    out += kHex[u >> 4U];
    out += kHex[u & 15U];
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// One number of an IPv4 address: 0x is hexadecimal, a leading 0 octal.
std::optional<std::uint64_t> ipv4_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
    if (text.empty()) return 0;
  } else if (text.size() > 1 && text.starts_with('0')) {
    base = 8;
    text.remove_prefix(1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_number_like(std::string_view label) {
  if (label.empty()) return false;
  return std::ranges::all_of(label, is_digit) ||
         (label.starts_with("0x") && ipv4_number(label));
}

// nullopt: not a valid address.
std::optional<std::string> ipv4(const std::vector<std::string_view>& labels) {
  if (labels.size() > 4) return std::nullopt;
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto number = ipv4_number(labels[i]);
    const bool last = i + 1 == labels.size();
    const std::uint64_t most = last ? (std::uint64_t{1} << (8 * (5 - labels.size()))) - 1 : 255;
    if (!number || *number > most) return std::nullopt;
    address += last ? *number : *number << (8 * (3 - i));
  }
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += (out.empty() ? "" : ".") + std::to_string((address >> shift) & 255U);
  }
  return out;
}

// A host whose last label is a number is an IPv4 address, however it is written.
std::optional<std::string> host_of(std::string_view text) {
  if (text.starts_with('[')) return text.ends_with(']') ? std::optional(lower_case(text)) : std::nullopt;
  const std::string host = lower_case(percent_decoded(text));
  constexpr std::string_view kForbidden = " #/:<>?@[\\]^|%";
  const bool bad = std::ranges::any_of(host, [&](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 || u == 0x7F || kForbidden.find(c) != std::string_view::npos;
  });
  if (host.empty() || bad) return std::nullopt;
  std::vector<std::string_view> labels = split(host, '.');
  if (labels.back().empty() && labels.size() > 1) labels.pop_back();
  return is_number_like(labels.back()) ? ipv4(labels) : std::optional(host);
}

std::string path_of(std::string_view text) {
  std::string slashes(text);
  std::ranges::replace(slashes, '\\', '/');
  std::vector<std::string> kept;
  const auto segments = split(std::string_view(slashes).substr(slashes.starts_with('/') ? 1 : 0), '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    std::string plain = lower_case(segments[i]);
    for (std::size_t at = 0; (at = plain.find("%2e")) != std::string::npos;) plain.replace(at, 3, ".");
    const bool last = i + 1 == segments.size();
    if (plain != "." && plain != "..") {
      kept.push_back(percent_encoded(segments[i], "\"#<>?`{}"));
      continue;
    }
    if (plain == ".." && !kept.empty()) kept.pop_back();
    if (last) kept.emplace_back();
  }
  std::string out;
  for (const std::string& segment : kept) out += "/" + segment;
  return out.empty() ? "/" : out;
}

// The SDK reads a query of the base URL, which has swallowed the path by then, and writes it anew.
std::string query_of(std::string_view text) {
  const auto written = [](std::string_view part) {
    std::string plain(part);
    std::ranges::replace(plain, '+', ' ');
    return percent_encoded(percent_decoded(plain), "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}");
  };
  std::string out;
  for (const std::string_view pair : split(text, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    out += (out.empty() ? "" : "&") + written(pair.substr(0, equals)) + "=" + written(value);
  }
  return out;
}

struct Authority {
  std::string host;
  std::optional<std::uint16_t> port;
  std::string login;
  bool has_login = false;
};

std::optional<Authority> authority_of(std::string_view text) {
  Authority out;
  const std::size_t at = text.rfind('@');
  out.has_login = at != std::string_view::npos && at > 0 && text.substr(0, at) != ":";
  if (out.has_login) out.login = percent_decoded(text.substr(0, at));
  if (out.has_login && out.login.find(':') == std::string::npos) out.login += ':';
  if (at != std::string_view::npos) text.remove_prefix(at + 1);
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto host = host_of(text.substr(0, colon));
  if (!host) return std::nullopt;
  out.host = *host;
  if (colon == std::string_view::npos || colon + 1 == text.size()) return out;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
  out.port = number;
  return out;
}

// The scheme in lower case, cut off the text with its colon; nullopt: there is none.
std::optional<std::string> cut_scheme(std::string_view& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  std::string scheme = lower_case(text.substr(0, colon));
  const bool valid =
      is_lower(scheme[0]) && std::ranges::all_of(scheme, [](char c) {
        return is_lower(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
      });
  if (!valid) return std::nullopt;
  text.remove_prefix(colon + 1);
  return scheme;
}

// host:port where a scheme belongs: Bun's fetch() asks there, over plain HTTP.
bool is_host_and_port(std::string_view scheme, std::string_view rest) {
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view digits = rest.substr(0, end);
  return scheme != "http" && scheme != "https" && !digits.empty() &&
         std::ranges::all_of(digits, is_digit);
}

RequestUrl web_url(std::string_view given, Join join) {
  const bool by_sdk = join != Join::fetch;
  const bool by_bun = join == Join::bun;
  std::string text;
  for (const char c : given) {
    if (c != '\t' && c != '\n' && c != '\r') text += c;
  }
  std::string_view rest = trimmed(text, [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
  const auto scheme = cut_scheme(rest);
  if (!scheme) return {text, std::string(kNoUrl), {}, false};
  if (by_bun && is_host_and_port(*scheme, rest)) return web_url("http://" + *scheme + ":" + std::string(rest), join);
  if (*scheme != "http" && *scheme != "https") return {text, std::string(kOtherScheme), {}};
  rest = trimmed_left(rest, [](char c) { return c == '/' || c == '\\'; });
  const std::size_t end = std::min(rest.find_first_of("/\\?#"), rest.size());
  const auto authority = authority_of(rest.substr(0, end));
  if (!authority) return {text, std::string(kNoUrl), {}, false};
  rest.remove_prefix(end);

  const std::uint16_t own_port = *scheme == "http" ? 80 : 443;
  const std::uint16_t port = authority->port.value_or(own_port);
  const std::size_t query = std::min(rest.find_first_of("?#"), rest.size());
  std::string path = path_of(rest.substr(0, query));
  // Bun writes several slashes at its beginning as one.
  if (by_bun) path.erase(0, std::min(path.find_first_not_of('/'), path.size()) - 1);
  std::string url = *scheme + "://" + authority->host + (port == own_port ? "" : ":" + std::to_string(port)) +
                    path;
  rest.remove_prefix(query);
  if (rest.starts_with('?')) {
    rest.remove_prefix(1);
    const std::string_view text_of_query = rest.substr(0, rest.find('#'));
    const std::string again = by_sdk ? query_of(text_of_query) : percent_encoded(text_of_query, "\"#<>'");
    if (!again.empty()) url += "?" + again;
  }
  if (by_bun) return {url, {}, authority->login, true, authority->host, port};
  if (authority->has_login) return {url, std::string(kLogin), {}};
  if (port != own_port && std::ranges::binary_search(kBadPorts, port)) {
    return {url, "Port " + std::to_string(port) + " is one that fetch() never asks.", {}};
  }
  return {url, {}, {}};
}

}  // namespace

RequestUrl join_url(std::string_view base, std::string_view path, Join join) {
  const bool drops_slash = (join == Join::web || join == Join::bun) && base.ends_with('/');
  const std::string both = std::string(base) + std::string(path.substr(drops_slash ? 1 : 0));
  if (join == Join::web || join == Join::bun || join == Join::fetch) return web_url(both, join);
  // curl's manual: without a scheme it guesses by the host's first letters, and takes http where they say nothing.
  if (join == Join::text && !base.empty() && base.find("://") == std::string_view::npos) return {"http://" + std::string(base) + std::string(path), {}, {}};
  const std::string lowered = lower_case(base);
  // httpx's URL has no use for a fragment: what follows "#" is dropped before the path is added.
  if (join == Join::slash) base = base.substr(0, base.find('#'));
  std::string url(base);
  url += join == Join::slash && base.ends_with('/') ? path.substr(1) : path;
  if (lowered.starts_with("http://") || lowered.starts_with("https://")) return {url, {}, {}};
  return {url, std::string(lowered.find("://") == std::string::npos ? kNoUrl : kOtherScheme), {}};
}

}  // namespace locksmith::doctor::survey
