// Answers whose client has left, read to their end for their usage (on_disconnect = drain): what is spent is then what the API
// bills and not a bound. Bounded in number, time and bytes; what goes beyond is closed, and the bound is spent.
//
// One of a worker's; on its thread.
#pragma once

#include <memory>
#include <vector>

#include "gateway/exchange.h"
#include "upstream/link.h"

namespace locksmith::gateway {

class Worker;

class Drained {
 public:
  explicit Drained(Worker& worker);
  ~Drained();
  Drained(const Drained&) = delete;
  Drained& operator=(const Drained&) = delete;

  bool has_room() const;
  // Takes the exchange and its link over from a passage. has_room() holds.
  void take(Exchanges::Slot exchange, upstream::Link& link);
  // Gives up what takes too long, and forgets what is over.
  void sweep(Tick now);
  // Gives all up.
  void end();
  std::size_t size() const { return answers_.size(); }

 private:
  class Answer;
  Worker& worker_;
  std::vector<std::unique_ptr<Answer>> answers_;
};

}  // namespace locksmith::gateway
