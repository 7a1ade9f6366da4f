#include "gateway/relay.h"

#include <algorithm>

#include "gateway/field_run.h"
#include "gateway/field_use.h"
#include "wire/http1/write.h"

namespace locksmith::gateway {

using wire::http1::Field;
using wire::http1::Framing;

Delivery delivery_of(const Framing& framing, const Client& client) {
  switch (framing.kind) {
    case Framing::Kind::none:
      return Delivery::none;
    case Framing::Kind::length:
      return Delivery::length;
    case Framing::Kind::chunked:
    case Framing::Kind::until_close:
      return client.http10 ? Delivery::until_close : Delivery::chunked;
  }
  return Delivery::none;
}

namespace {

// Without a body Content-Length is still owed: 0 where the answer is empty, and in answers to HEAD and in 304 the length of
// what does not follow. A 204 has none (RFC 9110 section 8.6).
bool passes_length(int status, Delivery delivery, const Field& field) {
  constexpr std::size_t kContentLength = 14;
  if (field.name.size() != kContentLength) return false;
  return delivery == Delivery::length || (delivery == Delivery::none && status != 204);
}

// Does the answer's own Connection name fields of the hop behind us? The API's names nothing beside these two.
bool names_fields(const Field& field) {
  return use_of(field.name) == FieldUse::connection && !field.value.empty() &&
         !wire::http1::same_name(field.value, "close") && !wire::http1::same_name(field.value, "keep-alive");
}

}  // namespace

void append_answer_head(std::string& out, const wire::http1::ResponseHead& head, Delivery delivery, const Client& client) {
  wire::http1::begin_response(out, head.status, head.reason);
  const bool named = std::ranges::any_of(head.fields, names_fields);
  {
    FieldRun run(out);
    for (const Field& field : head.fields) {
      if (named && use_of(field.name) == FieldUse::pass && head.fields.lists("connection", field.name)) continue;
      switch (use_of(field.name)) {
        case FieldUse::hop:
        case FieldUse::connection:
        case FieldUse::own:
          continue;
        case FieldUse::framing:
          if (!passes_length(head.status, delivery, field)) continue;
          break;
        default:
          break;
      }
      run.add(field);
    }
  }
  if (delivery == Delivery::chunked) out.append(std::string_view("transfer-encoding: chunked\r\n"));
  if (!client.keep_alive) {
    out.append("connection: close\r\n");
  } else if (client.http10) {
    out.append("connection: keep-alive\r\n");
  }
}

void append_piece(std::string& out, Delivery delivery, std::string_view piece) {
  if (delivery == Delivery::chunked) {
    wire::http1::append_chunk(out, piece);
  } else {
    out.append(piece);
  }
}

void append_body_end(std::string& out, Delivery delivery) {
  if (delivery == Delivery::chunked) out.append(wire::http1::kLastChunk);
}

}  // namespace locksmith::gateway
