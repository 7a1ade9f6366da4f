#include "gateway/endpoint.h"

#include <array>

#include "vocabulary/character.h"
#include "vocabulary/limits/http.h"
#include "wire/http1/fields.h"

namespace locksmith::gateway {
namespace {

using enum Endpoint;

constexpr std::string_view kAdmin = "/v1/organizations";

// Paths and methods: the API's reference and its SDKs. Sizes: its documentation of request limits (Messages 32 MB, Batches
// 256 MB, Files 500 MB). Probes: Claude Code asks for them without a credential.
constexpr std::array kRows{
    EndpointRow{messages, "POST", "/v1/messages", true, Reads::json, limits::kRequestBody},
    EndpointRow{count_tokens, "POST", "/v1/messages/count_tokens", false, Reads::json, limits::kRequestBody},
    EndpointRow{batches, "GET, POST", "/v1/messages/batches", true, Reads::json, 256_MiB, true},
    EndpointRow{batch, "GET, DELETE", "/v1/messages/batches/*", false, Reads::nothing, 1_MiB, true},
    EndpointRow{results, "GET", "/v1/messages/batches/*/results", false, Reads::nothing, 1_MiB},
    EndpointRow{batch, "POST", "/v1/messages/batches/*/cancel", false, Reads::nothing, 1_MiB, true},
    EndpointRow{completions, "POST", "/v1/complete", true, Reads::json, limits::kRequestBody},
    EndpointRow{models, "GET", "/v1/models", false, Reads::nothing, 1_MiB},
    EndpointRow{models, "GET", "/v1/models/*", false, Reads::nothing, 1_MiB},
    EndpointRow{files, "GET, POST", "/v1/files", false, Reads::nothing, 512_MiB},
    EndpointRow{files, "GET, DELETE", "/v1/files/*", false, Reads::nothing, 1_MiB},
    EndpointRow{files, "GET", "/v1/files/*/content", false, Reads::nothing, 1_MiB},
    EndpointRow{probe, "GET", "/", false, Reads::nothing, 1_MiB},
    EndpointRow{probe, "GET", "/api/hello", false, Reads::nothing, 1_MiB},
};
constexpr EndpointRow kAdminRow{admin, "", kAdmin, false, Reads::nothing, 1_MiB};
constexpr EndpointRow kListed{listed, "", "", true, Reads::json_if_it_is, limits::kRequestBody};
constexpr EndpointRow kUnknown{unknown, "", "", false, Reads::nothing, limits::kRequestBody};

constexpr bool may_stand(char c) {
  return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == ':' || c == '@';
}

bool fits(std::string_view path, std::string_view pattern) {
  while (true) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) return path == pattern;
    if (!path.starts_with(pattern.substr(0, star))) return false;
    path.remove_prefix(star);
    pattern.remove_prefix(star + 1);
    const std::size_t segment = std::min(path.find('/'), path.size());
    if (segment == 0) return false;
    path.remove_prefix(segment);
  }
}

}  // namespace

const EndpointRow& endpoint_of(std::string_view path) {
  if (is_admin(path)) return kAdminRow;
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  for (const EndpointRow& row : kRows) {
    if (fits(path, row.path)) return row;
  }
  return kUnknown;
}

const EndpointRow& listed_endpoint() { return kListed; }

bool allows(const EndpointRow& row, std::string_view method) {
  if (method == "HEAD") method = "GET";
  bool found = row.allow.empty();
  wire::http1::for_each_element(row.allow, [&](std::string_view allowed) { found |= allowed == method; });
  return found;
}

bool is_canonical(std::string_view path) {
  if (!path.starts_with('/')) return false;
  std::size_t begin = 1;  // of the segment
  for (std::size_t i = 1; i <= path.size(); ++i) {
    if (i < path.size() && path[i] != '/') {
      if (!may_stand(path[i])) return false;
      continue;
    }
    const std::string_view segment = path.substr(begin, i - begin);
    if (segment == "." || segment == ".." || (segment.empty() && i < path.size())) return false;
    begin = i + 1;
  }
  return true;
}

bool is_admin(std::string_view path) {
  if (path.size() < kAdmin.size() || !wire::http1::same_name(path.substr(0, kAdmin.size()), kAdmin)) return false;
  return path.size() == kAdmin.size() || path[kAdmin.size()] == '/';
}

}  // namespace locksmith::gateway
