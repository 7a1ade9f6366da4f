// Reading an error as people have it: printed by any client, escaped, quoted, nested, coloured, wrapped, prefixed by a
// logger. One normal form comes out, and what can be read from it without knowing any wording.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace locksmith::model::evidence {

// The text without what clients and terminals add: escape sequences of terminals are gone; escapes of JSON, Python and
// shells are decoded as deep as they go (\" -> ", \\n -> line break, \u0041 -> A); the few HTML entities that matter too.
// Linear; at most limits::kErrorText bytes are looked at (the first half and the last half of a longer text).
std::string plain(std::string_view text);

// A plain text without the messages that it denies: in "401, not the 'credit balance is too low' error" that message was
// not seen. Linear.
std::string without_denied(std::string_view plain_text);

// "app-1  | text": what docker compose puts before each line of a service; its length, or 0 where none stands there.
std::size_t container_prefix(std::string_view line);

// Only letters and digits, in lower case: what phrases are matched against. Case, spaces, quotes, line breaks,
// punctuation and wrapping are gone. word_start[i] is true where letters[i] began a word (or a camelCase hump).
struct NormalText {
  std::string letters;
  std::string word_start;  // '\1' or '\0', as long as letters; kParagraph where a paragraph begins
  static constexpr char kParagraph = '\2';
  void append(std::string_view plain_text);
};

// What the text says of itself, whatever its wording.
struct ReadError {
  std::optional<int> status;  // "Error code: 401", "HTTP/1.1 403", "[404] Not Found", or the class name of an SDK
  std::string type;           // "authentication_error": the API's own types only
  std::string request_id;     // "req_…" of the API's form
  bool html = false;
  bool json = false;          // a JSON object stands in it, escaped or not, Python's repr included
};
ReadError read_error(std::string_view plain_text);

}  // namespace locksmith::model::evidence
