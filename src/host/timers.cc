#include "host/timers.h"

#include <algorithm>
#include <utility>

namespace locksmith::host {
namespace {

constexpr std::uint32_t slot_of(std::uint64_t id) { return static_cast<std::uint32_t>(id & 0xffffffff); }
constexpr std::uint32_t generation_of(std::uint64_t id) { return static_cast<std::uint32_t>(id >> 32); }

}  // namespace

std::uint64_t Timers::add(Tick when, Action action) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  slot.action = std::move(action);
  ++slot.generation;
  const std::uint64_t id = static_cast<std::uint64_t>(slot.generation) << 32 | index;
  heap_.push_back({when, order_++, id});
  std::ranges::push_heap(heap_, std::greater<>());
  return id;
}

bool Timers::alive(std::uint64_t id) const {
  const std::uint32_t index = slot_of(id);
  return index < slots_.size() && slots_[index].generation == generation_of(id) && slots_[index].action != nullptr;
}

void Timers::cancel(std::uint64_t id) {
  if (!alive(id)) return;
  slots_[slot_of(id)].action = nullptr;
  free_.push_back(slot_of(id));
  ++dead_;
  // Deadlines are nearly always cancelled; without this the heap would hold them until they are due.
  if (dead_ > 64 && dead_ > heap_.size() / 2) {
    std::erase_if(heap_, [this](const Entry& entry) { return !alive(entry.id); });
    std::ranges::make_heap(heap_, std::greater<>());
    dead_ = 0;
  }
}

void Timers::pop() {
  std::ranges::pop_heap(heap_, std::greater<>());
  heap_.pop_back();
}

void Timers::drop_dead() {
  while (!heap_.empty() && !alive(heap_.front().id)) {
    pop();
    if (dead_ > 0) --dead_;
  }
}

std::optional<Tick> Timers::next() {
  drop_dead();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().when;
}

void Timers::run_due(Tick now) {
  const std::uint64_t last = order_;
  for (drop_dead(); !heap_.empty() && heap_.front().when <= now && heap_.front().order < last; drop_dead()) {
    const std::uint32_t index = slot_of(heap_.front().id);
    pop();
    Action action = std::exchange(slots_[index].action, nullptr);
    free_.push_back(index);
    action();
  }
}

}  // namespace locksmith::host
