// Of the event loop: its buffers, its connections, what waits in it.
#pragma once

#include <cstddef>

#include "vocabulary/bytes.h"
#include "vocabulary/instant.h"

namespace locksmith::inline vocabulary::limits {

inline constexpr std::size_t kReadChunk = 64 * 1024;      // shared scratch buffer of one loop
inline constexpr std::size_t kWriteBacklog = 4 * 1024 * 1024;  // unsent bytes of one stream before its source is paused
inline constexpr int kReadsInTurn = 16;                   // reads of one stream before the others have their turn
inline constexpr std::size_t kWipedHead = 4096;           // of what was sent: where a request has its credential
inline constexpr std::size_t kKeptLargeBuffer = 512 * 1024; // the same, of a few that an io_uring loop keeps for large writes
inline constexpr std::size_t kKeptLargeBuffers = 64;         // of those, of one loop: 32 MiB
inline constexpr std::size_t kKeptBuffer = 64 * 1024;     // capacity that an emptied send buffer may keep
inline constexpr std::size_t kRingBuffer = 16 * 1024;     // what the kernel fills at once, of an io_uring loop
inline constexpr std::size_t kRingBuffers = 512;          // of one loop, 8 MiB: a power of two
inline constexpr std::size_t kRingHeld = 32 * 1024;       // bytes that came after a stream was paused, before the kernel is told
inline constexpr Duration kTlsAccept = 10s;               // a client's handshake
inline constexpr Duration kAcceptPause = 100ms;           // after accept() failed for want of descriptors
inline constexpr Duration kPeerGone = 20s;                // a dialled peer whose machine acknowledges nothing: longer than a network that heals
inline constexpr Duration kPeerProbe = 10s;               // of silence, before that machine is asked whether it is there
inline constexpr Duration kPeerProbeAgain = 5s;           // while it does not answer
inline constexpr std::size_t kResolverThreads = 4;        // getaddrinfo blocks and cannot be cancelled
inline constexpr std::size_t kResolverQueue = 256;        // look-ups waiting for such a thread
inline constexpr std::size_t kConnections = 10000;        // of one listener; beyond it a new one is closed at once
inline constexpr ByteCount kMemoryReserve = 32_MiB;         // of address space, for what is under way when no more is to be had
inline constexpr Duration kMemoryLook = 250ms;              // between two looks whether the reserve can be set aside again
inline constexpr std::uint64_t kMemoryTrim = 40;            // of these looks, so 10 s: between two that give free memory back
inline constexpr ByteCount kFreeMemory = 16_MiB;            // that is freed and still the process's, before it is given back
inline constexpr std::uint64_t kIdleRequests = 200;         // in that time, below which a gateway counts as idle

}  // namespace locksmith::inline vocabulary::limits
