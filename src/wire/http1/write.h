// Writes heads and chunks. Appends to a buffer of the caller's, so that one buffer serves a whole connection.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "wire/http1/fields.h"

namespace locksmith::wire::http1 {

// "OK" for 200, … ; empty for a status that RFC 9110 and the Claude API do not know.
std::string_view reason_phrase(int status);

// A field whose name is no token or whose value holds CR, LF, NUL or another control byte would let its content write
// the protocol: such a field is left out, and false returned. The head is otherwise complete and usable.
bool append_field(std::string& out, std::string_view name, std::string_view value);

// "HTTP/1.1 200 OK\r\n". Fields follow by append_field(), then end_head().
void begin_response(std::string& out, int status, std::string_view reason);
// False, and nothing is written, where method or target hold a byte that may not stand there.
bool begin_request(std::string& out, std::string_view method, std::string_view target);
void end_head(std::string& out);

// One chunk; an empty one would end the body and is left out.
void append_chunk(std::string& out, std::string_view data);
// The line before a chunk's data, for a caller that passes the data on itself; CR LF follows the data.
void append_chunk_size(std::string& out, std::size_t size);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace locksmith::wire::http1
