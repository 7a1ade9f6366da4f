// The settings and all that grew from them: connections to upstream and what is known of the credentials. A reload begins a
// new generation; requests that are under way end in theirs.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/key_echo.h"
#include "gateway/lend.h"
#include "gateway/settings.h"
#include "upstream/pool.h"

namespace locksmith::gateway {

struct Generation {
  Generation(world::Loop& loop, std::shared_ptr<const Settings> given)
      : settings(std::move(given)), pool(loop, settings->upstream), lender(*settings), dials(is_here(settings->upstream.target)) {
    for (const UpstreamCredential& credential : settings->credentials) traces.emplace_back(credential.value.reveal());
  }

  // The API itself is never reached without TLS, nor on this machine: whatever answers there is a stand-in.
  static bool is_here(const upstream::Target& target) {
    return !target.tls && (target.host == "localhost" || target.host == "::1" || target.host.starts_with("127."));
  }

  std::shared_ptr<const Settings> settings;
  upstream::Pool pool;
  Lender lender;
  std::vector<KeyTrace> traces;  // of the credentials, in their order
  const bool dials;       // upstream may be an emulator that a request tells what to get wrong
  std::uint64_t dialled_told = 0;  // of pool.dialled(), what the counters have
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
