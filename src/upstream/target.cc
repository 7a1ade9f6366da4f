#include "upstream/target.h"

#include <algorithm>
#include <charconv>

#include "vocabulary/text.h"
#include "vocabulary/url.h"

namespace locksmith::upstream {
namespace {

std::unexpected<Failure> invalid(std::string_view why) {
  return fail(FailureCode("url_invalid"), "The address is not a usable URL: " + std::string(why) + ".",
              "Write it as https://HOST or http://HOST:PORT.", Blame::user);
}

bool is_host_char(char c) {
  return is_lower(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
}
bool is_address_char(char c) { return (is_hex_digit(c) && !is_upper(c)) || c == ':' || c == '.'; }

Result<Target> checked(const UrlParts& parts, Target target) {
  target.user_info = parts.user_info;
  target.host = lower_case(parts.host);
  if (target.host.starts_with('[')) {
    if (!target.host.ends_with(']')) return invalid("a bracket is open");
    target.host = target.host.substr(1, target.host.size() - 2);
    if (!std::ranges::all_of(target.host, is_address_char)) return invalid("the IPv6 address has a wrong character");
  } else if (!std::ranges::all_of(target.host, is_host_char)) {
    return invalid("the host name has a character that no host has");
  }
  if (target.host.empty()) return invalid("it names no host");
  const std::string_view port = parts.port;
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), target.port);
    if (error != std::errc() || end != port.data() + port.size() || target.port == 0) return invalid("the port is no number from 1 to 65535");
  }
  std::string_view prefix = trimmed_right(parts.path, [](char c) { return c == '/'; });
  if (std::ranges::any_of(prefix, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; })) {
    return invalid("its path holds a space or a control character");
  }
  target.path_prefix = prefix;
  return target;
}

}  // namespace

std::string Target::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

Result<Target> parse_target(std::string_view url) {
  url = trimmed(url, [](char c) { return c == ' '; });
  const UrlParts parts = split_url(url);
  Target target;
  const std::string scheme = lower_case(parts.scheme);
  if (scheme != "https" && scheme != "http") return invalid("it does not begin with http:// or https://");
  target.tls = scheme == "https";
  target.port = target.tls ? 443 : 80;
  return checked(parts, std::move(target));
}

Result<Target> parse_proxy(std::string_view text) {
  const std::string scheme = lower_case(split_url(text).scheme);
  if (scheme.empty()) {
    constexpr std::uint16_t kPortOfCurl = 1080;
    auto target = parse_target("http://" + std::string(text));
    if (target && split_url(text).port.empty()) target->port = kPortOfCurl;
    return target;
  }
  if (scheme != "http" && scheme != "https") {
    return fail(FailureCode("proxy_scheme_unsupported"),
                scheme.starts_with("socks") ? "SOCKS proxies are not spoken by this program, nor by several of the clients."
                                            : "The proxy's scheme is none that HTTP clients speak.",
                "Where the proxy also speaks HTTP, write it as http://HOST:PORT.", Blame::outside);
  }
  return parse_target(text);
}

std::string credentials_of(const Target& proxy) {
  if (proxy.user_info.empty()) return {};
  std::string out = percent_decoded(proxy.user_info);
  if (proxy.user_info.find(':') == std::string::npos) out += ':';
  return out;
}

}  // namespace locksmith::upstream
