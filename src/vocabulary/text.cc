#include "vocabulary/text.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace locksmith::inline vocabulary {
namespace {

constexpr char kEscape = '\x1b';

bool is_between(char c, char first, char last) {
  return c >= first && c <= last;
}

// Behind the sequence whose ESC stands at `i`.
std::size_t sequence_end(std::string_view text, std::size_t i) {
  ++i;
  if (i == text.size()) return i;
  const char kind = text[i];
  if (kind == '[') {
    ++i;
    while (i < text.size() && is_between(text[i], ' ', '?')) ++i;
    return i < text.size() && is_between(text[i], '@', '~') ? i + 1 : i;
  }
  if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {
    while (i < text.size() && text[i] != '\a' && text[i] != kEscape && text[i] != '\n') ++i;
    if (i < text.size() && text[i] == '\a') return i + 1;
    return text.substr(i).starts_with("\x1b\\") ? i + 2 : i;
  }
  if (is_between(kind, '(', '/')) return std::min(i + 2, text.size());
  // Of two bytes are only these; before any other letter the ESC stands alone, and the letter belongs to the text.
  return std::string_view("=>78DEHMNOZ\\").find(kind) != std::string_view::npos ? i + 1 : i;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower_case(c); });
  return out;
}

std::string upper_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return upper_case(c); });
  return out;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && is_hex_digit(text[i + 1]) && is_hex_digit(text[i + 2]);
    out += escape ? static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

std::size_t edit_distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row.back();
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> known) {
  constexpr std::size_t kLongestName = 64;
  if (name.size() > kLongestName) return {};
  std::string_view found;
  std::size_t least = name.size() / 3 + 2;
  for (const std::string_view candidate : known) {
    if (const std::size_t d = edit_distance(name, candidate); d < least) {
      least = d;
      found = candidate;
    }
  }
  return found;
}

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  return std::string(nearest(name, views));
}

std::string without_terminal_sequences(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t escape = std::min(text.find(kEscape, i), text.size());
    out += text.substr(i, escape - i);
    i = escape == text.size() ? escape : sequence_end(text, escape);
  }
  return out;
}

}  // namespace locksmith::inline vocabulary
