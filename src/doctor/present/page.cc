#include "doctor/present/page.h"

#include <algorithm>
#include <array>
#include <utility>

#include "vocabulary/shown.h"
#include "vocabulary/text.h"

namespace locksmith::doctor::present {
namespace {

constexpr std::array<std::string_view, 7> kCodes{"", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m"};

// Without characters that a terminal or a speech synthesizer may not know.
std::string ascii(std::string_view text) {
  struct Pair {
    std::string_view from, to;
  };
  constexpr std::array<Pair, 9> kPairs{{{"…", "..."}, {"▸", ">"}, {"✓", "ok"}, {"✗", "failed"}, {"–", "-"}, {"—", "-"}, {"·", "-"}, {"µs", "us"}, {"’", "'"}}};
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      out += text[at++];
      continue;
    }
    const auto* known = std::ranges::find_if(kPairs, [&](const Pair& pair) { return text.substr(at).starts_with(pair.from); });
    out += known == kPairs.end() ? "?" : known->to;
    at += known == kPairs.end() ? 1 : known->from.size();
    while (known == kPairs.end() && at < text.size() && is_continuation(text[at])) ++at;
  }
  return out;
}

}  // namespace

Page& Page::line(std::string_view text) {
  out_ += shown_line(text);
  out_ += '\n';
  return *this;
}

Page& Page::ink(Ink ink, std::string_view text) {
  const bool colored = style_.color && ink != Ink::plain;
  if (colored) out_ += kCodes[static_cast<std::size_t>(ink)];
  out_ += shown_line(text);
  if (colored) out_ += "\x1b[0m";
  return *this;
}

Page& Page::text(std::string_view text) {
  out_ += shown_line(text);
  return *this;
}

Page& Page::paragraph(std::string_view label, std::size_t indent, std::string_view raw, Ink label_ink) {
  const std::string content = shown_line(raw);
  const std::size_t used = count_characters(label);
  ink(label_ink, label);
  out_.append(indent > used ? indent - used : used == 0 ? 0 : 1, ' ');
  const std::size_t room = style_.width > indent + 20 ? style_.width - indent : 20;
  std::string_view rest = content;
  std::size_t column = 0;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word.empty()) continue;
    const std::size_t length = count_characters(word);
    if (column != 0 && column + 1 + length > room) {
      out_ += '\n';
      out_.append(indent, ' ');
      column = 0;
    } else if (column != 0) {
      out_ += ' ';
      ++column;
    }
    out_ += word;
    column += length;
  }
  out_ += '\n';
  return *this;
}

Page& Page::sign(Ink tint, Sign sign) {
  constexpr std::array<std::string_view, 5> kSigns{"✓ ", "✗ ", "? ", "! ", "- "};
  constexpr std::array<std::string_view, 5> kWords{"ok ", "failed ", "unknown ", "odd ", "- "};
  return ink(tint, (style_.plain ? kWords : kSigns)[static_cast<std::size_t>(sign)]);
}

std::size_t Page::lines() const { return static_cast<std::size_t>(std::ranges::count(out_, '\n')); }

std::string Page::take() { return style_.plain ? ascii(std::exchange(out_, {})) : std::exchange(out_, {}); }

Page& Page::command(std::size_t indent, std::string_view command) {
  out_.append(indent, ' ');
  ink(Ink::cyan, command);
  out_ += '\n';
  return *this;
}

}  // namespace locksmith::doctor::present
