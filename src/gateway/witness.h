// Step 9: every failure has a cause, its evidence and an id; every request has one line in the log.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/counters.h"
#include "gateway/exchange.h"
#include "gateway/refusal.h"
#include "model/diagnosis/cause_name.h"
#include "model/diagnosis/examine.h"
#include "vocabulary/instant.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

// Lines of the log, JSON, each with its line end. Called on a worker's thread; must not block.
class LogSink {
 public:
  virtual ~LogSink() = default;
  // False where the lines were dropped because a slow disk holds up too many.
  virtual bool write(std::string_view lines) = 0;
};

// A failure as `explain ID` tells it. The evidence holds no secret.
struct Failed {
  std::string id;
  Instant at{};
  std::string layer;         // "gateway" or "upstream"
  std::string rule;          // the refusal's code, or the examiner's rule that weighed most
  std::string cause;
  int status = 0;
  std::string method, path;  // without query
  std::string key_id, workspace, model, credential;
  std::string message;       // ours, or upstream's own, redacted
  std::string request_id;    // upstream's
  std::string next_step;
};

// What failed, beside what its exchange tells. Views are used within the call.
struct Failing {
  std::string_view layer;    // "gateway" or "upstream"
  std::string_view rule;     // as in Failed
  std::string_view cause;
  std::string_view message;  // without credentials
  std::string_view next_step;
};

// Is this answer an error, to be held until its cause is known? Billed endpoints answer JSON or events; a page or a redirect
// comes from a network that wants a login, or from a filter, and costs nothing.
bool is_error(const wire::http1::ResponseHead& head, const EndpointRow& endpoint);
// Of an answer that came to its end: an error event in its stream, or a stream without its last event.
std::optional<Failing> failing_of_whole_answer(const Answering& answering);
// A head as it came, with its empty line: what parse_response_head() reads.
std::string text_of(const wire::http1::ResponseHead& head);

struct ErrorCause {
  std::string_view cause;    // of model/diagnosis
  std::string_view rule;     // that weighed most
  Duration retry_after{};    // zero where the answer names none
};

class Witness {
 public:
  // `salt` makes ids of several processes and workers differ. The examiner is shared by all workers and immutable.
  Witness(Counters& counters, LogSink& sink, const model::diagnosis::Examiner& examiner, std::uint64_t salt);

  // Step 9 of a request that failed: keeps the failure under a new id for `explain ID` and writes the line. The id, "lkf_" and 13
  // letters and digits, is unique and no secret; valid until the next one.
  std::string_view fail(Exchange& exchange, Tick now, const Failing& failing);
  // Step 9 of any request: its line in the log and its counts, once. `cause` and `id` are empty where nothing failed.
  void tell(Exchange& exchange, Tick now, std::string_view cause, std::string_view id);

  // The cause of an error answer from upstream.
  ErrorCause cause_of(const HeldAnswer& held) const;
  // Of the error.type in a stream's error event.
  static model::diagnosis::CauseName cause_of_stream_error(std::string_view type);

  const Failed* find(std::string_view id) const;  // the worker's thread
  template <class Visit>
  void for_each_kept(Visit visit) const {
    for (const Failed& failed : failed_) visit(failed);
  }

  void flush();

 private:
  void next_id();
  void tally(const Exchange& exchange, bool failed);
  void count_cause(std::string_view cause);
  void keep(const Exchange& exchange, const Failing& failing);
  void log(const Exchange& exchange, Duration took, std::string_view cause, std::string_view id);

  Counters& counters_;
  LogSink& sink_;
  const model::diagnosis::Examiner& examiner_;
  std::uint64_t salt_;
  std::uint64_t serial_ = 0;
  std::string id_;
  std::string lines_;
  std::deque<Failed> failed_;
};

}  // namespace locksmith::gateway
