// One exchange as values: what is asked, the attempt that is under way, what is answered, what is held and charged. A passage
// gets a new one for each request and gives it back at its end, so that nothing of one request can reach the next.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/asking.h"
#include "gateway/batch_reading.h"
#include "gateway/event_boundary.h"
#include "gateway/key_echo.h"
#include "gateway/reserve.h"
#include "gateway/settle.h"
#include "gateway/short_text.h"
#include "gateway/usage_meter.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {

struct Attempt {
  int number = 0;                  // 0: nothing went to upstream so far
  std::size_t lent = 0;            // index into the settings' credentials
  bool sent = false;               // something of the request may have reached upstream
  bool sent_whole = false;
  Tick forwarded{};
};

// An answer of upstream's that is held: an error until its cause is known, which goes out in its head; one that names URLs until they are
// the gateway's own.
struct HeldAnswer {
  std::string head;                // as upstream sent it, with the empty line
  wire::http1::Framing framing;
  std::string body;
};

struct Answering {
  int status = 0;
  Tick began{};
  Tick first_token{};              // of a stream
  ShortText<limits::kRequestId> request_id;  // upstream's
  bool is_stream = false;          // of events
  EventBoundary events;            // what the client has of a stream
  std::uint64_t bytes_out = 0;     // of the body
  UsageMeter meter;
  std::unique_ptr<BatchReading> batch;  // of a batch that is made, or of its results
  bool held_up = false;            // its bytes did not come as they were written: we paused it, or it fell silent
  EchoMask echo;
  std::unique_ptr<HeldAnswer> held;   // an error
  std::unique_ptr<HeldAnswer> naming; // an answer that names URLs
  bool witnessed = false;          // a large error answer has its line before its end
};

struct Exchange {
  Asking asking;
  Attempt attempt;
  Answering answering;
  Place place;
  Hold hold;
  std::int64_t room = 0;           // tokens of output that the hold has room for, where it grows; 0: it is the most
  bool fitted = false;             // such a hold knows the prompt as it was told
  Settlement settled;
  std::vector<Blamed> blamed;      // credentials with which this request was refused, before it was sent with another

  // What is looked for in answers, of the credential that was lent.
  const KeyTrace& trace() const { return asking.generation->traces[attempt.lent]; }
  // The name of the credential that was lent; empty where nothing was sent.
  std::string_view credential() const {
    if (!asking.generation || attempt.number == 0) return {};
    return asking.generation->settings->credentials[attempt.lent].name;
  }
};

// Where exchanges live, so that a new one allocates nothing once as many have been under way. One of a worker's.
class Exchanges {
 public:
  // An exchange that nothing has touched; to be given back.
  using Slot = std::unique_ptr<std::optional<Exchange>>;
  Slot take() {
    Slot slot;
    if (free_.empty()) {
      slot = std::make_unique<std::optional<Exchange>>();
    } else {
      slot = std::move(free_.back());
      free_.pop_back();
    }
    slot->emplace();
    return slot;
  }
  void give(Slot slot) {
    slot->reset();
    if (free_.size() < limits::kKeptRequests) free_.push_back(std::move(slot));
  }

 private:
  std::vector<Slot> free_;
};

}  // namespace locksmith::gateway
