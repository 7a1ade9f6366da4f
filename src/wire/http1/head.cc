#include "wire/http1/head.h"

#include <cstring>

#include "vocabulary/limits/http.h"
#include "wire/http1/characters.h"

namespace locksmith::wire::http1 {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::string_view kSecureScheme = "https://";

// Takes one line off the front of `rest`, without its CR LF. scan_head() has seen that each LF has its CR.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end - 1);
  rest.remove_prefix(end + 1);
  return line;
}

Refusal parse_version(std::string_view text, Version& out) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || !is(text[5], kDigit) || text[6] != '.' ||
      !is(text[7], kDigit)) {
    return Refusal::version_malformed;
  }
  if (text[5] != '1') return Refusal::version_unsupported;
  out.minor = static_cast<std::uint8_t>(text[7] - '0');
  return Refusal::none;
}

// host [":" port], RFC 3986 3.2.2 without user information. An IPv6 address stands in brackets.
bool valid_host(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    for (const char c : text.substr(1, end - 1)) {
      if (!is(c, kHex) && c != ':' && c != '.') return false;
    }
    text.remove_prefix(end + 1);
    if (text.empty()) return true;
    return text.front() == ':' && (text.size() == 1 || all(text.substr(1), kDigit));
  }
  const std::size_t colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  if (!host.empty() && !all(host, kHost)) return false;
  if (colon == std::string_view::npos) return true;
  const std::string_view port = text.substr(colon + 1);
  return !host.empty() && port.size() <= 5 && (port.empty() || all(port, kDigit));
}

bool starts_with_scheme(std::string_view target, std::string_view scheme) {
  return target.size() >= scheme.size() && same_name(target.substr(0, scheme.size()), scheme);
}

std::size_t scheme_size(std::string_view target) {
  if (starts_with_scheme(target, kScheme)) return kScheme.size();
  if (starts_with_scheme(target, kSecureScheme)) return kSecureScheme.size();
  return 0;
}

Refusal parse_target(RequestHead& head) {
  const std::string_view target = head.target;
  if (target.empty() || !all(target, kTarget)) return Refusal::target_malformed;
  if (head.method == "CONNECT") {
    head.form = TargetForm::authority;
    return valid_host(target) && target.find(':') != std::string_view::npos ? Refusal::none
                                                                            : Refusal::target_malformed;
  }
  if (target.front() == '/') {
    head.form = TargetForm::origin;
    return Refusal::none;
  }
  if (target == "*") {
    head.form = TargetForm::asterisk;
    return head.method == "OPTIONS" ? Refusal::none : Refusal::target_malformed;
  }
  const std::size_t scheme = scheme_size(target);
  if (scheme == 0) return Refusal::target_malformed;
  head.form = TargetForm::absolute;
  const std::string_view authority = target.substr(scheme, target.find_first_of("/?", scheme) - scheme);
  return !authority.empty() && valid_host(authority) ? Refusal::none : Refusal::target_malformed;
}

Refusal parse_request_line(std::string_view line, RequestHead& head) {
  const std::size_t first = line.find(' ');
  if (first == std::string_view::npos || first == 0) return Refusal::start_line_malformed;
  head.method = line.substr(0, first);
  if (!all(head.method, kToken)) return Refusal::method_malformed;
  if (head.method.size() > limits::kMethodBytes) return Refusal::method_too_long;
  const std::size_t second = line.find(' ', first + 1);
  if (second == std::string_view::npos) return Refusal::start_line_malformed;
  head.target = line.substr(first + 1, second - first - 1);
  const Refusal version = parse_version(line.substr(second + 1), head.version);
  return version != Refusal::none ? version : parse_target(head);
}

Refusal parse_status_line(std::string_view line, ResponseHead& head) {
  if (line.size() < 12) return Refusal::start_line_malformed;
  const Refusal version = parse_version(line.substr(0, 8), head.version);
  if (version != Refusal::none) return version;
  const std::string_view digits = line.substr(9, 3);
  if (line[8] != ' ' || !all(digits, kDigit)) return Refusal::status_malformed;
  head.status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  if (head.status < 100 || head.status > 599) return Refusal::status_malformed;
  // The grammar wants a space before an empty reason; several servers leave it out.
  if (line.size() > 12 && line[12] != ' ') return Refusal::status_malformed;
  head.reason = line.size() > 13 ? line.substr(13) : std::string_view();
  if (!head.reason.empty() && !all(head.reason, kValue)) return Refusal::start_line_malformed;
  return Refusal::none;
}

// Why a line whose name does not end in a colon is refused.
Refusal name_refusal(std::string_view rest) {
  const std::string_view line = rest.substr(0, rest.find('\n'));
  if (line.find(':') != std::string_view::npos) return Refusal::field_name_malformed;
  return line.substr(0, line.size() - 1).find('\r') != std::string_view::npos ? Refusal::bare_carriage_return
                                                                              : Refusal::field_without_colon;
}

// Takes one field line off the front of `rest`; scan_head() has seen that each LF has its CR. Name and value are each read
// in one pass that finds their end and checks them.
Refusal take_field(std::string_view& rest, Fields& out) {
  if (rest.front() == ' ' || rest.front() == '\t') return Refusal::folded_field;
  std::size_t colon = 0;
  while (colon < rest.size() && is(rest[colon], kToken)) ++colon;
  if (colon == 0 || colon == rest.size() || rest[colon] != ':') return name_refusal(rest);
  const char* const end = rest.data() + rest.size();
  const char* const from = rest.data() + colon + 1;
  const char* const stop = find_control_byte(from, end);
  if (stop == end || *stop != '\r') return Refusal::field_value_control_byte;
  if (stop + 1 == end || stop[1] != '\n') return Refusal::bare_carriage_return;
  // Not is_blank itself: g++ calls through the pointer, twice for every field of every message.
  const auto blank = [](char c) { return is_blank(c); };
  const std::string_view value = trimmed(std::string_view(from, static_cast<std::size_t>(stop - from)), blank);
  const bool added = out.add(rest.substr(0, colon), value);
  rest.remove_prefix(static_cast<std::size_t>(stop + 2 - rest.data()));
  return added ? Refusal::none : Refusal::too_many_fields;
}

Refusal check_host(const RequestHead& head) {
  const std::size_t hosts = head.fields.count("host");
  if (hosts > 1) return Refusal::host_repeated;
  if (hosts == 0) return head.version.minor >= 1 ? Refusal::host_missing : Refusal::none;
  return valid_host(*head.fields.find("host")) ? Refusal::none : Refusal::host_malformed;
}

// The target without scheme and authority.
std::string_view local_part(const RequestHead& head) {
  if (head.form != TargetForm::absolute) return head.target;
  const std::size_t begin = head.target.find_first_of("/?", scheme_size(head.target));
  return begin == std::string_view::npos ? "/" : head.target.substr(begin);
}

}  // namespace

HeadEnd scan_head(HeadScan& scan, std::string_view bytes) {
  const auto refuse = [](Refusal why) { return HeadEnd{Progress::refused, 0, why}; };
  while (scan.seen < bytes.size()) {
    const char* const from = bytes.data() + scan.seen;
    const auto* const line_feed = static_cast<const char*>(std::memchr(from, '\n', bytes.size() - scan.seen));
    if (line_feed == nullptr) {
      scan.seen = static_cast<std::uint32_t>(std::min(bytes.size(), limits::kHeadBytes + 1));
      break;
    }
    const auto end = static_cast<std::uint32_t>(line_feed - bytes.data());
    if (end > limits::kHeadBytes) break;  // refused below
    if (end == scan.line || bytes[end - 1] != '\r') return refuse(Refusal::bare_line_feed);
    const bool empty_line = end - 1 == scan.line;
    scan.seen = end + 1;
    if (empty_line && scan.start_line_end != 0) return {Progress::done, end + 1, Refusal::none};
    if (empty_line && scan.line != 0) return refuse(Refusal::start_line_malformed);
    if (!empty_line && scan.start_line_end == 0) scan.start_line_end = end + 1;
    scan.line = end + 1;
    if (scan.start_line_end > limits::kStartLine) return refuse(Refusal::start_line_too_long);
  }
  if (scan.start_line_end == 0 && bytes.size() > limits::kStartLine) return refuse(Refusal::start_line_too_long);
  if (bytes.size() > limits::kHeadBytes) return refuse(Refusal::head_too_large);
  return {};
}

Refusal parse_fields(std::string_view lines, Fields& out) {
  while (!lines.empty() && lines.front() != '\r') {
    if (const Refusal refusal = take_field(lines, out); refusal != Refusal::none) return refusal;
  }
  return lines.empty() || lines.starts_with("\r\n") ? Refusal::none : Refusal::bare_carriage_return;
}

Refusal parse_request_head(std::string_view head, RequestHead& out) {
  out.fields.clear();
  std::string_view line = take_line(head);
  if (line.empty()) line = take_line(head);  // the one empty line that may stand before a request
  Refusal refusal = parse_request_line(line, out);
  if (refusal == Refusal::none) refusal = parse_fields(head, out.fields);
  return refusal != Refusal::none ? refusal : check_host(out);
}

Refusal parse_response_head(std::string_view head, ResponseHead& out) {
  out.fields.clear();
  const Refusal refusal = parse_status_line(take_line(head), out);
  return refusal != Refusal::none ? refusal : parse_fields(head, out.fields);
}

std::string_view RequestHead::path() const {
  const std::string_view local = local_part(*this);
  const std::string_view path = local.substr(0, local.find('?'));
  return path.empty() ? "/" : path;
}

std::string_view RequestHead::query() const {
  const std::string_view local = local_part(*this);
  const std::size_t mark = local.find('?');
  return mark == std::string_view::npos ? std::string_view() : local.substr(mark + 1);
}

}  // namespace locksmith::wire::http1
