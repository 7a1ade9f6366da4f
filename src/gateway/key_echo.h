// An upstream that sends the real key back, in a field or in a body, must not reach a client with it.
//
// Every answer is looked through, so the look is cheap: KeyTrace knows all runs of four bytes of a key, and looks at one place in as many
// as a run must have to be told (a key of 108 bytes: every 92nd), and around it where that hits. EchoMask then puts asterisks over
// the run, so that the answer's length and every other byte stay. A run that the end of a piece cuts waits for the next piece.
//
// Not seen: a key that the answer encodes or compresses. Answers of billed paths and of batches are not compressed (forward.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "vocabulary/secret.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

class KeyTrace {
 public:
  // The key stays where it is, and outlives this.
  explicit KeyTrace(std::string_view key);
  std::string_view key() const { return key_; }

  // The shortest run of the key that is told: what is left of it is too little to use, and too much to be chance.
  std::size_t least() const { return stride_ + kGram - 1; }

  // False only where `text` holds no run of at least least() bytes and does not end within one. Too short a text may always.
  bool may_hold(std::string_view text) const {
    if (text.size() < kGram) return !text.empty();
    const char* const last = text.data() + (text.size() - kGram);
    for (const char* at = text.data() + (stride_ - 1); at < last; at += stride_) {
      if (knows(at) && is_within_run(text, static_cast<std::size_t>(at - text.data()))) return true;
    }
    return knows(last) && is_within_run(text, text.size() - kGram);
  }

 private:
  static constexpr std::size_t kGram = 4;
  static constexpr int kBits = 13;

  static std::uint32_t slot(const char* at) {
    std::uint32_t gram = 0;
    std::memcpy(&gram, at, kGram);
    return gram * 0x9e3779b1U >> (32 - kBits);
  }
  bool knows(const char* at) const {
    const std::uint32_t place = slot(at);
    return (grams_[place / 64] >> (place % 64) & 1U) != 0;
  }

  // What is at this place stands in the key, and so does enough around it, or all to the end of the text.
  bool is_within_run(std::string_view text, std::size_t at) const;

  std::string_view key_;
  std::size_t stride_ = 1;
  std::array<std::uint64_t, (1U << kBits) / 64> grams_{};
};

// Of one answer.
class EchoMask {
 public:
  EchoMask() = default;
  ~EchoMask() { wipe(held_.data(), held_.size()); }
  EchoMask(EchoMask&& other) noexcept = default;
  EchoMask& operator=(EchoMask&& other) noexcept = default;

  // True where the piece can go on as it is: nearly always.
  bool passes(const KeyTrace& trace, std::string_view piece) const { return held_.empty() && !trace.may_hold(piece); }
  // Else: what can go on of it and of what waited. Valid until the next call; may be empty.
  std::string_view take(const KeyTrace& trace, std::string_view piece);
  // The answer ends: what waited.
  std::string_view finish(const KeyTrace& trace);

  bool idle() const { return held_.empty() && masked_ == 0; }
  std::size_t masked() const { return masked_; }  // runs

 private:
  void release();

  std::string held_;   // the end of what came, where it may be within a run; behind what take() gave out
  std::size_t out_ = 0;
  std::size_t masked_ = 0;
};

// Fields with the key in their name or value, or a reason phrase with it.
bool echoes_key(const wire::http1::ResponseHead& head, const KeyTrace& trace);
// The head without these: views into the same bytes.
wire::http1::ResponseHead without_echoes(const wire::http1::ResponseHead& head, const KeyTrace& trace);

}  // namespace locksmith::gateway
