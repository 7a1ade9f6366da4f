// People describe a failure by what it is not: "401, but not the 'credit balance is too low' error". What stands in such
// quotes was not observed.
#include <algorithm>
#include <array>

#include "model/evidence/error_text.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/text.h"

namespace locksmith::model::evidence {
namespace {

struct Quotes {
  std::string_view open, close;
};
constexpr std::array<Quotes, 6> kQuotes{
    {{"\"", "\""}, {"'", "'"}, {"`", "`"}, {"\u201C", "\u201D"}, {"\u2018", "\u2019"}, {"\u00AB", "\u00BB"}}};

bool same_word(std::string_view word, std::string_view lowered) {
  return std::ranges::equal(word, lowered, [](char a, char b) { return lower_case(a) == b; });
}
template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::any_of(words, [&](std::string_view known) { return same_word(word, known); });
}

// Only words that lead from a denial to a message may stand between the two: "could not find 'x'" denies nothing.
bool is_denied(std::string_view before) {
  constexpr std::array<std::string_view, 14> kDenials{"not",  "isn't",   "isnt",   "wasn't", "wasnt",  "aren't", "never",
                                                      "don't", "dont", "doesn't", "doesnt", "didn't", "unlike", "without"};
  constexpr std::array<std::string_view, 27> kBetween{"the", "a",   "an",   "any",   "this", "that", "my",   "same",    "usual",
                                                      "old", "known", "common", "of", "than", "to", "due", "because", "about",
                                                      "get", "got", "getting", "see", "saw", "say", "says", "error", "message"};
  std::string_view following;
  for (std::size_t words = 0; words < limits::kDenialWords; ++words) {
    while (!before.empty() && (before.back() == ' ' || before.back() == '\n')) before.remove_suffix(1);
    std::size_t start = before.size();
    while (start > 0 && (is_letter(before[start - 1]) || before[start - 1] == '\'')) --start;
    const std::string_view word = before.substr(start);
    if (is_one_of(kDenials, word)) return true;
    // "instead, I got" and "but rather the" affirm.
    if (same_word(word, "instead")) return same_word(following, "of");
    if (same_word(word, "rather")) return same_word(following, "than");
    if (!is_one_of(kBetween, word)) return false;
    following = word;
    before.remove_suffix(before.size() - start);
  }
  return false;
}

// Behind a quotation that begins at i, or i where none does; `inside` is what it holds.
std::size_t quotation_end(std::string_view text, std::size_t i, std::string_view& inside) {
  if (i > 0 && is_letter_or_digit(text[i - 1])) return i;
  for (const Quotes& quotes : kQuotes) {
    if (!text.substr(i).starts_with(quotes.open)) continue;
    const std::size_t start = i + quotes.open.size();
    const std::size_t limit = std::min(text.size(), start + limits::kDeniedText);
    for (std::size_t at = text.find(quotes.close, start); at < limit; at = text.find(quotes.close, at + 1)) {
      const std::size_t end = at + quotes.close.size();
      if (end < text.size() && is_letter_or_digit(text[end])) continue;  // an apostrophe
      inside = text.substr(start, at - start);
      return end;
    }
    return i;
  }
  return i;
}

}  // namespace

std::string without_denied(std::string_view plain_text) {
  std::string out;
  out.reserve(plain_text.size());
  std::size_t i = 0;
  while (i < plain_text.size()) {
    std::string_view inside;
    const std::size_t end = quotation_end(plain_text, i, inside);
    // One word alone is a name or a value, and no message.
    if (end != i && inside.find(' ') != std::string_view::npos && is_denied(plain_text.substr(0, i))) {
      i = end;
      continue;
    }
    out += plain_text[i++];
  }
  return out;
}

}  // namespace locksmith::model::evidence
