#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "vocabulary/assert.h"
#include "vocabulary/shown.h"
#include "wire/json/json.h"

namespace locksmith::wire::json {
namespace {

// Length of the valid UTF-8 sequence that starts at `i`, or 0 (RFC 3629: no overlong forms, no surrogates).
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const auto at = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const auto continues = [&](std::size_t k) { return k < text.size() && (at(k) & 0xC0U) == 0x80U; };
  const unsigned char lead = at(i);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(i + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!continues(i + 1) || !continues(i + 2)) return 0;
    if (lead == 0xE0 && at(i + 1) < 0xA0) return 0;
    if (lead == 0xED && at(i + 1) > 0x9F) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!continues(i + 1) || !continues(i + 2) || !continues(i + 3)) return 0;
    if (lead == 0xF0 && at(i + 1) < 0x90) return 0;
    if (lead == 0xF4 && at(i + 1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

// Of two or three bytes: what a document would else do to the terminal on which somebody looks at it.
void append_unit(std::string& out, std::string_view bytes) {
  unsigned unit = static_cast<unsigned char>(bytes[0]) & (bytes.size() == 2 ? 0x1FU : 0x0FU);
  for (const char byte : bytes.substr(1)) unit = unit << 6U | (static_cast<unsigned char>(byte) & 0x3FU);
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", unit);
}

void append_control(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
  }
}

// ASCII that stands for itself.
consteval std::array<bool, 256> plain_characters() {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) table[c] = c != '"' && c != '\\';
  return table;
}
constexpr auto kPlain = plain_characters();

}  // namespace

namespace {

// Eight bytes at once: none is a control, a quotation mark, a backslash, DEL or beyond ASCII. (A byte is less than n where it borrows, and
// equal where the difference is zero; what a borrow spoils beside it only costs a closer look.)
bool are_plain(const char* at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHighs = 0x8080808080808080ULL;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  const auto is = [&](unsigned char c) { return (bytes ^ kOnes * c) - kOnes; };
  return ((bytes | (bytes - kOnes * 0x20) | is('"') | is('\\') | is(0x7F)) & kHighs) == 0;
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t clean = 0;  // start of the run that is copied as it is
  std::size_t i = 0;
  while (i < text.size()) {
    if (i + sizeof(std::uint64_t) <= text.size() && are_plain(text.data() + i)) {
      i += sizeof(std::uint64_t);
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    if (kPlain[c]) {
      ++i;
      continue;
    }
    const std::size_t length = sequence_length(text, i);
    const bool steers = length > 1 && steering_at(text, i) != 0;
    if (length != 0 && !steers && c >= 0x20 && c != '"' && c != '\\' && c != 0x7F) {
      i += length;
      continue;
    }
    out.append(text, clean, i - clean);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (steers) {
      append_unit(out, text.substr(i, length));
    } else {
      append_control(out, c);
    }
    i += std::max<std::size_t>(length, 1);
    clean = i;
  }
  out.append(text, clean, i - clean);
  out += '"';
}

void Writer::newline() {
  if (!pretty_) return;
  out_ += '\n';
  out_.append(static_cast<std::size_t>(depth_) * 2, ' ');
}

void Writer::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += ',';
  if (depth_ > 0) newline();
  first_ = false;
}

Writer& Writer::open(char bracket) {
  before_value();
  out_ += bracket;
  ++depth_;
  first_ = true;
  return *this;
}

Writer& Writer::close(char bracket) {
  LOCKSMITH_ASSERT(depth_ > 0 && !after_key_);
  --depth_;
  if (!first_) newline();
  out_ += bracket;
  first_ = false;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  LOCKSMITH_ASSERT(depth_ > 0 && !after_key_);
  before_value();
  append_string(out_, name);
  out_ += pretty_ ? ": " : ":";
  after_key_ = true;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  before_value();
  append_string(out_, text);
  return *this;
}

Writer& Writer::integer(std::int64_t number) {
  before_value();
  fmt::format_to(std::back_inserter(out_), "{}", number);
  return *this;
}

Writer& Writer::number(double number) {
  if (!std::isfinite(number)) return null();
  before_value();
  fmt::format_to(std::back_inserter(out_), "{}", number);
  return *this;
}

Writer& Writer::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
  return *this;
}

Writer& Writer::null() {
  before_value();
  out_ += "null";
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  before_value();
  out_ += json;
  return *this;
}

}  // namespace locksmith::wire::json
