// Of the doctor's probes, all inside kExamination.
#pragma once

#include <cstddef>

#include "vocabulary/bytes.h"
#include "vocabulary/instant.h"

namespace locksmith::inline vocabulary::limits {

inline constexpr Duration kExamination = 10s;        // from the command to the page: longer, and people stop it
inline constexpr Duration kKeyHelper = 5s;          // a key helper that the user lets run: it asks a secret store over the network; the probes
                                                   // begin after it
inline constexpr ByteCount kKeyHelperOutput = 64_KiB; // of what it prints: the longest credential of any kind is a few KiB
inline constexpr Duration kDnsProbe = 3s;            // a look-up by the system, whose resolver asks a second server after 5 s at the earliest
// A question put to a nameserver directly: half of what resolvers wait, because the system's own look-up runs beside it.
inline constexpr Duration kDnsQuestion = 2s;
inline constexpr std::size_t kNameservers = 3;      // asked at most; resolver(5): MAXNS, the system looks at no more
inline constexpr std::size_t kDnsAnswers = 64;      // records read of one reply; 512 bytes hold about 30
inline constexpr Duration kConnectProbe = 3s;        // TCP: a lost SYN is sent again after one second
inline constexpr Duration kTlsProbe = 3s;            // the handshake, two round trips
inline constexpr Duration kHttpProbe = 6s;           // a request and its answer: what takes longer hangs
inline constexpr Duration kStreamProbe = 6s;         // the same, streamed
inline constexpr Duration kStatusPage = 3s;         // a page about the API, not the API: never worth the whole time
inline constexpr std::size_t kIsolationTests = 6;   // requests of the second round: enough to separate three causes

}  // namespace locksmith::inline vocabulary::limits
