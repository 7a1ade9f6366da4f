#include "wire/sse/event_reader.h"

#include <charconv>

#include "vocabulary/limits/http.h"

namespace locksmith::wire::sse {

bool EventReader::take_line(std::string_view& input) {
  if (after_cr_ && !input.empty()) {
    if (input.front() == '\n') input.remove_prefix(1);
    after_cr_ = false;
  }
  const std::size_t end = input.find_first_of("\r\n");
  line_.append(input.substr(0, end));
  if (end == std::string_view::npos) {
    input = {};
    return false;
  }
  after_cr_ = input[end] == '\r';
  input.remove_prefix(end + 1);
  return true;
}

void EventReader::process_line() {
  std::string_view line = line_;
  if (at_start_) {
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    at_start_ = false;
  }
  const std::size_t colon = line.find(':');
  if (colon == 0) return;  // a comment
  const std::string_view name = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "event") {
    type_ = value;
  } else if (name == "data") {
    if (has_data_) data_ += '\n';
    data_ += value;
    has_data_ = true;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) last_id_ = value;
  } else if (name == "retry") {
    long parsed = 0;
    const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error == std::errc() && rest == value.data() + value.size() && parsed >= 0) retry_ms_ = parsed;
  }
}

EventReader::Step EventReader::read(std::string_view& input, Event& event) {
  if (ready_) {
    type_.clear();
    data_.clear();
    has_data_ = false;
    ready_ = false;
  }
  while (!too_large_ && !input.empty()) {
    const bool complete = take_line(input);
    if (line_.size() + data_.size() > limits::kSseEvent) too_large_ = true;
    if (!complete) break;
    const bool dispatch = line_.empty();
    if (!dispatch) process_line();
    line_.clear();
    if (!dispatch) continue;
    // An event without data is not given out, but its type must not stick to the next one.
    if (!has_data_) {
      type_.clear();
      continue;
    }
    ready_ = true;
    event = {type_.empty() ? std::string_view("message") : std::string_view(type_), data_};
    return Step::event;
  }
  return too_large_ ? Step::too_large : Step::need_more;
}

}  // namespace locksmith::wire::sse
