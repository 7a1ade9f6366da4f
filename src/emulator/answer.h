// What the emulator was asked and what it will answer, as values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/instant.h"
#include "wire/http1/fields.h"

namespace locksmith::emulator {

struct Charge;

// Views into the connection's buffers, valid while the request is being answered.
struct Request {
  std::string_view method;
  std::string_view path;
  std::string_view query;
  const wire::http1::Fields& fields;
  std::string_view body;
};

struct Header {
  std::string name;
  std::string value;
};

// How the answer's bytes travel. "Midway" is after half of the events of a stream, or half of the bytes of a body.
enum class Transport : std::uint8_t {
  ordinary,
  stall_before,   // nothing ever comes
  reset_before,
  close_before,
  end_midway,     // ends in order, cut off
  reset_midway,
  close_midway,   // FIN without the message's end
  stall_midway,
  error_midway,   // an error event, then the end
  buffered,       // the whole stream at once, after the delay
  wrong_length,   // content-length says more than what comes
  stripped,       // without request-id and anthropic-* fields
};

struct Answer {
  int status = 200;
  std::string reason;                // empty: the standard's
  std::vector<Header> headers;       // content-length, connection and date are added when it is sent
  std::string body;
  std::vector<std::string> events;   // not empty: a stream of these, each an SSE event ready to send
  std::string midway_event;          // of error_midway
  Transport transport = Transport::ordinary;
  Duration delay{};                  // before the first byte
  Duration date_offset{};            // added to the date field
  bool close = false;                // ends the connection afterwards

  std::shared_ptr<const Charge> charge;  // of a stream: billed as it goes out
  std::string fault;                 // the fault's name, for the record
};

}  // namespace locksmith::emulator
