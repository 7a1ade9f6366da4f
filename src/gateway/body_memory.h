// The memory for request bodies that one worker may hold, and a request's part of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "vocabulary/limits/gateway.h"





namespace locksmith::gateway {

class BodyMemory {
 public:
  // False where there is no more (limits::kBodyMemory).
  bool take(std::size_t bytes) {
    if (held_ + bytes > limits::kBodyMemory.value) return false;
    held_ += bytes;
    return true;
  }
  void give(std::size_t bytes) { held_ -= bytes; }
  std::uint64_t held() const { return held_; }

 private:
  std::uint64_t held_ = 0;
};

// What one body has taken, given back when it dies. The memory outlives it.
class BodyPart {
 public:
  BodyPart() = default;
  ~BodyPart() { give_back(); }
  BodyPart(BodyPart&& other) noexcept
      : memory_(std::exchange(other.memory_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  BodyPart& operator=(BodyPart&& other) noexcept {
    if (this == &other) return *this;
    give_back();
    memory_ = std::exchange(other.memory_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
  }

  bool take(BodyMemory& memory, std::size_t bytes) {
    if (!memory.take(bytes)) return false;
    memory_ = &memory;
    bytes_ += bytes;
    return true;
  }

 private:
  void give_back() {
    if (memory_ != nullptr) memory_->give(bytes_);
  }

  BodyMemory* memory_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace locksmith::gateway
