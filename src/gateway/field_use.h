// What the gateway does with a header field, by its name.
#pragma once

#include <cstdint>
#include <string_view>

namespace locksmith::gateway {

enum class FieldUse : std::uint8_t {
  pass,              // unchanged: anthropic-*, and whatever there is or will be
  hop,               // of this connection only (RFC 9110 section 7.6.1)
  framing,           // Content-Length, Transfer-Encoding: written anew
  host,
  api_key,           // x-api-key
  authorization,
  connection,
  expect,
  origin,            // the API takes a request with it for a browser's, and refuses it with a key
  accept_encoding,   // restricted to what the meter reads, where the answer is billed
  content_encoding,
  content_type,
  own,               // x-locksmith-id, -cause, -layer: ours to write, in answers too
};

// Case-insensitive. One look at the length decides for nearly every field.
FieldUse use_of(std::string_view name);

// Does it tell the API of the client's network or of another server's session, or is its name ours? Such a field of a request goes
// no further: Cookie, Forwarded and X-Forwarded-…, what CDNs call the client's address, x-locksmith-….
bool stays_here(std::string_view name);

// The emulator's dial, which passes to an emulator on this machine only.
bool is_dial(std::string_view name);

// May a Connection field not name it? Removing it on the way would change what the request means.
bool is_protected(std::string_view name);

}  // namespace locksmith::gateway
