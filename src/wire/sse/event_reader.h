// Server-sent events (WHATWG HTML, "Interpreting an event stream"), from bytes that may be torn anywhere.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace locksmith::wire::sse {

struct Event {
  std::string_view type;  // "message" where the stream names none
  std::string_view data;  // lines joined with LF
};

class EventReader {
 public:
  enum class Step { need_more, event, too_large };

  // Takes from the front of `input` up to the end of the next event. On Step::event the views in `event` are valid
  // until the next call. An event above limits::kSseEvent gives Step::too_large, then and ever after.
  Step read(std::string_view& input, Event& event);

  // The last "id:" that came, and the last "retry:" in ms (-1: none).
  std::string_view last_id() const { return last_id_; }
  long retry_ms() const { return retry_ms_; }

  // True where bytes of an event have come whose end has not: a stream that ends here was cut within an event.
  bool inside_event() const { return !line_.empty() || has_data_ || !type_.empty(); }

 private:
  bool take_line(std::string_view& input);  // true: line_ is complete
  void process_line();

  std::string line_;
  std::string type_;
  std::string data_;
  std::string last_id_;
  long retry_ms_ = -1;
  bool has_data_ = false;
  bool after_cr_ = false;      // the next LF belongs to the line end already seen
  bool at_start_ = true;       // a byte order mark may follow
  bool ready_ = false;         // an event was given out and its buffers are to be emptied
  bool too_large_ = false;
};

}  // namespace locksmith::wire::sse
