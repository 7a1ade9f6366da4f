// Of a process that serves: its descriptors, its admin address, its reload and its end.
#pragma once

#include <cstddef>

#include "vocabulary/bytes.h"
#include "vocabulary/instant.h"

namespace locksmith::inline vocabulary::limits {

inline constexpr ByteCount kServingBody = 64_KiB;    // of a request to it: what an operator sends is written by hand
inline constexpr std::size_t kServingConnections = 250; // at a time; a new one takes the place of one that is idle, which should have had time to speak
inline constexpr std::size_t kServingWork = 8;       // handlers at work: each asks every worker, and the answer to more is not faster
inline constexpr Duration kServingIdle = 15s;        // a kept connection without a request
inline constexpr int kDescriptorsOfWorker = 8;       // its loop, what it listens on, and one client with its way to the API
inline constexpr int kDescriptorReserve = 32;        // never for clients or upstream: three quarters are the admin address's, the rest is
                                                     // for look-ups, a reload's files and a client that is turned away
inline constexpr int kDescriptorReserveMost = 680;   // the same where an eighth of what may be open is more: for all of kServingConnections
inline constexpr Duration kServingVisit = 10s;       // for a request to come, for its place, for its answer and for that to leave, each
inline constexpr Duration kFollowStore = 20ms;       // between two looks at the store: a revoked key is dead after at most this
inline constexpr ByteCount kStoreReserve = 1_MiB;    // of the store's disk, for revocations: one takes 44 KiB, and others may take some first
inline constexpr Duration kDrain = 600s;             // after SIGTERM: streams that are under way may end
inline constexpr Duration kDrainNotice = 1s;         // before that, still serving: /readyz says no, and a balancer may see it
inline constexpr std::size_t kAdminToken = 16;       // the shortest that operators may have: 64 bits even where all are hexadecimal digits
inline constexpr Duration kAskGateway = 5s;          // status and explain: one question to the admin address

}  // namespace locksmith::inline vocabulary::limits
