#include "model/finding/joined.h"

#include <algorithm>
#include <array>

#include "model/credential/forms.h"
#include "vocabulary/character.h"

namespace locksmith::model::finding {
namespace {

constexpr std::size_t kLongestSeparator = 96;  // a line end, an indent, a comment's mark, quotes
constexpr std::size_t kMostPieces = 128;       // one a character
constexpr std::size_t kFarthest = 2048;
constexpr std::size_t kLongestKey = 216;       // a login token

using credential::is_key_char;

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

// A terminal's control sequence (ECMA-48: ESC [ parameters, a final byte).
std::size_t control_sequence(std::string_view text) {
  if (text.size() < 3 || text[0] != '\x1b' || text[1] != '[') return 0;
  std::size_t i = 2;
  while (i < text.size() && i < 24 && (is_digit(text[i]) || text[i] == ';' || text[i] == '?')) ++i;
  return i < text.size() && i < 24 && is_letter(text[i]) ? i + 1 : 0;
}

// What joins literals and is written with letters: the method's name between two of them, the mark before a quote, an escaped line end.
std::size_t word_between(std::string_view text, bool after_quote) {
  for (const std::string_view escape : {"\\r", "\\n", "\\t"}) {
    if (text.starts_with(escape)) return escape.size();
  }
  if (!after_quote) return 0;
  for (const std::string_view word : {"append", "concat", "push_str", "strcat", "write", "join", "plus"}) {
    if (text.starts_with(word)) return word.size();
  }
  // f"…", b'…', u8"…", R"(…)", @"…", and VB's line that goes on.
  std::size_t letters = 0;
  const auto is_mark = [](char c) { return is_letter_or_digit(c) || c == '@' || c == '$'; };
  while (letters < text.size() && letters < 3 && is_mark(text[letters])) ++letters;
  if (letters > 0 && letters < text.size() && is_quote(text[letters])) return letters;
  if (text.starts_with("_\n") || text.starts_with("_\r")) return 1;
  return 0;
}

bool is_whole(const std::string& text, Joined& joined) {
  const auto graded = grade(text);
  if (!graded || graded->grade != Grade::canonical) return false;
  joined = {text.substr(0, graded->length), *graded};
  return true;
}

}  // namespace

std::size_t separator(std::string_view bytes, std::size_t at, bool (*is_piece)(char)) {
  const std::string_view text = bytes.substr(at, kLongestSeparator);
  std::size_t i = 0;
  bool quoted = false;   // a quote was passed
  bool broken = false;   // a line end was passed
  while (i < text.size()) {
    const char c = text[i];
    if (const std::size_t control = control_sequence(text.substr(i)); control != 0) {
      i += control;
      continue;
    }
    if (const std::size_t word = word_between(text.substr(i), quoted); word != 0) {
      i += word;
      continue;
    }
    // Between quotes also what else belongs to the alphabet of the pieces: + joins, - takes a line out in a patch.
    const bool joins = std::string_view("+&.,/=()[];<").find(c) != std::string_view::npos;
    if (quoted && joins) {
      ++i;
      continue;
    }
    if (is_piece(c)) break;
    if (c == '\n') broken = true;
    if (is_quote(c)) quoted = true;
    const bool plain = is_white_space(c) || is_quote(c) || !is_ascii(c) || std::string_view("\\=\0|>#*+/", 9).find(c) != std::string_view::npos;
    if (!plain && !(quoted || broken)) return 0;
    if (!plain && !joins && std::string_view("^~{}:$").find(c) == std::string_view::npos) return 0;
    ++i;
  }
  return i >= text.size() ? 0 : i;
}

std::optional<Joined> joined_key(std::string_view bytes, std::size_t at) {
  std::string text;
  Joined joined;
  const std::size_t end = std::min(bytes.size(), at + kFarthest);
  for (std::size_t piece = 0; piece < kMostPieces && at < end && text.size() < kLongestKey; ++piece) {
    while (at < end && text.size() < kLongestKey && is_key_char(bytes[at])) text += bytes[at++];
    if (piece > 0 && text.size() >= kLongestFixed - 4 && is_whole(text, joined)) return joined;
    if (piece > 0 && text.starts_with("lks_") && is_whole(text, joined)) return joined;
    const std::size_t gap = separator(bytes.substr(0, end), at, is_key_char);
    if (gap == 0) break;
    at += gap;
  }
  return std::nullopt;
}

std::optional<Joined> joined_around(std::string_view bytes, std::size_t at) {
  constexpr std::size_t kFarthestPrefix = 128;
  const std::size_t first = at > kFarthestPrefix ? at - kFarthestPrefix : 0;
  if (bytes.substr(0, at).ends_with(kClaudePrefix)) return std::nullopt;
  for (std::size_t i = at; i > first; --i) {
    if (!bytes.substr(i - 1).starts_with("sk")) continue;
    return joined_key(bytes, i - 1);
  }
  return std::nullopt;
}

namespace {

// Characters of a key at the beginning of an operand, which a string's end may fill up with zeros; 0: it is something else.
std::size_t operand_length(std::string_view operand) {
  std::size_t length = 0;
  while (length < operand.size() && is_key_char(operand[length])) ++length;
  return std::ranges::all_of(operand.substr(length), [](char c) { return c == '\0'; }) ? length : 0;
}

}  // namespace

std::optional<Joined> from_instructions(std::string_view bytes, std::size_t at) {
  constexpr std::size_t kOperand = 8;
  constexpr std::size_t kFarthestOpcode = 40;  // two stores with long displacements between two loads
  const auto is_load = [&](std::size_t i) {
    const auto rex = static_cast<unsigned char>(bytes[i]);
    const auto opcode = static_cast<unsigned char>(bytes[i + 1]);
    return (rex == 0x48 || rex == 0x49) && opcode >= 0xB8 && opcode <= 0xBF;
  };
  if (at < 2 || at + kOperand > bytes.size() || !is_load(at - 2)) return std::nullopt;
  std::string run(bytes.substr(at, kOperand));
  std::size_t from = at + kOperand;
  while (run.size() < kLongestFixed + kOperand) {
    std::size_t next = 0;
    std::size_t size = 0;
    for (std::size_t i = from; i + 2 + kOperand <= bytes.size() && i < from + kFarthestOpcode; ++i) {
      if (!is_load(i)) continue;
      size = operand_length(bytes.substr(i + 2, kOperand));
      if (size != 0) next = i + 2;
      break;
    }
    // The last four characters may be the operand of a store.
    for (std::size_t i = from; next == 0 && i < bytes.size() && i < from + kFarthestOpcode; ++i) {
      if (static_cast<unsigned char>(bytes[i]) != 0xC7) continue;
      for (const std::size_t operand : {i + 3, i + 4, i + 6, i + 7}) {
        if (operand + 4 <= bytes.size() && operand_length(bytes.substr(operand, 4)) == 4) {
          next = operand;
          size = 4;
          break;
        }
      }
    }
    if (next == 0) break;
    run += bytes.substr(next, size);
    from = next + kOperand;
    Joined joined;
    if (is_whole(run, joined)) return joined;
  }
  if (auto whole = without_overlap(run)) {
    const auto graded = grade(*whole);
    return Joined{*std::move(whole), *graded};
  }
  return std::nullopt;
}

}  // namespace locksmith::model::finding
