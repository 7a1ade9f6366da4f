#include "gateway/forward.h"

#include <array>
#include <charconv>

#include "gateway/field_use.h"

namespace locksmith::gateway {
namespace {

using wire::http1::Field;
using wire::http1::same_name;

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// A field that Connection names belongs to the hop before us.
bool is_named(const wire::http1::RequestHead& head, const Admitted& request, std::string_view name) {
  if (request.connection.size() < name.size()) {
    if (!request.several_connections) return false;
  }
  return head.fields.lists("connection", name);
}

bool passes(const wire::http1::RequestHead& head, const Admitted& request, const Field& field) {
  switch (use_of(field.name)) {
    case FieldUse::pass:
    case FieldUse::content_type:
    case FieldUse::content_encoding:
      // Nearly every Connection is "keep-alive" or "close", which are no fields.
      return request.connection.empty() || (!request.several_connections && (same_name(request.connection, "keep-alive") ||
                                                                             same_name(request.connection, "close"))) ||
             !is_named(head, request, field.name);
    case FieldUse::accept_encoding:
      return !request.endpoint->billed;
    default:
      return false;
  }
}

}  // namespace

void append_request_head(std::string& out, const wire::http1::RequestHead& head, const Admitted& request,
                         const upstream::Pool& pool) {
  out.append(head.method).append(" ").append(pool.settings().target.path_prefix).append(head.path());
  if (!head.query().empty()) out.append("?").append(head.query());
  out.append(" HTTP/1.1\r\nhost: ").append(pool.authority()).append("\r\n");
  for (const Field& field : head.fields) {
    if (passes(head, request, field)) append_line(out, field.name, field.value);
  }
  if (request.endpoint->billed) out.append("accept-encoding: identity\r\n");
}

Written append_credential(std::string& out, const UpstreamCredential& credential) {
  out.append(credential.bearer ? "authorization: Bearer " : "x-api-key: ");
  const Written written{out.size(), credential.value.size()};
  out.append(credential.value.reveal()).append("\r\n");
  return written;
}

void append_length(std::string& out, std::uint64_t length) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), length).ptr;
  out.append("content-length: ").append(digits.data(), static_cast<std::size_t>(end - digits.data())).append("\r\n\r\n");
}

void append_chunked(std::string& out) { out.append("transfer-encoding: chunked\r\n\r\n"); }

void append_no_body(std::string& out) { out.append("\r\n"); }

}  // namespace locksmith::gateway
