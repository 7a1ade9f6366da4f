#include "gateway/endpoint.h"

#include <array>

#include "vocabulary/limits/http.h"


namespace locksmith::gateway {
namespace {

// Sizes: the API's documentation of request limits (Messages 32 MB, Batches 256 MB, Files 500 MB).
constexpr std::array kRows{
    EndpointRow{Endpoint::messages, "/v1/messages", false, true, Reads::json, limits::kRequestBody},
    EndpointRow{Endpoint::count_tokens, "/v1/messages/count_tokens", false, false, Reads::json, limits::kRequestBody},
    EndpointRow{Endpoint::batches, "/v1/messages/batches", true, true, Reads::json, 256_MiB},
    EndpointRow{Endpoint::completions, "/v1/complete", false, true, Reads::json, limits::kRequestBody},
    EndpointRow{Endpoint::models, "/v1/models", true, false, Reads::nothing, 1_MiB},
    EndpointRow{Endpoint::files, "/v1/files", true, false, Reads::nothing, 512_MiB},
    EndpointRow{Endpoint::admin, "/v1/organizations", true, false, Reads::nothing, 1_MiB},
};
constexpr EndpointRow kOther{Endpoint::other, "", true, true, Reads::json_where_said, limits::kRequestBody};

bool is_hex_digit_pair(std::string_view text, std::string_view pair) {
  return text.size() >= 2 && (text[0] == pair[0]) && ((text[1] | 0x20) == pair[1]);
}

}  // namespace

const EndpointRow& endpoint_of(std::string_view path) {
  for (const EndpointRow& row : kRows) {
    if (!path.starts_with(row.path)) continue;
    const std::string_view rest = path.substr(row.path.size());
    // A collection with a slash at its end is the collection.
    if (rest.empty() || rest == "/" || (row.below && rest.front() == '/')) return row;
  }
  return kOther;
}

bool is_ambiguous(std::string_view path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '\\') return true;
    if (c == '%') {
      const std::string_view escaped = path.substr(i + 1);
      for (const std::string_view pair : {"2f", "5c", "2e", "00"}) {
        if (is_hex_digit_pair(escaped, pair)) return true;
      }
    }
    if (c != '/') continue;
    const std::string_view rest = path.substr(i + 1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    if (segment == "." || segment == ".." || (segment.empty() && !rest.empty())) return true;
  }
  return false;
}

}  // namespace locksmith::gateway
