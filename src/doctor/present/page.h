// Text for people: wrapped to the width of the terminal, coloured only where asked, readable without colour. Nothing in it steers the
// terminal but the page's own colours (vocabulary/shown.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace locksmith::doctor::present {

struct Style {
  bool color = false;
  std::size_t width = 80;  // columns; a command is never wrapped, so that it can be copied
  bool plain = false;      // words instead of signs, and nothing but ASCII: for screen readers and terminals without UTF-8
};

enum class Sign { good, bad, open, odd, none };

enum class Ink { plain, bold, dim, red, green, yellow, cyan };

class Page {
 public:
  explicit Page(Style style) : style_(style) {}

  Page& line(std::string_view text = {});             // the rest of a line
  Page& ink(Ink ink, std::string_view text);          // a piece of a line
  Page& text(std::string_view text);                  // a piece of a line
  // A paragraph behind a label of `indent` columns: "  Why     the credential …" with hanging lines under it.
  Page& paragraph(std::string_view label, std::size_t indent, std::string_view text, Ink label_ink = Ink::dim);
  Page& sign(Ink ink, Sign sign);                     // "✓ ", or "ok " where signs are not wanted
  Page& command(std::size_t indent, std::string_view command);

  const Style& style() const { return style_; }
  std::size_t lines() const;  // so far
  std::string take();

 private:
  Style style_;
  std::string out_;
};

}  // namespace locksmith::doctor::present
