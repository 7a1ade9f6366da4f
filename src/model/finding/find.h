// All keys in a span of bytes, in every form in which they are carried. Pure: no I/O; what it reads may be anything.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "model/finding/grammar.h"
#include "vocabulary/secret.h"

namespace locksmith::model::finding {

struct Found {
  std::size_t at = 0;                 // where it begins in the span, or what it was undone from
  credential::Shape shape = credential::Shape::unknown;
  Grade grade = Grade::canonical;
  Secret key;                         // empty for a placeholder
  std::string carrier;                // "" as it stands, else how it was undone, from outside in: "base64 gzip"
};

// What gzip holds, as far as it can be undone, at most `most` bytes; empty: it is none. The model has no inflater of its own.
using Inflate = std::function<std::string(std::string_view bytes, std::size_t most)>;

struct Finder {
  Inflate inflate;                          // may be empty: then gzip is not looked into
  std::function<void(Found)> found;
  bool placeholders = false;                // these too
};

// Whether all was looked at: false where undoing notations came to its bound of eight times the span and 1 MiB.
//
// Only keys whose anchor stands from `begin` on and before `end` are reported; what is around them is there to be read. So a long
// input is looked at in parts that overlap. Costs time in the order of the span, and no memory for what holds no anchor.
bool find(std::string_view bytes, std::size_t begin, std::size_t end, const Finder& finder);
inline bool find(std::string_view bytes, const Finder& finder) { return find(bytes, 0, bytes.size(), finder); }

// How much of what stands before an anchor is looked at, and of what follows it, in any notation: the overlap of two parts.
inline constexpr std::size_t kLookBehind = 4 * 1024;
inline constexpr std::size_t kLookAhead = 256 * 1024;

}  // namespace locksmith::model::finding
