#include "gateway/own_urls.h"

#include "vocabulary/assert.h"
#include "vocabulary/text.h"

namespace locksmith::gateway {
namespace {

constexpr std::string_view kMember = "\"results_url\"";
constexpr std::string_view kBatches = "/v1/messages/batches/";

std::size_t past_blanks(std::string_view text, std::size_t at) {
  const std::size_t next = text.find_first_not_of(" \t\r\n", at);
  return next == std::string_view::npos ? text.size() : next;
}

// JSON may write a slash as \/ (RFC 8259 section 7). Where text at `at` reads as `expected`, the place behind it; else 0.
std::size_t past(std::string_view text, std::size_t at, std::string_view expected) {
  for (const char c : expected) {
    if (c == '/' && text.substr(at, 2) == "\\/") ++at;
    if (at >= text.size() || text[at++] != c) return 0;
  }
  return at;
}

// Of a string's text from `at` on: where scheme and authority end; 0 where it is no absolute http address.
std::size_t past_origin(std::string_view text, std::size_t at) {
  std::size_t end = past(text, at, "https://");
  if (end == 0) end = past(text, at, "http://");
  if (end == 0) return 0;
  const std::size_t stop = text.find_first_of("/\\\"?#", end);
  return stop == std::string_view::npos ? 0 : stop;
}

}  // namespace

bool names_urls(const wire::http1::ResponseHead& head, const Asking& asking) {
  if (!asking.admitted.endpoint->names_urls || asking.admitted.head_method || head.status / 100 != 2) return false;
  const auto type = head.fields.find("content-type");
  const auto coding = head.fields.find("content-encoding");
  return type && type->starts_with("application/json") && (!coding || wire::http1::same_name(*coding, "identity"));
}

std::string own_origin(const wire::http1::RequestHead& head, bool over_tls) {
  const auto host = head.fields.find("host");
  const auto before = head.fields.find("x-forwarded-proto");
  const bool secure = over_tls || (before && wire::http1::same_name(*before, "https"));
  return (secure ? "https://" : "http://") + std::string(host.value_or(""));
}

std::size_t make_urls_own(std::string& body, std::string_view origin, std::string_view prefix) {
  std::string out;
  std::size_t done = 0, made = 0;
  for (std::size_t at = body.find(kMember); at != std::string::npos; at = body.find(kMember, at + 1)) {
    if (at > 0 && body[at - 1] == '\\') continue;  // within a string
    std::size_t value = past_blanks(body, at + kMember.size());
    if (value >= body.size() || body[value] != ':') continue;
    value = past_blanks(body, value + 1);
    if (value >= body.size() || body[value] != '"') continue;
    std::size_t path = past_origin(body, ++value);
    if (path == 0) continue;
    if (const std::size_t behind = past(body, path, prefix); behind != 0) path = behind;
    if (past(body, path, kBatches) == 0) continue;
    out.append(body, done, value - done).append(origin);
    done = path;
    ++made;
  }
  if (made == 0) return 0;
  out.append(body, done);
  body = std::move(out);
  return made;
}

void set_length(std::string& head, std::size_t length) {
  wire::http1::ResponseHead read;
  LOCKSMITH_ASSERT(parse_response_head(head, read) == wire::http1::Refusal::none);
  const auto value = read.fields.find("content-length");
  if (!value) return;
  head.replace(static_cast<std::size_t>(value->data() - head.data()), value->size(), std::to_string(length));
}

}  // namespace locksmith::gateway
