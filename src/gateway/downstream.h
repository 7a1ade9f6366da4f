// The client's side of one exchange as a passage sees it, whatever version of HTTP the client speaks. A passage decides what
// is sent and when; how that is framed, gathered and written is decided here. http1_downstream.h is the first one.
//
// On the worker's thread. Views are used within the call only. No call but finish() and break_off() calls the passage back.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "gateway/admit.h"
#include "vocabulary/instant.h"
#include "wire/http1/body.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

class Downstream {
 public:
  virtual ~Downstream() = default;

  // --- The request
  // A request came, and this is what its head shows; what could not be read shows nothing.
  virtual void begin(const Admitted& request) = 0;
  // It came when no new one is taken any more.
  virtual bool is_late() const = 0;
  virtual bool over_tls() const = 0;
  // The client's address, for the log; for as long as the client is there.
  virtual std::string_view address() const = 0;
  // Its body is asked for (Expect: 100-continue).
  virtual void ask_for_body() = 0;
  virtual void pause_body() = 0;
  virtual void resume_body() = 0;

  // --- The answer: a head, pieces and an end, gathered until flush(); or all at once
  // `own` fields follow upstream's.
  virtual void send_head(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing,
                         std::span<const wire::http1::Field> own) = 0;
  virtual void send_piece(std::string_view piece) = 0;
  virtual void send_end() = 0;
  virtual void flush() = 0;
  // A whole answer of the gateway's own, a JSON document, written at once.
  virtual void send_own(int status, std::span<const wire::http1::Field> fields, std::string_view body) = 0;
  // False where the client was told how long the answer is: there is no room in it for anything of ours.
  virtual bool takes_more() const = 0;
  // What the client has not taken yet, in bytes.
  virtual std::size_t unsent() const = 0;
  // Passage::on_deadline() comes after this moment, unless a later one is named before.
  virtual void wait_until(Tick deadline) = 0;

  // --- The end
  // No further request can follow this one where requests share a connection one after the other.
  virtual void set_last() = 0;
  // The answer is out. The next request may begin within this call.
  virtual void finish() = 0;
  // The answer is not whole, and the client must not take it for whole.
  virtual void break_off() = 0;
};

}  // namespace locksmith::gateway
