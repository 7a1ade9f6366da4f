// The API's endpoints as the gateway sees them: what is read of a request's body, and what its answer costs.
#pragma once

#include <cstdint>
#include <string_view>

#include "vocabulary/bytes.h"

namespace locksmith::gateway {

enum class Endpoint : std::uint8_t {
  messages,       // tokens are billed by the answer's usage
  batches,        // a list of requests, each with a model and max_tokens; half the price
  completions,    // the older text completions
  count_tokens,   // free
  models,         // free
  files,          // free; bodies pass through unread
  admin,          // /v1/organizations: managed with Admin API keys, never through a virtual one
  other,          // whatever the API has or will have: its own 404 tells a client more than one of ours
};

// What the gateway reads of a body before it forwards it.
enum class Reads : std::uint8_t { nothing, json, json_where_said };

struct EndpointRow {
  Endpoint endpoint;
  std::string_view path;      // without query
  bool below;                 // also everything below it
  bool billed;                // its answers cost tokens
  Reads reads;                // nothing: the body passes through as it comes
  ByteCount body;             // the largest body: the API's own limits
};

// By path. Paths are compared byte for byte: what another reader could take differently was refused before.
const EndpointRow& endpoint_of(std::string_view path);

// True for a path that two readers could take for two different ones: empty or dot segments, a backslash, an escaped
// slash, dot or backslash. RFC 3986 section 6 allows such paths to be normalized; we do not, and another server might.
bool is_ambiguous(std::string_view path);

}  // namespace locksmith::gateway
