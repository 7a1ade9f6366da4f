// Strings whose memory is used again: what one request has finished with serves the next, so that the steady path
// allocates nothing. One of a worker's.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vocabulary/limits.h"

namespace locksmith::gateway {

class Buffers {
 public:
  Buffers() { free_.reserve(limits::kKeptRequests); }

  // An empty string, with or without memory.
  std::string take() {
    if (free_.empty()) return {};
    std::string buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  void give(std::string buffer) {
    if (buffer.capacity() < kWorthKeeping || buffer.capacity() > limits::kKeptRequest) return;
    if (free_.size() == free_.capacity()) return;
    buffer.clear();
    free_.push_back(std::move(buffer));
  }

 private:
  static constexpr std::size_t kWorthKeeping = 64;  // below it, a string may hold its bytes in itself
  std::vector<std::string> free_;
};

}  // namespace locksmith::gateway
