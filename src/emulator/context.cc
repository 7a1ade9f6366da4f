#include "emulator/context.h"

#include "vocabulary/limits/http.h"
#include "wire/gzip/gzip.h"

namespace locksmith::emulator {

std::optional<ErrorText> Api::Context::decode_body() {
  const auto coding = request.fields.find("content-encoding");
  if (!coding || coding->empty() || wire::http1::same_name(*coding, "identity")) return std::nullopt;
  if (!wire::http1::same_name(*coding, "gzip")) {
    // The wording of the three refusals is ours; the codes are the API's.
    return ErrorText{400, "invalid_request_error", "The content encoding of the request body is not supported.",
                     "request_body_encoding_unsupported", {}};
  }
  Result<std::string> content = wire::gzip::decompress(request.body, limits::kRequestBody);
  if (content) {
    decoded = std::move(*content);
    is_decoded = true;
    return std::nullopt;
  }
  if (content.error().code == FailureCode("gzip_too_large")) {
    return ErrorText{413, "request_too_large", "Request exceeds the maximum size after decoding",
                     "request_body_too_large_after_decoding", {}};
  }
  return ErrorText{400, "invalid_request_error", "The request body could not be decoded.",
                   "request_body_encoding_invalid", {}};
}

std::string Api::Context::model(wire::json::Reader& reader) {
  const auto parsed = reader.parse(body());
  return std::string(parsed ? (*parsed)["model"].string_or("claude-example") : "claude-example");
}

}  // namespace locksmith::emulator
