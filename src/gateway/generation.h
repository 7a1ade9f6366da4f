// The settings and all that grew from them: connections to upstream and what is known of the credentials. A reload begins a
// new generation; requests that are under way end in theirs.
#pragma once

#include <memory>
#include <utility>

#include "gateway/lend.h"
#include "gateway/settings.h"
#include "upstream/pool.h"

namespace locksmith::gateway {

struct Generation {
  Generation(world::Loop& loop, std::shared_ptr<const Settings> given)
      : settings(std::move(given)), pool(loop, settings->upstream), lender(*settings) {}

  std::shared_ptr<const Settings> settings;
  upstream::Pool pool;
  Lender lender;
  std::size_t users = 0;  // requests under way; one thread, so a plain number
};

// A request's hold on its generation.
class GenerationUse {
 public:
  GenerationUse() = default;
  explicit GenerationUse(Generation& generation) : generation_(&generation) { ++generation.users; }
  ~GenerationUse() { reset(); }
  GenerationUse(GenerationUse&& other) noexcept : generation_(std::exchange(other.generation_, nullptr)) {}
  GenerationUse& operator=(GenerationUse&& other) noexcept {
    reset();
    generation_ = std::exchange(other.generation_, nullptr);
    return *this;
  }
  void reset() {
    if (generation_ != nullptr) --std::exchange(generation_, nullptr)->users;
  }
  Generation* operator->() const { return generation_; }
  explicit operator bool() const { return generation_ != nullptr; }

 private:
  Generation* generation_ = nullptr;
};

}  // namespace locksmith::gateway
