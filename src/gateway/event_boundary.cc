#include "gateway/event_boundary.h"

namespace locksmith::gateway {

// Two line ends in a row, each CR, LF or both, are the end of an event; the last four bytes tell.
void EventBoundary::take(std::string_view piece) {
  constexpr std::size_t kTwoLineEnds = 4;
  if (piece.size() >= kTwoLineEnds) {
    piece.remove_prefix(piece.size() - kTwoLineEnds);
    last_ = LineEnd::none;
  }
  for (const char c : piece) {
    if (c == '\n' && last_ == LineEnd::cr) {
      last_ = LineEnd::whole;  // CR LF is one
    } else if (c == '\n' || c == '\r') {
      inside_ = last_ == LineEnd::none;
      last_ = c == '\r' ? LineEnd::cr : LineEnd::whole;
    } else {
      inside_ = true;
      last_ = LineEnd::none;
    }
  }
}

}  // namespace locksmith::gateway
