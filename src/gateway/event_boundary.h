// Where a stream of server-sent events stands: within an event, or between two. Needed where a stream breaks off, so that an
// event of our own can follow.
#pragma once

#include <cstdint>
#include <string_view>

namespace locksmith::gateway {

class EventBoundary {
 public:
  // The next bytes, torn anywhere. Looks at the last four of them only.
  void take(std::string_view piece);
  bool inside() const { return inside_; }

 private:
  enum class LineEnd : std::uint8_t { none, cr, whole };
  bool inside_ = false;
  LineEnd last_ = LineEnd::none;  // of the bytes so far
};

}  // namespace locksmith::gateway
