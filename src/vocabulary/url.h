// A URL taken apart as RFC 3986 (appendix B) does it: never refused, nothing decoded, nothing guessed. For what people write and logs
// print; whoever connects to it checks the parts (upstream/target.h), and clients that read URLs in other ways are imitated in
// doctor/survey/request_url.h.
#pragma once

#include <cstddef>
#include <string_view>

namespace locksmith::inline vocabulary {

// Views into the text. Empty parts and missing ones look alike.
struct UrlParts {
  std::string_view scheme;     // without "://"
  std::string_view authority;  // user information, host and port
  std::string_view user_info;
  std::string_view host;       // with the brackets of an IPv6 address; its letters as they were written
  std::string_view port;       // what stands behind the host, without the colon
  std::string_view path;       // from its slash
  std::string_view query;      // without "?" and fragment
  std::string_view origin;     // scheme and authority as they stand there
};

// Without "://" the text begins with its authority: "localhost:8080/v1" has a host and a path.
constexpr UrlParts split_url(std::string_view url) {
  UrlParts parts;
  std::string_view rest = url;
  if (const std::size_t slash = rest.find_first_of("/?#"); slash != std::string_view::npos && slash > 0 && rest[slash - 1] == ':' && rest.substr(slash, 2) == "//") {
    parts.scheme = rest.substr(0, slash - 1);
    rest.remove_prefix(slash + 2);
  }
  parts.authority = rest.substr(0, rest.find_first_of("/?#"));
  parts.origin = url.substr(0, url.size() - rest.size() + parts.authority.size());
  rest.remove_prefix(parts.authority.size());
  std::string_view place = parts.authority;
  if (const std::size_t at = place.rfind('@'); at != std::string_view::npos) {
    parts.user_info = place.substr(0, at);
    place.remove_prefix(at + 1);
  }
  const std::size_t bracket = place.starts_with('[') ? place.find(']') : std::string_view::npos;
  const std::size_t host_end = bracket != std::string_view::npos ? bracket + 1 : place.find(':');
  parts.host = place.substr(0, host_end);
  place.remove_prefix(parts.host.size());
  parts.port = place.substr(place.starts_with(':') ? 1 : 0);
  parts.path = rest.substr(0, rest.find_first_of("?#"));
  rest.remove_prefix(parts.path.size());
  if (rest.starts_with('?')) parts.query = rest.substr(1, rest.find('#') - 1);
  return parts;
}

// Whether the host is that domain or lies below it. Both in lower case.
constexpr bool is_within(std::string_view host, std::string_view domain) {
  return host.ends_with(domain) && (host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.');
}

}  // namespace locksmith::inline vocabulary
