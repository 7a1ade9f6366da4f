// The memory for request bodies that one worker may hold, and a request's part of it.
//
// No key may hold more of it than what is left for all others: one key alone gets half, two get a third each, and a key that comes
// late always finds some. (Dynamic thresholds, as switches share their buffers among queues: Choudhury and Hahne, 1998.)
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {

// What one key holds. Kept for the key's next request, so that the steady path allocates nothing.
struct BodyShare {
  std::uint64_t held = 0;
  std::uint32_t parts = 0;  // that look at it
};

class BodyMemory {
 public:
  // `key` is only compared. Valid until tidy() is called while no part looks at it.
  BodyShare& share_of(const void* key) { return shares_[key]; }
  // False where there is no more for this share.
  bool take(BodyShare& share, std::size_t bytes) {
    const std::uint64_t left = bound_ - std::min(held_, bound_);
    if (bytes > left || share.held + bytes > left - bytes) return false;
    held_ += bytes;
    share.held += bytes;
    return true;
  }
  void give(BodyShare& share, std::size_t bytes) {
    held_ -= bytes;
    share.held -= bytes;
  }
  std::uint64_t held() const { return held_; }
  // Where the machine has less than limits::kBodyMemory for it. Before the worker's thread begins.
  void bound(ByteCount bytes) { bound_ = bytes.value; }
  // Forgets keys without a request; now and then.
  void tidy() {
    if (shares_.size() > limits::kKeptShares) std::erase_if(shares_, [](const auto& entry) { return entry.second.parts == 0; });
  }

 private:
  std::uint64_t held_ = 0;
  std::uint64_t bound_ = limits::kBodyMemory.value;
  std::unordered_map<const void*, BodyShare> shares_;
};

// What one body has taken, given back when it dies. The memory outlives it.
class BodyPart {
 public:
  BodyPart() = default;
  // For the bodies of this key.
  BodyPart(BodyMemory& memory, const void* key) : BodyPart(&memory, &memory.share_of(key)) {}
  ~BodyPart() { give_back(); }
  BodyPart(BodyPart&& other) noexcept
      : memory_(std::exchange(other.memory_, nullptr)), share_(other.share_), bytes_(other.bytes_) {}
  BodyPart& operator=(BodyPart&& other) noexcept {
    if (this == &other) return *this;
    give_back();
    memory_ = std::exchange(other.memory_, nullptr);
    share_ = other.share_;
    bytes_ = other.bytes_;
    return *this;
  }

  bool take(std::size_t bytes) {
    if (memory_ == nullptr || !memory_->take(*share_, bytes)) return false;
    bytes_ += bytes;
    return true;
  }
  // Another part of the same share, with nothing taken yet.
  BodyPart beside() const { return memory_ == nullptr ? BodyPart() : BodyPart(memory_, share_); }

 private:
  BodyPart(BodyMemory* memory, BodyShare* share) : memory_(memory), share_(share) { ++share->parts; }
  void give_back() {
    if (memory_ == nullptr) return;
    memory_->give(*share_, bytes_);
    --share_->parts;
    memory_ = nullptr;
  }

  BodyMemory* memory_ = nullptr;  // null: of no key
  BodyShare* share_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace locksmith::gateway
