// What a worker counts: written by its thread alone, read by any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "gateway/refusal.h"
#include "vocabulary/instant.h"

namespace locksmith::gateway {

class Count {
 public:
  void add(std::uint64_t amount = 1) {
    // One writer: a plain addition, no locked instruction.
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t read() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

inline constexpr std::size_t kRefusals = static_cast<std::size_t>(Why::draining) + 1;
inline constexpr std::size_t kCauses = 256;  // cause_codes() has about 150; asserted in witness.cc

struct ConnectionCounts {
  Count accepted, open;
  Count limit;                               // set once, before the thread begins
};

struct UpstreamCounts {
  Count attempts, retries;                   // of requests
  Count dialled, links;                      // of connections
};

struct TokenCounts {
  Count in, out, cached;                     // as the API told them
};

struct Counters {
  Count ready;                               // 1 where upstream's name is resolved; as of the last look at the deadlines
  ConnectionCounts connections;
  Count requests, streams_in_flight;
  std::array<Count, 6> answers;              // by the first digit of the status
  std::array<Count, kRefusals> refusals;     // by Why
  std::array<Count, kCauses> causes;         // by index into cause_codes(): of refusals and of upstream's errors
  UpstreamCounts upstream;
  Count bytes_in, bytes_out;
  TokenCounts tokens;
  Count spent_nano_usd;
  Count settled_by_bound;                    // the answer's usage was not seen whole
  Count clients_gone;
  Count log_dropped;
  // Latency of whole requests in microseconds: bucket i counts those below 2^i * 64 us, the last all others.
  std::array<Count, 24> latency;
};

void count_latency(Counters& counters, Duration took);

}  // namespace locksmith::gateway
