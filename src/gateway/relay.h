// Step 7: an answer as it goes to an HTTP/1.1 client: the status, every field and every byte of the body as upstream sent them;
// the framing and the fields of this hop are our own.
#pragma once

#include <string>
#include <string_view>

#include "wire/http1/body.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

// How the answer's body travels to the client.
enum class Delivery : std::uint8_t { none, length, chunked, until_close };

struct Client {
  bool http10 = false;
  bool head_method = false;
  bool keep_alive = true;   // after this answer
};

Delivery delivery_of(const wire::http1::Framing& framing, const Client& client);

// Appends status line and fields. The empty line is still to come, so that the gateway can add fields of its own.
void append_answer_head(std::string& out, const wire::http1::ResponseHead& head, Delivery delivery, const Client& client);

// Appends a piece of the body as it is delivered, and the end of the body.
void append_piece(std::string& out, Delivery delivery, std::string_view piece);
void append_body_end(std::string& out, Delivery delivery);

}  // namespace locksmith::gateway
