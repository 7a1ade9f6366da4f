// What a request can cost beyond the bytes of its text, in one table: for each tool, block and member that makes the API do or
// read more, the bound that holds and where it is documented, or that there is none. Under a spend limit what has no bound is
// refused.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "vocabulary/limits/gateway.h"






namespace locksmith::gateway {

enum class Bound : std::uint8_t {
  bytes,    // its text in the body: a token has at least a byte
  image,    // limits::kImageTokens, whatever its bytes
  context,  // what it refers to is not in the body: the whole context window
  uses,     // the model runs once more for each of max_uses, each time with up to the whole context window
  loop,     // as uses, for as many as the API runs in one request
  none,
};

struct BoundRow {
  std::string_view type;    // of a tool or block; one that ends in _ stands for all its dated versions
  Bound bound;
  bool fee;                 // each use costs a web search
  std::string_view source;
};

std::span<const BoundRow> tool_bounds();
std::span<const BoundRow> block_bounds();

// A tool without a type is the client's own. A type that is not in the table has no bound.
const BoundRow& bound_of_tool(std::string_view type);
// Of a block whose content is not in the body (a source of type file or url, or a file_id), or is encoded.
const BoundRow& bound_of_source(std::string_view block_type);

}  // namespace locksmith::gateway
