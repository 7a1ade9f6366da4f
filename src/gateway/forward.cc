#include "gateway/forward.h"

#include <array>
#include <charconv>

#include "gateway/field_run.h"
#include "gateway/field_use.h"

namespace locksmith::gateway {
namespace {

using wire::http1::Field;

bool passes(const wire::http1::RequestHead& head, const Admitted& request, const Field& field) {
  switch (use_of(field.name)) {
    case FieldUse::pass:
    case FieldUse::content_type:
    case FieldUse::content_encoding:
      // A field that Connection names belongs to the hop before us.
      return !request.connection_names_fields || !head.fields.lists("connection", field.name);
    case FieldUse::accept_encoding:
      return !request.endpoint->billed;
    default:
      return false;
  }
}

}  // namespace

void append_request_head(std::string& out, const wire::http1::RequestHead& head, const Admitted& request,
                         const upstream::Pool& pool) {
  using namespace std::string_view_literals;
  out.append(head.method).append(" "sv).append(pool.settings().target.path_prefix).append(head.path());
  if (const std::string_view query = head.query(); !query.empty()) out.append("?"sv).append(query);
  out.append(" HTTP/1.1\r\nhost: "sv).append(pool.authority()).append("\r\n"sv);
  {
    FieldRun run(out);
    for (const Field& field : head.fields) {
      if (passes(head, request, field)) run.add(field);
    }
  }
  if (request.endpoint->billed) out.append("accept-encoding: identity\r\n"sv);
}

Written append_credential(std::string& out, const UpstreamCredential& credential) {
  out.append(credential.bearer ? std::string_view("authorization: Bearer ") : std::string_view("x-api-key: "));
  const Written written{out.size(), credential.value.size()};
  out.append(credential.value.reveal()).append("\r\n", 2);
  return written;
}

void append_length(std::string& out, std::uint64_t length) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), length).ptr;
  out.append("content-length: ", 16).append(digits.data(), static_cast<std::size_t>(end - digits.data())).append("\r\n\r\n", 4);
}

void append_chunked(std::string& out) { out.append("transfer-encoding: chunked\r\n\r\n"); }

void append_no_body(std::string& out) { out.append("\r\n"); }

}  // namespace locksmith::gateway
