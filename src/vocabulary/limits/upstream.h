// Of connections to the API.
#pragma once

#include <cstddef>

#include "vocabulary/bytes.h"
#include "vocabulary/instant.h"

namespace locksmith::inline vocabulary::limits {

inline constexpr Duration kLookUp = 5s;              // of the upstream's name
inline constexpr Duration kResolveAgain = 30s;       // the API's records live for minutes
inline constexpr Duration kResolveRetry = 1s;        // while there is no address at all
inline constexpr Duration kConnectUpstream = 5s;     // TCP and TLS together
inline constexpr Duration kFirstByte = 600s;         // the API's own limit for an answer that is not streamed
inline constexpr Duration kStreamSilence = 120s;     // within an answer; the API pings a stream every few seconds
inline constexpr Duration kIdleLink = 30s;           // shorter than any load balancer keeps one, so that we end it first
inline constexpr std::size_t kIdleLinks = 1024;      // of one worker
inline constexpr Duration kLinkSettles = 1s;         // idle for so long, a connection serves another key: what came too late for one has shown by then
inline constexpr std::size_t kOwnLinks = 16;         // of the idle ones, the newest, that are looked at for the key's own
inline constexpr Duration kLinkLinger = 2s;          // for a peer's FIN after ours
inline constexpr int kBreakerFailures = 5;           // connections in a row that did not come about
inline constexpr Duration kBreakerPause = 1s;        // before the next one is tried
inline constexpr int kAttempts = 3;                  // of one request, the first included
inline constexpr ByteCount kAnswerBody = 4_GiB;      // a file or a batch's results; relayed, never held

}  // namespace locksmith::inline vocabulary::limits
