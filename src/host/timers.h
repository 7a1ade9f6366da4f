// Timers of one loop: a heap of ticks over a table of actions that is reused, so that a steady number of timers allocates
// nothing. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "vocabulary/instant.h"

namespace locksmith::host {

class Timers {
 public:
  using Action = std::move_only_function<void()>;

  std::uint64_t add(Tick when, Action action);
  void cancel(std::uint64_t id);  // of one that has fired or was cancelled: does nothing
  std::optional<Tick> next();     // when the earliest is due
  // Runs what is due, in order of time and then of adding; what is added meanwhile waits for the next call.
  void run_due(Tick now);

 private:
  struct Slot {
    Action action;
    std::uint32_t generation = 0;
  };
  struct Entry {
    Tick when;
    std::uint64_t order;
    std::uint64_t id;
    bool operator>(const Entry& other) const {
      return when != other.when ? when > other.when : order > other.order;
    }
  };
  bool alive(std::uint64_t id) const;
  void drop_dead();
  void pop();

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<Entry> heap_;
  std::uint64_t order_ = 0;
  std::size_t dead_ = 0;  // cancelled entries still in the heap
};

}  // namespace locksmith::host
