#include "wire/sse/event_writer.h"

namespace locksmith::wire::sse {
namespace {

// Takes one line off the front, whichever of the three line ends it has.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find_first_of("\r\n");
  const std::string_view line = text.substr(0, end);
  if (end == std::string_view::npos) {
    text = {};
  } else {
    text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  return line;
}

}  // namespace

void append_event(std::string& out, std::string_view type, std::string_view data) {
  if (const std::string_view name = take_line(type); !name.empty()) out.append("event: ").append(name).append("\n");
  do {
    out.append("data: ").append(take_line(data)).append("\n");
  } while (!data.empty());
  out.append("\n");
}

void append_comment(std::string& out, std::string_view text) {
  out.append(": ").append(take_line(text)).append("\n\n");
}

}  // namespace locksmith::wire::sse
