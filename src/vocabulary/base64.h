// Base64 (RFC 4648) in both alphabets. By hand and in one place: the model and wire see no foreign header, and what is read here is
// often a secret, so nothing is copied on the way.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace locksmith::inline vocabulary {

// The character of the alphabet of section 4 for six bits.
constexpr char base64_digit(unsigned value) { return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[value & 63U]; }

// With padding, in that alphabet.
std::string to_base64(std::string_view bytes);

// Reads bytes out of text that comes in any pieces. Either alphabet; whoever asks decides what another character means.
class Base64Reader {
 public:
  enum class Took { nothing, byte, foreign };  // foreign: no character of either alphabet; it is passed over

  // Of `byte`, what was completed.
  Took take(char c);
  char byte() const { return static_cast<char>(bits_ >> have_); }

 private:
  unsigned bits_ = 0;
  unsigned have_ = 0;  // bits that belong to no whole byte yet
};

// What `text` stands for, with or without padding; nothing where another character is in it. Bits that make no whole byte are dropped.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace locksmith::inline vocabulary
