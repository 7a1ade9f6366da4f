#include "gateway/event_boundary.h"

#include <gtest/gtest.h>

#include <string>

namespace locksmith::gateway {
namespace {

bool inside_after(std::string_view text, std::size_t piece) {
  EventBoundary boundary;
  for (std::size_t at = 0; at < text.size(); at += piece) boundary.take(text.substr(at, piece));
  return boundary.inside();
}

// What the standard says (server-sent events, section 9.2.5): an empty line ends an event, and each of CR, LF and CR LF ends
// a line. Read line by line, without the shortcuts.
bool inside_by_lines(std::string_view text) {
  bool line_has_text = false;
  bool event_has_lines = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n' && text[i] != '\r') {
      line_has_text = true;
      continue;
    }
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    event_has_lines = line_has_text;
    line_has_text = false;
  }
  return line_has_text || event_has_lines;
}

TEST(EventBoundary, BeginsBetweenTwoEvents) { EXPECT_FALSE(EventBoundary().inside()); }

// Every text of up to seven of these three bytes, torn in pieces of every size.
TEST(EventBoundary, EveryMixtureOfLineEndsIsReadAsLineByLineHoweverItIsTorn) {
  constexpr std::string_view kBytes = "x\r\n";
  for (int length = 1, texts = 3; length <= 7; ++length, texts *= 3) {
    for (int number = 0; number < texts; ++number) {
      std::string text;
      for (int i = 0, rest = number; i < length; ++i, rest /= 3) text.push_back(kBytes[static_cast<std::size_t>(rest % 3)]);
      text = "data" + text;
      for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        ASSERT_EQ(inside_after(text, piece), inside_by_lines(text)) << testing::PrintToString(text) << " in " << piece;
      }
    }
  }
}

}  // namespace
}  // namespace locksmith::gateway
