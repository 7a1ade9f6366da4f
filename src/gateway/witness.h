// Step 9: every failure has a cause, its evidence and an id; every request has one line in the log.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/counters.h"
#include "gateway/refusal.h"
#include "model/diagnosis/cause_name.h"
#include "model/diagnosis/examine.h"
#include "model/evidence/evidence.h"
#include "vocabulary/instant.h"
#include "vocabulary/money.h"
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

// One line of the log. Views are valid during the call.
struct Line {
  Instant at{};
  std::string_view method, path, key_id, workspace, model, credential, cause, id, request_id;
  int status = 0;
  Duration took{}, upstream_took{};
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::int64_t tokens_in = 0, tokens_out = 0, tokens_cached = 0;
  Money spent{};
  int attempts = 0;
  bool stream = false;
  bool by_bound = false;
};

// What the head of an error answer shows.
model::evidence::Evidence evidence_of(const wire::http1::ResponseHead& head);

class Witness {
 public:
  // `salt` makes ids of several processes and workers differ. The examiner is shared by all workers and immutable.
  Witness(Counters& counters, LogSink& sink, const model::diagnosis::Examiner& examiner, std::uint64_t salt);

  // "lkf_" and 13 letters and digits: unique, and no secret.
  std::string_view new_id();

  // The cause of an error answer from upstream, whose body is added to the evidence of its head (evidence_of). `rule` gets
  // the name of the rule that weighed most.
  std::string_view cause_of(model::evidence::Evidence evidence, std::string_view body, std::string_view& rule) const;
  // Of the error.type in a stream's error event.
  static model::diagnosis::CauseName cause_of_stream_error(std::string_view type);

  void count_cause(std::string_view cause);
  void keep(Failed failed);
  const Failed* find(std::string_view id) const;  // the worker's thread
  template <class Visit>
  void for_each_kept(Visit visit) const {
    for (const Failed& failed : failed_) visit(failed);
  }

  void log(const Line& line);
  void flush();

 private:
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
