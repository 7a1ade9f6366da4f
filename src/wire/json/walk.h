// Every member and element of one JSON object, at any depth and in order, without building a document (simdjson On-Demand).
//
// For judging a text that a peer will read: names come unescaped and repeated ones come twice; strings are unescaped only
// where they are wanted. As with Peek, a text that passes here may still be no JSON where nothing was looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "vocabulary/limits/gateway.h"
#include "wire/json/json.h"

namespace locksmith::wire::json {

struct Scalar {
  Kind kind = Kind::null;
  std::string_view text;     // of a string that was wanted, unescaped; valid during the call
  std::int64_t integer = 0;  // of a whole number that fits, also one written as 3.0
  bool is_integer = false;
  bool boolean = false;
  std::size_t size = 0;      // bytes of the text that it takes
};

// `name` is the member's; empty for an element of an array. Offsets count bytes from the text's beginning.
class WalkHandler {
 public:
  enum class Go : std::uint8_t { into, past };
  virtual ~WalkHandler() = default;
  // An object or array begins. Go::past: nothing within it is told, its end neither.
  virtual Go begin(std::string_view name, Kind kind, std::size_t offset) = 0;
  virtual void end(std::size_t offset) = 0;
  virtual bool wants_text(std::string_view name) = 0;
  virtual void scalar(std::string_view name, const Scalar& value) = 0;
};

// Not for more than one thread at a time.
class Walk {
 public:
  Walk();
  ~Walk();
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  // `text` must be readable kPeekPadding bytes past its end. False where it is no JSON object, is broken where it was looked
  // at, or is entered deeper than limits::kWalkDepth.
  bool read(std::string_view text, WalkHandler& handler);

  // Gives back memory above `keep` bytes of text: after one very large text.
  void shrink(std::size_t keep);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace locksmith::wire::json
