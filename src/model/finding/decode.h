// What stands behind an anchor in another notation, undone from there on: never more than asked for, and never the whole input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace locksmith::model::finding {

// What was undone, and how far the notation was read.
struct Decoded {
  std::string bytes;
  std::size_t end = 0;
};

// From the beginning of the group of four in which `at` is the `phase`-th character; `most` bytes at most. Passes over line
// ends, indents and quotes as MIME, YAML and source code put them in, and reads %2B and \/ as the characters they stand for.
Decoded from_base64_at(std::string_view bytes, std::size_t at, unsigned phase, std::size_t most);

// Pairs of hexadecimal digits with nothing between.
Decoded from_hex_at(std::string_view bytes, std::size_t at, std::size_t most);
// Pairs apart by blanks, commas, colons, 0x; also over the lines of a dump that begin with an address and end with the text.
Decoded from_separated_hex_at(std::string_view bytes, std::size_t at, std::size_t most);
// \xHH \uHHHH \u{H} \NNN %HH %25HH &#D; &#xH; =HH and what stands for itself, up to the first that is neither.
Decoded from_escapes_at(std::string_view bytes, std::size_t at, std::size_t most);
// Decimal numbers below 128, apart by commas or white space.
Decoded from_decimals_at(std::string_view bytes, std::size_t at, std::size_t most);
// Single characters in quotes, apart by commas or white space.
Decoded from_characters_at(std::string_view bytes, std::size_t at, std::size_t most);
// Every second byte, as long as the other one is zero and it is ASCII.
Decoded from_utf16_at(std::string_view bytes, std::size_t at, std::size_t most);

}  // namespace locksmith::model::finding
