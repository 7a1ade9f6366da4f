#include "gateway/relay.h"

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

void append_answer_head(std::string& out, const wire::http1::ResponseHead& head, Delivery delivery, const Client& client) {
  wire::http1::begin_response(out, head.status, head.reason);
  {
  FieldRun run(out);
  for (const Field& field : head.fields) {
    switch (use_of(field.name)) {
      case FieldUse::hop:
      case FieldUse::connection:
      case FieldUse::own:
        continue;
      case FieldUse::framing:
        // The answer to HEAD tells the length of a body that does not follow.
        if (delivery != Delivery::length && !(client.head_method && field.name.size() == 14)) continue;
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

void end_answer_head(std::string& out) { out.append("\r\n", 2); }

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
