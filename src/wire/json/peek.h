// A few top-level members of one large object, read without building a document (simdjson On-Demand).
//
// For the data path: a request of 100 KiB is walked once at some gigabytes a second, and nothing is allocated once the
// reader has seen a text of that size. The rest of the text is looked at only as far as finding the members needs, so a
// text that passes here may still be no JSON: this is for reading what a peer will validate anyway.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "wire/json/json.h"

namespace locksmith::wire::json {

// The text must lie in memory that can be read this far past its end (the bytes there may be anything).
inline constexpr std::size_t kPeekPadding = 64;

struct Member {
  std::string_view name;         // asked for, without escapes; a name that the text escapes (\u006d…) is found too
  Kind kind = Kind::absent;
  bool repeated = false;         // the name stands there twice: two readers may take different ones
  std::string_view text;         // of a string, unescaped; valid until the next read
  std::string_view raw;          // of an object or array: its bytes, a view into the given text
  double number = 0;
  std::int64_t integer = 0;      // of a whole number that fits, also one written as 3.0
  bool is_integer = false;
  bool boolean = false;
};

// Not for more than one thread at a time.
class Peek {
 public:
  Peek();
  ~Peek();
  Peek(const Peek&) = delete;
  Peek& operator=(const Peek&) = delete;

  // Fills `wanted`. False where the text is no JSON object, or is broken where it was looked at.
  bool read(std::string_view text, std::span<Member> wanted);

  // Gives back memory above `keep` bytes of text: after one very large request.
  void shrink(std::size_t keep);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace locksmith::wire::json
