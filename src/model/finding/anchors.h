// Where in a span of bytes a key may begin, in any of the forms in which keys are carried: one pass over the bytes for all of
// them, and only what it finds is looked at closely.
//
// Four bytes of each anchor are sought at once, 32 places at a time, by table look-ups of half bytes (the method is known as
// Teddy, from the Hyperscan library); other processors take the same tables a byte at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace locksmith::model::finding {

enum class Carrier : std::uint8_t {
  plain,         // sk-ant-
  virtual_key,   // lks_
  type,          // api0, admin0 …: the prefix before it may have been taken apart
  base64,        // a key, a key in UTF-16 or a key in base64 again
  base64_gzip,   // H4sI
  hex,           // 736b2d616e742d
  separated_hex, // 73 6b 2d, 0x73, 0x6b
  escaped,       // sk\u002d, %73%6b, &#115;
  decimal,       // 115, 107, 45
  characters,    // 's', 'k', '-'
  utf16,         // of either byte order
  reversed,      // -tna-ks
};

struct Anchor {
  std::size_t at = 0;    // where its text begins
  Carrier carrier = Carrier::plain;
  std::uint8_t phase = 0;  // of base64: its place within a group of four characters
  std::size_t next = 0;  // from where to seek on
};

// The first anchor whose four sought bytes stand at `from` or later. Linear, no allocation.
std::optional<Anchor> next_anchor(std::string_view bytes, std::size_t from);
// Without the processor's own instructions. For tests.
std::optional<Anchor> next_anchor_portable(std::string_view bytes, std::size_t from);

}  // namespace locksmith::model::finding
