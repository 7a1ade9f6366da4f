// What a worker counts: written by its thread alone, read by any.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/refusal.h"
#include "gateway/short_text.h"
#include "vocabulary/instant.h"
#include "vocabulary/limits/gateway.h"

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

// How long something took: bucket i counts what took less than 2^i * 64 us, the last all others. Up to 18 minutes, because an answer
// may take ten.
struct Spread {
  std::array<Count, 26> buckets;
  Count sum_us;
};
void count(Spread& spread, Duration took);

// Counts by a label that clients choose (a model, a key), in a table that cannot grow: what comes when it is full counts as "other".
// Rows are added by one thread and never taken away, so that any thread may read them.
struct TallyCounts {
  Count requests, failed, tokens_in, tokens_out, spent_nano_usd;
};
template <std::size_t Rows, std::size_t LabelBytes>
class Tally {
 public:
  struct Row {
    ShortText<LabelBytes> label;
    TallyCounts counts;
  };
  // `hash`: of the label, as good as is cheap. A label that is too long is "other".
  TallyCounts& of(std::size_t hash, std::string_view label) {
    if (label.size() > LabelBytes) return rows_[Rows].counts;
    for (std::size_t slot = hash;; ++slot) {
      std::uint16_t& place = slots_[slot % slots_.size()];
      if (place != 0 && rows_[place - 1].label.view() == label) return rows_[place - 1].counts;
      if (place != 0) continue;
      const std::size_t size = size_.load(std::memory_order_relaxed);
      if (size == Rows) return rows_[Rows].counts;
      rows_[size].label.assign(label);
      place = static_cast<std::uint16_t>(size + 1);
      size_.store(size + 1, std::memory_order_release);
      return rows_[size].counts;
    }
  }
  // visit(std::string_view label, const TallyCounts&); the label is empty of what counts as "other".
  template <class Visit>
  void for_each(Visit visit) const {
    const std::size_t size = size_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < size; ++i) visit(rows_[i].label.view(), rows_[i].counts);
    visit(std::string_view(), rows_[Rows].counts);
  }

 private:
  std::array<Row, Rows + 1> rows_;
  std::array<std::uint16_t, 4 * Rows> slots_{};  // place in rows_ and one; at most a quarter is taken, so that a search ends soon
  std::atomic<std::size_t> size_ = 0;
};

// What is known of one upstream credential, for the metrics.
enum class CredentialState : std::uint8_t { in_use, failing, resting };

inline constexpr std::size_t kRefusals = static_cast<std::size_t>(Why::draining) + 1;
inline constexpr std::size_t kCauses = 256;  // cause_codes() has about 150; asserted in witness.cc

struct ConnectionCounts {
  Count accepted, open;
  Count limit;                               // set once, before the thread begins
};

struct UpstreamCounts {
  Count attempts, retries;                   // of requests
  Count dialled, links;                      // of connections
  Count echoes;                              // answers in which the real key was covered
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
  Count failovers;                           // requests that another credential served than the one that was asked first
  Spread whole;                              // requests, from the first byte to the last
  Spread first_byte;                         // of the API's answer, from the request's first byte on
  Spread first_token;                        // of a streamed answer, the same
  Tally<limits::kTalliedKeys, limits::kTalliedLabel> keys;
  Tally<limits::kTalliedModels, limits::kTalliedLabel> models;
  std::array<Count, limits::kTalliedCredentials> credentials;  // CredentialState, in the settings' order; as of the last sweep
};

}  // namespace locksmith::gateway
