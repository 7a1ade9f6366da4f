// Text from outside, made fit for a reader's eyes: one place that knows what steers a terminal or turns the direction of reading.
//
// A model's name, a file's or an error's text may hold an escape sequence that repaints the screen, or a mark that makes "gpj.exe" of
// "exe.jpg". Each medium has its way to show that something stood there; what counts is the same for all.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace locksmith::inline vocabulary {

// Length in bytes of the character at text[at] if it steers, else 0: controls (U+0000 to U+001F, U+007F to U+009F), line and paragraph
// separators (U+2028, U+2029), the marks of the Unicode bidirectional algorithm (UAX 9), and bytes that are no UTF-8, which a terminal of
// eight bits may take for a control.
std::size_t steering_at(std::string_view text, std::size_t at);

// A line for a terminal: each such character is a blank.
std::string shown_line(std::string_view text);
// Lines for a terminal: the same, and line feeds and tabs stay.
std::string shown_lines(std::string_view text);

}  // namespace locksmith::inline vocabulary
