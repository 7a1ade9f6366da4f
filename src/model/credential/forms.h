// The forms in which credentials and what is taken for them are written: prefixes, lengths, references to secret stores, masks.
// Of the folder's own use and of model/finding, which knows the same forms in a span of bytes; examine() puts them together.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/credential/credential.h"

namespace locksmith::model::credential {

inline constexpr std::size_t kApiKeyLength = 108;    // prefix 13 + 93 + "AA"
inline constexpr std::size_t kAdminKeyLength = 110;  // prefix 15 + 93 + "AA"
// Login tokens have about 108 characters; one client refuses set-up tokens under 80, and a paste of 90 was a cut one.
inline constexpr std::size_t kShortestToken = 80;

// What a credential is written with.
bool is_key_char(char c);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

// Whose reference to a secret store the text is ("1password", "aws"); empty where it is none that is known.
std::string_view known_reference(std::string_view core);

// The shape of a value that nothing surrounds any more. `provider` is set where the shape has one.
Shape classify(std::string_view core, std::string& provider);

// Whether a value of this shape is shorter than any whole one, or ends as none does.
bool is_truncated(std::string_view core, Shape shape);

// The shape of a credential whose first characters are missing; unknown where the text is no such rest.
Shape lost_its_beginning(std::string_view core);

// The part of the value that says what it is, and no secret: "sk-ant-api03-". Empty where nothing does.
std::string_view known_prefix(std::string_view core);

}  // namespace locksmith::model::credential
