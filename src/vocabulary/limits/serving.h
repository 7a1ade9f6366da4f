// Of a process that serves: its descriptors, its admin address, its reload and its end.
#pragma once

#include <cstddef>

#include "vocabulary/bytes.h"
#include "vocabulary/instant.h"

namespace locksmith::inline vocabulary::limits {

inline constexpr ByteCount kAdminBody = 64_KiB;      // of a request to the admin address, which reads none
inline constexpr std::size_t kAdminConnections = 16; // at a time: one question each, so more are waiting for nothing
inline constexpr int kDescriptorsOfWorker = 8;       // its loop, what it listens on, and one client with its way to the API
inline constexpr int kDescriptorReserve = 32;        // never for clients or upstream: those of the admin address, and as many for
                                                     // look-ups, a reload's files and a client that is turned away
inline constexpr Duration kAdminVisit = 10s;         // one question and its answer
inline constexpr Duration kFollowStore = 20ms;       // between two looks at the store: a revoked key is dead after at most this
inline constexpr Duration kDrain = 600s;             // after SIGTERM: streams that are under way may end
inline constexpr Duration kDrainNotice = 1s;         // before that, still serving: /readyz says no, and a balancer may see it
inline constexpr Duration kAskGateway = 5s;          // status and explain: one question to the admin address

}  // namespace locksmith::inline vocabulary::limits
