#include "gateway/authorize.h"

namespace locksmith::gateway {
namespace {

// Why a path leads nowhere: the two mistakes of base URLs that are seen most have names of their own.
Why why_unknown(std::string_view path) {
  if (path.starts_with("/v1/v1/")) return Why::endpoint_doubled_v1;
  if (path.starts_with("/v1/chat/") || path == "/v1/completions" || path == "/v1/responses" || path == "/v1/embeddings") {
    return Why::endpoint_openai_style;
  }
  return Why::endpoint_unknown;
}

}  // namespace

bool is_probe(const Admitted& request) { return request.endpoint->endpoint == Endpoint::probe && request.method_fits; }

Why authorize_endpoint(Admitted& request, std::string_view path, const Settings& settings) {
  switch (request.endpoint->endpoint) {
    case Endpoint::admin:
      return Why::admin_path;
    case Endpoint::unknown:
      for (const std::string& listed : settings.endpoints) {
        if (!path.starts_with(listed) || (path.size() > listed.size() && path[listed.size()] != '/')) continue;
        request.endpoint = &listed_endpoint();
        return Why::none;
      }
      return why_unknown(path);
    default:
      return request.method_fits ? Why::none : Why::endpoint_method;
  }
}

}  // namespace locksmith::gateway
