// What makes a text a key: the written form of each kind of Claude credential and of our own virtual keys, and how sure
// that form makes us.
//
// Source of the forms: the provider's documentation, the public patterns of other scanners, and published test keys. A key of
// today is sk-ant-TYPE- and 95 characters: 64 bytes in base64url (86 characters, so the last of them is A, Q, g or w), a dash,
// and 6 bytes in base64url of which the last two are zero (8 characters that end in AA). Nobody publishes a checksum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/credential/credential.h"

namespace locksmith::model::finding {

inline constexpr std::string_view kClaudePrefix = "sk-ant-";
inline constexpr std::size_t kLongestFixed = 110;  // characters of the longest kind with a fixed length, an Admin API key

enum class Grade : std::uint8_t {
  canonical,    // the whole form fits, bit for bit, and its characters look drawn by chance; of a virtual key: its checksum fits
  pattern,      // the length and the end fit, the rest of the form does not: made by hand, or a form that is new
  prefix,       // of a kind without a fixed length: a known beginning and enough characters that look drawn by chance
  placeholder,  // an example, a mask, or the beginning of a key: nothing that opens a door
};
std::string_view name(Grade grade);      // for documents: "canonical"
std::string_view to_words(Grade grade);  // for people: "the whole form of a key"

struct Graded {
  credential::Shape shape = credential::Shape::unknown;
  Grade grade = Grade::placeholder;
  std::size_t length = 0;  // characters of `text` that are the key
};

// Characters of a key at the beginning of `text`, at most `most`.
std::size_t run_length(std::string_view text, std::size_t most);

// Of a text that begins with sk-ant- or lks_; what follows the key in it does not matter, nor does what stood before. Looks at 256
// characters at most (8 KiB of a token with dots). Nothing: no kind begins like this.
std::optional<Graded> grade(std::string_view text);

// The same for a text whose key may have been taken apart: a constant that a compiler loads in overlapping pieces (g++ on x86-64).
// The whole key, where one of canonical grade comes out.
std::optional<std::string> without_overlap(std::string_view run);

// The form in which the provider's own console names a key: "sk-ant-api03-R2D...igAA". Seven characters of it at most.
std::string hint(std::string_view key);

}  // namespace locksmith::model::finding
