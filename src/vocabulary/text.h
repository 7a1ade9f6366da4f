// What every reader of texts from outside needs, whatever the text is: letters compared without their case, and no terminal's
// sequences between them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/character.h"

namespace locksmith::inline vocabulary {

// ASCII only, whatever the locale: names of headers, hosts and schemes have no other letters.
std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

constexpr bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// Characters of UTF-8, not bytes: the columns that a text takes, but for wide and combining ones.
std::size_t count_characters(std::string_view text);

// With every %41 as its byte; what only begins like one stays as it is (RFC 3986 section 2.1). "+" is no blank: only forms say so.
std::string percent_decoded(std::string_view text);

// Levenshtein's distance: how many letters must be changed, added or left out to make one of the other. For names, of which the
// nearest to a mistyped one is wanted.
std::size_t edit_distance(std::string_view one, std::string_view other);

// The name of `known` that was probably meant by a mistyped one; empty where none is near (more than a third of its letters and
// one differ). Names longer than 64 bytes have no near one: the distance costs the product of both lengths.
std::string_view nearest(std::string_view name, std::span<const std::string_view> known);
std::string nearest(std::string_view name, const std::vector<std::string>& known);

// Without the sequences of ECMA-48: colours and movements (ESC [ …), titles and links (ESC ] …), other strings up to their
// end or the line's, and sets of characters. No ESC is left, so what is left cannot form a new sequence. Linear.
std::string without_terminal_sequences(std::string_view text);

}  // namespace locksmith::inline vocabulary
