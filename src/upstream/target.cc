#include "upstream/target.h"

#include <algorithm>
#include <charconv>

namespace locksmith::upstream {
namespace {

char lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

std::unexpected<Failure> invalid(std::string_view why) {
  return fail(FailureCode("url_invalid"), "The address is not a usable URL: " + std::string(why) + ".",
              "Write it as https://HOST or http://HOST:PORT.", Blame::user);
}

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}
bool is_address_char(char c) { return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.'; }

Result<Target> parse_authority(std::string_view text, Target target) {
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    target.user_info = text.substr(0, at);
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return invalid("a bracket is open");
    target.host = lower_case(text.substr(1, close - 1));
    port = text.substr(close + 1);
    if (!std::ranges::all_of(target.host, is_address_char)) return invalid("the IPv6 address has a wrong character");
  } else {
    const std::size_t colon = text.find(':');
    target.host = lower_case(text.substr(0, colon));
    if (colon != std::string_view::npos) port = text.substr(colon);
    if (!std::ranges::all_of(target.host, is_host_char)) return invalid("the host name has a character that no host has");
  }
  if (target.host.empty()) return invalid("it names no host");
  if (!port.empty() && port != ":") {
    port.remove_prefix(1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), target.port);
    if (error != std::errc() || end != port.data() + port.size() || target.port == 0) return invalid("the port is no number from 1 to 65535");
  }
  return target;
}

}  // namespace

std::string Target::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

Result<Target> parse_target(std::string_view url) {
  while (!url.empty() && url.front() == ' ') url.remove_prefix(1);
  while (!url.empty() && url.back() == ' ') url.remove_suffix(1);
  Target target;
  const std::string head = lower_case(url.substr(0, 8));
  if (head.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (head.starts_with("http://")) {
    target.tls = false;
    target.port = 80;
    url.remove_prefix(7);
  } else {
    return invalid("it does not begin with http:// or https://");
  }
  const std::size_t path = std::min(url.find_first_of("/?#"), url.size());
  auto parsed = parse_authority(url.substr(0, path), std::move(target));
  if (!parsed) return parsed;
  std::string_view prefix = url.substr(path);
  prefix = prefix.substr(0, prefix.find_first_of("?#"));
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (std::ranges::any_of(prefix, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; })) {
    return invalid("its path holds a space or a control character");
  }
  parsed->path_prefix = prefix;
  return parsed;
}

Result<Target> parse_proxy(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    auto target = parse_target("http://" + std::string(text));
    if (target && target->port == 80 && text.find(":80") == std::string_view::npos) target->port = 1080;  // curl's default
    return target;
  }
  const std::string scheme = lower_case(text.substr(0, scheme_end));
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
  std::string out;
  for (std::string_view rest = proxy.user_info; !rest.empty();) {
    unsigned value = 0;
    const bool coded = rest.size() >= 3 && rest[0] == '%' && std::from_chars(rest.data() + 1, rest.data() + 3, value, 16).ptr == rest.data() + 3;
    out += coded ? static_cast<char>(value) : rest[0];
    rest.remove_prefix(coded ? 3 : 1);
  }
  if (proxy.user_info.find(':') == std::string::npos) out += ':';
  return out;
}

}  // namespace locksmith::upstream
