// Heads of requests and responses (RFC 9112 sections 2 to 5), strictly.
//
// Two steps, so that nothing is copied where the bytes already lie together: scan_head() finds the end of the head in
// what has come so far, and costs each byte once however the head is torn; parse_…_head() then reads it in place. The
// results are views into the given bytes. Neither allocates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/http1/fields.h"
#include "wire/http1/refusal.h"

namespace locksmith::wire::http1 {

// Where scan_head() stopped last time. One for each message; a new message begins with a new one.
struct HeadScan {
  std::uint32_t line = 0;  // where the current line begins
  std::uint32_t seen = 0;  // what has been looked at
  std::uint32_t start_line_end = 0;
};

enum class Progress : std::uint8_t { need_more, done, refused };

struct HeadEnd {
  Progress progress = Progress::need_more;
  std::size_t size = 0;  // of the head with its empty line; set where done
  Refusal refusal = Refusal::none;
};

// `bytes` is all that has come of this message, from its first byte on. A request may be preceded by one empty line
// (RFC 9112 2.2), which counts to the head. Bounded by limits::kStartLine and limits::kHeadBytes.
HeadEnd scan_head(HeadScan& scan, std::string_view bytes);

struct Version {
  std::uint8_t minor = 1;  // the major version is 1, or the message was refused
  friend bool operator==(Version, Version) = default;
};

enum class TargetForm : std::uint8_t { origin, absolute, authority, asterisk };

struct RequestHead {
  std::string_view method;
  std::string_view target;  // as sent
  TargetForm form = TargetForm::origin;
  Version version;
  Fields fields;

  // The part of the target before '?' and after it; for an absolute target without scheme and authority.
  std::string_view path() const;
  std::string_view query() const;
};

struct ResponseHead {
  int status = 0;
  std::string_view reason;  // may be empty
  Version version;
  Fields fields;
};

// `head` is exactly what scan_head() said is the head. Also checked: Host (there once in HTTP/1.1, well-formed).
Refusal parse_request_head(std::string_view head, RequestHead& out);
Refusal parse_response_head(std::string_view head, ResponseHead& out);

// Fields alone, each line with its CR LF and without the empty line: a trailer section.
Refusal parse_fields(std::string_view lines, Fields& out);

}  // namespace locksmith::wire::http1
