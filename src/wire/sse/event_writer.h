// Writes server-sent events.
#pragma once

#include <string>
#include <string_view>

namespace locksmith::wire::sse {

// Appends "event: TYPE", one "data:" line for each line of `data`, and the empty line. An empty type is left out; one
// that holds a line end is cut there, so that content can never write a field of its own.
void append_event(std::string& out, std::string_view type, std::string_view data);

// Appends ": TEXT" as a comment, which keeps a connection alive and reaches no reader.
void append_comment(std::string& out, std::string_view text);

}  // namespace locksmith::wire::sse
