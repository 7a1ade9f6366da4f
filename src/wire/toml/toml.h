// TOML 1.0 text as a small value, in which everything knows its line: a configuration's errors must name one.
//
// Dates and times are read and have the kind `other`: no setting of ours is one. Owned whole by the caller; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/failure.h"

namespace locksmith::wire::toml {

enum class Kind : std::uint8_t { text, integer, number, boolean, array, table, other };

// For a sentence: "a text", "a whole number".
std::string_view to_words(Kind kind);

struct Member;

struct Value {
  Kind kind = Kind::table;
  int line = 0;                  // counted from 1; 0: the document itself
  std::string text;              // of a text
  std::int64_t integer = 0;      // of an integer
  double number = 0;             // of a number, and of an integer too
  bool boolean = false;
  std::vector<Value> items;      // of an array
  std::vector<Member> members;   // of a table, in the order of their lines
};

struct Member {
  std::string name;
  Value value;
};

// Reads a document; the value is its table. `name` is the file's, for the message "NAME:LINE: why". The message holds nothing
// of the text: what does not parse may be a credential. Failure codes: toml_invalid.
Result<Value> parse(std::string_view text, std::string_view name);

}  // namespace locksmith::wire::toml
