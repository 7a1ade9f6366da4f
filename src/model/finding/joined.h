// A key that was taken apart: over lines, string literals of any language, a terminal's colours, the instructions of a program.
// Put together it counts only where the whole form comes out, because anything can be joined.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "model/finding/grammar.h"

namespace locksmith::model::finding {

struct Joined {
  std::string key;
  Graded graded;
};

// The key that begins at `at` and goes on behind what separates literals and lines. Looks at 2 KiB at most.
std::optional<Joined> joined_key(std::string_view bytes, std::size_t at);

// The same where the prefix too was taken apart: `at` is where its type begins (api03, oat01). Nothing where sk-ant- stands right before it.
std::optional<Joined> joined_around(std::string_view bytes, std::size_t at);

// A key whose first eight characters at `at` are an operand of the x86-64 instruction MOV (opcodes REX.W B8 to BF), and the rest those
// of the next ones.
std::optional<Joined> from_instructions(std::string_view bytes, std::size_t at);

// How many bytes at `at` separate two pieces of one literal: 0 where what stands there is no such thing. `is_piece` says which
// characters belong to a piece.
std::size_t separator(std::string_view bytes, std::size_t at, bool (*is_piece)(char));

}  // namespace locksmith::model::finding
