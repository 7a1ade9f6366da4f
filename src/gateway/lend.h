// Step 5: one upstream credential is lent. Each has a state, learnt from the API's own answers.
//
// One lender a worker: what one worker learns costs the others one failed request each, and no lock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/settings.h"
#include "vocabulary/instant.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {

// What an answer's cause means for the credential that got it.
struct Effect {
  enum class Scope : std::uint8_t { none, credential, organization } scope = Scope::none;
  Duration rest{};              // it is not lent for so long, once a second request has confirmed it
  bool another_may_work = false;// the request was refused before it was executed, and not for its own sake
  // Which second refusal confirms it: of any request, where the API refuses the credential as such; of one of the same kind, and for
  // that kind alone, where a limit counts by model; only of another key's and another kind, where the request may have asked for too
  // much (403).
  enum class Confirmed : std::uint8_t { by_any, of_kind, by_another } confirmed = Confirmed::by_any;
};

// Pure. `cause` is a name of model/diagnosis; `retry_after` is zero where the answer names none; `now` and the calendar
// decide about limits that end with the month.
Effect effect_of(std::string_view cause, int status, Duration retry_after, Instant now);

// A request as far as blame goes, as hashes: whose it is, and what it asks for.
struct Asker {
  std::uint64_t key = 0;
  std::uint64_t kind = 0;       // kind_of()
};
// Of an endpoint and a model: what the API's limits and permissions go by. 0 stands for none.
std::uint64_t kind_of(std::string_view endpoint, std::string_view model);
Asker asker_of(std::string_view key_id, std::string_view endpoint, std::string_view model);

// A refusal of one request with one credential.
struct Blamed {
  std::size_t index = 0;
  Effect effect;
  std::string_view cause;
};

// A credential rests only for what a second request confirms: the same one, when it is served with another credential, or another one,
// when it is refused in the same way and none was served between them.
class Lender {
 public:
  explicit Lender(const Settings& settings);

  // What another lender knew of credentials that are the same here: a reload wakes none of them.
  void inherit(const Lender& before);

  // The credential for a request: always the same one for the same `affinity` while that one can be used, because prompt
  // caches belong to an organization. Where all of them rest, the one whose rest ends first: the API's own answer then
  // tells the client more than a refusal of ours. `kind` may be 0 where kinds_rest() says that none does.
  std::size_t choose(std::uint64_t affinity, Tick now, std::uint64_t kind = 0) const;
  // Another one for the same request than those with which it was refused, nor one of an organization that refused it; nullopt where
  // none is usable.
  std::optional<std::size_t> choose_other(std::uint64_t affinity, Tick now, std::uint64_t kind, std::span<const Blamed> blamed) const;
  bool kinds_rest(Tick now) const { return kinds_until_ > now; }

  // A request was refused.
  void note(const Blamed& blamed, const Asker& asker, Tick now);
  // That request was then served with another credential.
  void note_served_elsewhere(const Blamed& blamed, const Asker& asker, Tick now);
  // It was refused with the other one in the same way, so that it may be the request's own fault.
  void withdraw(std::size_t index) { states_[index].suspected = {}; }
  // The API took it.
  void note_taken(std::size_t index, Tick now) { states_[index].taken_at = now; }

  struct Suspicion {
    Tick at{};
    std::string_view cause;
    Asker asker;
  };
  struct KindRest {
    std::uint64_t kind = 0;
    Tick suspected_at{};
    Tick rests_until{};
  };
  struct State {
    Tick rests_until{};
    std::string_view cause;     // why it was refused, a name of the cause list; empty: it never was, but for a request's own sake
    Tick refused_at{};          // the last time; it rests only where that was confirmed
    Tick taken_at{};            // the last request that it served; where this is older, nothing shows that it works again
    Suspicion suspected;
    std::array<KindRest, limits::kKindsResting> kinds;
  };
  const std::vector<State>& states() const { return states_; }

 private:
  std::optional<std::size_t> heaviest(std::uint64_t affinity, Tick now, std::uint64_t kind, std::span<const Blamed> except) const;
  bool concerns(const Blamed& blamed, std::size_t index) const;
  Tick rests_until(const State& state, std::uint64_t kind) const;
  static KindRest& entry(State& state, std::uint64_t kind);
  static void show(State& state, std::string_view cause, Tick now);
  void rest(const Blamed& blamed, Tick now);
  void rest_kind(const Blamed& blamed, std::uint64_t kind, Tick now);
  template <class Visit>
  void for_each_of(const Blamed& blamed, Visit visit);

  const Settings& settings_;
  std::vector<State> states_;
  Tick kinds_until_{};          // no kind rests for longer
};

// Of a workspace and a session: stable across processes.
std::uint64_t affinity_of(std::string_view workspace, std::string_view session);

}  // namespace locksmith::gateway
