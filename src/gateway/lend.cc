#include "gateway/lend.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/diagnosis/cause.h"
#include "model/diagnosis/cause_name.h"

namespace locksmith::gateway {
namespace {

using Scope = Effect::Scope;
using Confirmed = Effect::Confirmed;

constexpr Duration kUntilMonthEnds{-1};

struct EffectRow {
  model::diagnosis::CauseName cause;  // the finer code stands before its cause
  Scope scope;
  Duration rest;
  bool another_may_work;
  Confirmed confirmed = Confirmed::by_any;
};

// A dead key is tried again once a minute: somebody may have switched it on again. Limits that money or the month lifts are
// asked for rarely; the API's own retry-after always wins where it is longer.
constexpr std::array kEffects{
    EffectRow{"key_revoked_or_invalid", Scope::credential, 60s, true},
    EffectRow{"key_expired", Scope::credential, 60s, true},
    EffectRow{"key_wrong_kind", Scope::credential, 60s, true},
    EffectRow{"key_malformed", Scope::credential, 60s, true},
    EffectRow{"key_missing", Scope::credential, 60s, true},
    EffectRow{"leaked_key", Scope::credential, 60s, true},
    EffectRow{"oauth_expired_or_revoked", Scope::credential, 60s, true},
    EffectRow{"auth_header_format", Scope::credential, 60s, true},
    EffectRow{"workspace_or_org_mismatch", Scope::credential, 60s, true, Confirmed::by_another},
    EffectRow{"org_disabled", Scope::organization, 60s, true},
    EffectRow{"credit_exhausted", Scope::organization, 60s, true},
    EffectRow{"spend_limit.workspace", Scope::credential, 60s, true},
    EffectRow{"spend_limit.usage_tier", Scope::organization, kUntilMonthEnds, true},
    EffectRow{"spend_limit", Scope::organization, 60s, true},
    EffectRow{"rate_limit.acceleration", Scope::organization, 5s, true},
    EffectRow{"rate_limit", Scope::organization, 1s, true, Confirmed::of_kind},
};

bool fits(std::string_view cause, std::string_view row) {
  return cause == row || (cause.size() > row.size() && cause.starts_with(row) && cause[row.size()] == '.');
}

// Usage tiers begin anew at 00:00 UTC on the first; asked for once an hour nevertheless, because a tier can be raised.
Duration until_month_ends(Instant now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(today);
  const auto next = std::chrono::sys_days((date.year() / date.month() + std::chrono::months(1)) / 1);
  return std::min<Duration>(next - now, 1h);
}

constexpr std::uint64_t kOffset = 14695981039346656037ULL;  // FNV-1a
constexpr std::uint64_t kPrime = 1099511628211ULL;

std::uint64_t mix(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * kPrime;
  return hash;
}

// The finalizer of SplitMix64: neighbouring numbers become unrelated ones.
std::uint64_t scatter(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace

// A 403 is the API's answer to a credential that is good and may not do this one thing (a model, an endpoint, a workspace), but for
// an organization that may do nothing any more.
Effect effect_of(std::string_view cause, int status, Duration retry_after, Instant now) {
  for (const EffectRow& row : kEffects) {
    if (!fits(cause, row.cause)) continue;
    const Duration own = row.rest == kUntilMonthEnds ? until_month_ends(now) : row.rest;
    const bool may_be_its_own = status == 403 && row.scope == Scope::credential;
    return {row.scope, std::max(own, retry_after), row.another_may_work, may_be_its_own ? Confirmed::by_another : row.confirmed};
  }
  return {};
}

std::uint64_t kind_of(std::string_view endpoint, std::string_view model) {
  return mix(mix(mix(kOffset, endpoint), "/"), model) | 1;
}

Asker asker_of(std::string_view key_id, std::string_view endpoint, std::string_view model) {
  return {mix(kOffset, key_id), kind_of(endpoint, model)};
}

Lender::Lender(const Settings& settings) : settings_(settings), states_(settings.credentials.size()) {}

void Lender::inherit(const Lender& before) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const UpstreamCredential& mine = settings_.credentials[i];
    const auto& theirs = before.settings_.credentials;
    const auto same = std::ranges::find_if(theirs, [&](const UpstreamCredential& one) {
      return one.name == mine.name && one.organization == mine.organization && one.bearer == mine.bearer && one.value.equals(mine.value);
    });
    if (same != theirs.end()) states_[i] = before.states_[static_cast<std::size_t>(same - theirs.begin())];
  }
  kinds_until_ = before.kinds_until_;
}

Tick Lender::rests_until(const State& state, std::uint64_t kind) const {
  Tick until = state.rests_until;
  if (kind == 0) return until;
  for (const KindRest& one : state.kinds) {
    if (one.kind == kind) until = std::max(until, one.rests_until);
  }
  return until;
}

// Rendezvous hashing: each credential has a weight of its own for this affinity, and the heaviest usable one wins; when one
// is taken out, only its own sessions move.
std::optional<std::size_t> Lender::heaviest(std::uint64_t affinity, Tick now, std::uint64_t kind, std::span<const Blamed> except) const {
  std::optional<std::size_t> best;
  std::uint64_t best_weight = 0;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (rests_until(states_[i], kind) > now) continue;
    if (std::ranges::any_of(except, [&](const Blamed& blamed) { return concerns(blamed, i); })) continue;
    const std::uint64_t weight = scatter(affinity + (i + 1) * 0x9e3779b97f4a7c15ULL);
    if (best && weight <= best_weight) continue;
    best = i;
    best_weight = weight;
  }
  return best;
}

std::size_t Lender::choose(std::uint64_t affinity, Tick now, std::uint64_t kind) const {
  if (const auto best = heaviest(affinity, now, kind, {})) return *best;
  const auto first = std::ranges::min_element(states_, {}, [&](const State& state) { return rests_until(state, kind); });
  return static_cast<std::size_t>(first - states_.begin());
}

std::optional<std::size_t> Lender::choose_other(std::uint64_t affinity, Tick now, std::uint64_t kind, std::span<const Blamed> blamed) const {
  return heaviest(affinity, now, kind, blamed);
}

// The entry of this kind, or the one that says least: whose rest ended first.
Lender::KindRest& Lender::entry(State& state, std::uint64_t kind) {
  const auto known = std::ranges::find(state.kinds, kind, &KindRest::kind);
  if (known != state.kinds.end()) return *known;
  KindRest& oldest = *std::ranges::min_element(state.kinds, {}, [](const KindRest& one) { return std::max(one.rests_until, one.suspected_at); });
  oldest = {.kind = kind};
  return oldest;
}

bool Lender::concerns(const Blamed& blamed, std::size_t index) const {
  if (index == blamed.index) return true;
  const std::string& organization = settings_.credentials[blamed.index].organization;
  return blamed.effect.scope == Scope::organization && !organization.empty() && settings_.credentials[index].organization == organization;
}

template <class Visit>
void Lender::for_each_of(const Blamed& blamed, Visit visit) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (concerns(blamed, i)) visit(states_[i]);
  }
}

// Names of causes come from the one table of causes, so a view of them stays valid.
void Lender::show(State& state, std::string_view cause, Tick now) {
  const auto* const known = model::diagnosis::find_cause(cause);
  state.cause = known != nullptr ? known->name : std::string_view("other");
  state.refused_at = now;
}

void Lender::rest(const Blamed& blamed, Tick now) {
  for_each_of(blamed, [&](State& state) {
    show(state, blamed.cause, now);
    state.rests_until = now + blamed.effect.rest;
  });
}

void Lender::rest_kind(const Blamed& blamed, std::uint64_t kind, Tick now) {
  const Tick until = now + blamed.effect.rest;
  for_each_of(blamed, [&](State& state) {
    KindRest& rests = entry(state, kind);
    rests.rests_until = until;
    rests.suspected_at = now;
  });
  kinds_until_ = std::max(kinds_until_, until);
}

void Lender::note(const Blamed& blamed, const Asker& asker, Tick now) {
  if (blamed.effect.scope == Scope::none) return;
  State& state = states_[blamed.index];
  const auto stands = [&](Tick at) { return at != Tick{} && now - at <= limits::kSuspicion; };
  if (blamed.effect.confirmed == Confirmed::of_kind) {
    KindRest& known = entry(state, asker.kind);
    if (stands(known.suspected_at)) return rest_kind(blamed, asker.kind, now);
    known.suspected_at = now;
    return;
  }
  if (blamed.effect.confirmed == Confirmed::by_any) show(state, blamed.cause, now);
  const Suspicion before = std::exchange(state.suspected, {now, blamed.cause, asker});
  const auto whole = [](std::string_view cause) { return cause.substr(0, cause.find('.')); };
  if (!stands(before.at) || before.at <= state.taken_at || whole(before.cause) != whole(blamed.cause)) return;
  const bool another = before.asker.key != asker.key && before.asker.kind != asker.kind;
  if (another || blamed.effect.confirmed == Confirmed::by_any) return rest(blamed, now);
  state.suspected = before;  // one that asks again and again stands for one
}

// That another one serves it says of a good credential only that it may not do this.
void Lender::note_served_elsewhere(const Blamed& blamed, const Asker& asker, Tick now) {
  if (blamed.effect.scope == Scope::none) return;
  blamed.effect.confirmed == Confirmed::by_any ? rest(blamed, now) : rest_kind(blamed, asker.kind, now);
}

std::uint64_t affinity_of(std::string_view workspace, std::string_view session) {
  return mix(mix(mix(kOffset, workspace), "/"), session);
}

}  // namespace locksmith::gateway
