// Credentials under names that no client reads: a guessed name, a front end's prefix, a slip of the finger. A fixed list of names
// finds none of them, so every variable's value is looked at. Pure.
#pragma once

#include <string>
#include <string_view>

namespace locksmith::doctor::survey {

// True where this variable was probably meant as Claude's credential: its value has the form of one, or its name is nearly one
// that clients read and its value may be one. Admin keys and other providers' are not meant.
bool holds_stray_credential(std::string_view name, std::string_view value);

// "ANTHROPIC_API_KEY" of "ANTHROPIC_API_KEY_FILE": the variable of which a file's name is given instead; empty where it is none
// that clients read.
std::string_view file_variable(std::string_view name);

// The name that clients read and this one nearly is; empty where it is none.
std::string_view meant_name(std::string_view name);

}  // namespace locksmith::doctor::survey
