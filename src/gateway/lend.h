// Step 5: one upstream credential is lent. Each has a state, learnt from the API's own answers.
//
// One lender a worker: what one worker learns costs the others one failed request each, and no lock.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/settings.h"
#include "vocabulary/instant.h"

namespace locksmith::gateway {

// What an answer's cause means for the credential that got it.
struct Effect {
  enum class Scope : std::uint8_t { none, credential, organization } scope = Scope::none;
  Duration rest{};              // it is not lent for so long
  bool another_may_work = false;// the request was refused before it was executed, and not for its own sake
};

// Pure. `cause` is a name of model/diagnosis; `retry_after` is zero where the answer names none; `now` and the calendar
// decide about limits that end with the month.
Effect effect_of(std::string_view cause, Duration retry_after, Instant now);

class Lender {
 public:
  explicit Lender(const Settings& settings);

  // The credential for a request: always the same one for the same `affinity` while that one can be used, because prompt
  // caches belong to an organization. Where all of them rest, the one whose rest ends first: the API's own answer then
  // tells the client more than a refusal of ours.
  std::size_t choose(std::uint64_t affinity, Tick now) const;
  // Another one than `failed`, for the same request; nullopt where none is usable.
  std::optional<std::size_t> choose_other(std::uint64_t affinity, Tick now, std::size_t failed) const;

  void note(std::size_t index, const Effect& effect, std::string_view cause, Tick now);
  // The API took it.
  void note_taken(std::size_t index, Tick now) { states_[index].taken_at = now; }

  struct State {
    Tick rests_until{};
    std::string_view cause;     // why it rests, a name of the cause list; empty: it never did
    Tick refused_at{};          // when it was made to rest
    Tick taken_at{};            // the last request that it served; where this is older, nothing shows that it works again
  };
  const std::vector<State>& states() const { return states_; }

 private:
  std::optional<std::size_t> heaviest(std::uint64_t affinity, Tick now, std::size_t except) const;

  const Settings& settings_;
  std::vector<State> states_;
};

// Of a workspace and a session: stable across processes.
std::uint64_t affinity_of(std::string_view workspace, std::string_view session);

}  // namespace locksmith::gateway
