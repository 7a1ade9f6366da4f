// Of messages: HTTP/1.1, where RFC 9112 leaves a bound to the recipient, and server-sent events.
#pragma once

#include <cstddef>

#include "vocabulary/bytes.h"

namespace locksmith::inline vocabulary::limits {

// --- HTTP/1.1 ------------------------------------------------------------------------------------------------------
inline constexpr std::size_t kHeadBytes = 64 * 1024;     // request or status line and all fields together
inline constexpr std::size_t kHeaderFields = 128;        // the SDKs send about 15, a CDN adds about 20
inline constexpr std::size_t kStartLine = 16 * 1024;     // a URL with a long query
inline constexpr std::size_t kMethodBytes = 32;          // the longest registered method has 16 letters
inline constexpr int kInterimResponses = 16;             // 1xx before one answer; proxies send one or two
inline constexpr std::size_t kChunkLine = 256;           // size and extensions of one chunk
inline constexpr std::size_t kTrailerBytes = 8 * 1024;      // trailers carry a check sum or a signature
inline constexpr ByteCount kRequestBody = 32_MiB;        // the API's own limit for Messages
inline constexpr ByteCount kProbeBody = 1_MiB;           // what the doctor keeps of one answer

// --- Server-sent events --------------------------------------------------------------------------------------------
// One event; the largest seen carries a web search result of some 100 KiB.
inline constexpr std::size_t kSseEvent = 8 * 1024 * 1024;

}  // namespace locksmith::inline vocabulary::limits
