#include "doctor/present/page.h"

#include <algorithm>
#include <array>

namespace locksmith::doctor::present {
namespace {

constexpr std::array<std::string_view, 7> kCodes{"", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m"};

// What a terminal would take as an instruction never comes from a report's text.
std::string harmless(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u >= 0x20 && u != 0x7F) {
      out += c;
    } else {
      out += ' ';
    }
  }
  return out;
}

}  // namespace

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Page& Page::line(std::string_view text) {
  out_ += text;
  out_ += '\n';
  return *this;
}

Page& Page::ink(Ink ink, std::string_view text) {
  const bool colored = style_.color && ink != Ink::plain;
  if (colored) out_ += kCodes[static_cast<std::size_t>(ink)];
  out_ += harmless(text);
  if (colored) out_ += "\x1b[0m";
  return *this;
}

Page& Page::text(std::string_view text) {
  out_ += harmless(text);
  return *this;
}

Page& Page::paragraph(std::string_view label, std::size_t indent, std::string_view raw, Ink label_ink) {
  const std::string content = harmless(raw);
  const std::size_t used = columns(label);
  ink(label_ink, label);
  out_.append(indent > used ? indent - used : 1, ' ');
  const std::size_t room = style_.width > indent + 20 ? style_.width - indent : 20;
  std::string_view rest = content;
  std::size_t column = 0;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word.empty()) continue;
    const std::size_t length = columns(word);
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

Page& Page::command(std::size_t indent, std::string_view command) {
  out_.append(indent, ' ');
  ink(Ink::cyan, command);
  out_ += '\n';
  return *this;
}

}  // namespace locksmith::doctor::present
