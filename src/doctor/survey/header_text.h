// What becomes of a text on its way into an HTTP header: what a client cuts off, and what its HTTP library
// refuses.
//
// Sources: ECMA-262 (String.prototype.trim), the Fetch standard and undici 6 (Node 20), h11 0.16 and httpx
// 0.28, Go's golang.org/x/net/http/httpguts, curl's manual on -H, Claude Code 2.1.332 (Bun), which sends control
// characters as they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "vocabulary/secret.h"

namespace locksmith::doctor::survey {

// Without the white space that JavaScript's trim() cuts off at both ends. A view into `text`.
std::string_view trimmed_by_javascript(std::string_view text);

enum class HttpLibrary : std::uint8_t { fetch, bun, h11, go, curl, unknown };

struct HeaderValue {
  std::optional<Secret> bytes;  // as they go over the wire; nullopt: the library refuses the text at once
  std::string_view refusal;     // why, for people; ends a sentence that starts with what was refused. With
                             // bytes: they are taken at first and refused when the request is written

  bool sendable() const { return bytes.has_value() && refusal.empty(); }
};

// Pure. `unknown` is what all libraries agree on: white space around the value goes, line breaks are refused.
HeaderValue header_value(std::string_view text, HttpLibrary library);

// A token of RFC 9110 section 5.6.2: what a header's name may consist of.
bool is_header_name(std::string_view name);

}  // namespace locksmith::doctor::survey
