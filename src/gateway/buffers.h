// Strings whose memory is used again: what one request has finished with serves the next, so that the steady path
// allocates nothing. One of a worker's.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vocabulary/limits/gateway.h"









namespace locksmith::gateway {

class Buffers {
 public:
  Buffers() {
    small_.reserve(limits::kKeptRequests);
    large_.reserve(limits::kKeptLargeRequests);
  }

  // An empty string, with or without memory; for `bytes` that are foreseen, with as much where one is kept.
  std::string take(std::size_t bytes = 0) {
    std::vector<std::string>& kept = bytes > limits::kKeptRequest ? large_ : small_;
    if (kept.empty()) return {};
    std::string buffer = std::move(kept.back());
    kept.pop_back();
    return buffer;
  }
  void give(std::string buffer) {
    if (buffer.capacity() < kWorthKeeping || buffer.capacity() > limits::kKeptLargeRequest) return;
    std::vector<std::string>& kept = buffer.capacity() > limits::kKeptRequest ? large_ : small_;
    if (kept.size() == kept.capacity()) return;
    buffer.clear();
    kept.push_back(std::move(buffer));
  }

 private:
  static constexpr std::size_t kWorthKeeping = 64;  // below it, a string may hold its bytes in itself
  std::vector<std::string> small_;
  std::vector<std::string> large_;
};

// A string that goes back to its Buffers when it dies. The Buffers outlive it.
class LentText {
 public:
  LentText() = default;
  explicit LentText(Buffers& from, std::size_t bytes = 0) : from_(&from), text_(from.take(bytes)) {}
  ~LentText() { give_back(); }
  LentText(LentText&& other) noexcept : from_(std::exchange(other.from_, nullptr)), text_(std::exchange(other.text_, {})) {}
  LentText& operator=(LentText&& other) noexcept {
    if (this == &other) return *this;
    give_back();
    from_ = std::exchange(other.from_, nullptr);
    text_ = std::exchange(other.text_, {});
    return *this;
  }

  std::string& operator*() { return text_; }
  const std::string& operator*() const { return text_; }
  std::string* operator->() { return &text_; }
  const std::string* operator->() const { return &text_; }

 private:
  void give_back() {
    if (from_ != nullptr) from_->give(std::move(text_));
  }

  Buffers* from_ = nullptr;
  std::string text_;
};

}  // namespace locksmith::gateway
