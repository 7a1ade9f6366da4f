// The API's endpoints as the gateway sees them: by which methods and paths they are asked, what is read of a request's body,
// and what its answer costs. One table; a path that is not in it is refused, unless whoever runs the gateway lists it.
#pragma once

#include <cstdint>
#include <string_view>

#include "vocabulary/bytes.h"

namespace locksmith::gateway {

enum class Endpoint : std::uint8_t {
  messages,       // tokens are billed by the answer's usage
  batches,        // a list of requests, each with a model and max_tokens; half the price
  batch,          // one batch: looked at, cancelled; free
  results,        // one batch's results: free, and they tell what the batch cost
  completions,    // the older text completions, whose answers tell no usage
  count_tokens,   // free
  models,         // free
  files,          // free; bodies pass through unread
  probe,          // clients ask whether anything answers: the gateway itself does
  admin,          // /v1/organizations: managed with Admin API keys, never through a virtual one
  listed,         // in the settings (endpoints)
  unknown,
};

// What the gateway reads of a body before it forwards it, whatever its content-type says.
enum class Reads : std::uint8_t {
  nothing,        // passes through as it comes
  json,           // must be a JSON object
  json_if_it_is,  // read where it is one
};

struct EndpointRow {
  Endpoint endpoint;
  std::string_view allow;     // the methods, as the Allow field has them; GET stands for HEAD too; empty: any
  std::string_view path;      // without query; * is one segment
  bool billed;                // its answers cost tokens
  Reads reads;
  ByteCount body;             // the largest body: the API's own limits
  bool names_urls = false;    // its answers name addresses of the API's (results_url)

  // The gateway reads its answers, so they must come uncompressed.
  bool answers_are_read() const { return billed || names_urls || endpoint == Endpoint::results; }
};

// The row for a canonical path; of Endpoint::unknown where there is none. A slash at the end makes no difference.
const EndpointRow& endpoint_of(std::string_view path);
// The row for what the settings list.
const EndpointRow& listed_endpoint();
bool allows(const EndpointRow& row, std::string_view method);

// True for a path that has one reading only: segments of letters, digits and -._~:@, none of them empty, "." or "..". All that
// RFC 3986 section 6.2 lets another server normalize (percent-encodings, dot segments, doubled slashes), a backslash, and path
// parameters (;) are out: the API's own paths and ids have none of these.
bool is_canonical(std::string_view path);

// Is `path` the Admin API's, in letters of either case?
bool is_admin(std::string_view path);

}  // namespace locksmith::gateway
