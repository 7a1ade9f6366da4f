#include "gateway/lend.h"

#include <algorithm>
#include <array>

#include "model/diagnosis/cause.h"
#include "model/diagnosis/cause_name.h"

namespace locksmith::gateway {
namespace {

using Scope = Effect::Scope;

constexpr Duration kUntilMonthEnds{-1};

struct EffectRow {
  model::diagnosis::CauseName cause;  // the finer code stands before its cause
  Scope scope;
  Duration rest;
  bool another_may_work;
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
    EffectRow{"workspace_or_org_mismatch", Scope::credential, 60s, true},
    EffectRow{"org_disabled", Scope::organization, 60s, true},
    EffectRow{"credit_exhausted", Scope::organization, 60s, true},
    EffectRow{"spend_limit.workspace", Scope::credential, 60s, true},
    EffectRow{"spend_limit.usage_tier", Scope::organization, kUntilMonthEnds, true},
    EffectRow{"spend_limit", Scope::organization, 60s, true},
    EffectRow{"rate_limit.acceleration", Scope::organization, 5s, true},
    EffectRow{"rate_limit", Scope::organization, 1s, true},
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

Effect effect_of(std::string_view cause, Duration retry_after, Instant now) {
  for (const EffectRow& row : kEffects) {
    if (!fits(cause, row.cause)) continue;
    const Duration own = row.rest == kUntilMonthEnds ? until_month_ends(now) : row.rest;
    return {row.scope, std::max(own, retry_after), row.another_may_work};
  }
  return {};
}

Lender::Lender(const Settings& settings) : settings_(settings), states_(settings.credentials.size()) {}

// Rendezvous hashing: each credential has a weight of its own for this affinity, and the heaviest usable one wins; when one
// is taken out, only its own sessions move.
std::optional<std::size_t> Lender::heaviest(std::uint64_t affinity, Tick now, std::size_t except) const {
  std::optional<std::size_t> best;
  std::uint64_t best_weight = 0;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i].rests_until > now || except == i) continue;
    const std::uint64_t weight = scatter(affinity + (i + 1) * 0x9e3779b97f4a7c15ULL);
    if (best && weight <= best_weight) continue;
    best = i;
    best_weight = weight;
  }
  return best;
}

std::size_t Lender::choose(std::uint64_t affinity, Tick now) const {
  if (const auto best = heaviest(affinity, now, states_.size())) return *best;
  const auto first = std::ranges::min_element(states_, {}, &State::rests_until);
  return static_cast<std::size_t>(first - states_.begin());
}

std::optional<std::size_t> Lender::choose_other(std::uint64_t affinity, Tick now, std::size_t failed) const {
  return heaviest(affinity, now, failed);
}

void Lender::note(std::size_t index, const Effect& effect, std::string_view cause, Tick now) {
  if (effect.scope == Scope::none) return;
  const std::string& organization = settings_.credentials[index].organization;
  // Names of causes come from the one table of causes, so a view of them stays valid.
  const auto* const known = model::diagnosis::find_cause(cause);
  const std::string_view name = known != nullptr ? known->name : std::string_view("other");
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const bool same = i == index || (effect.scope == Scope::organization && !organization.empty() &&
                                     settings_.credentials[i].organization == organization);
    if (!same) continue;
    states_[i].rests_until = now + effect.rest;
    states_[i].cause = name;
    states_[i].refused_at = now;
  }
}

std::uint64_t affinity_of(std::string_view workspace, std::string_view session) {
  return mix(mix(mix(kOffset, workspace), "/"), session);
}

}  // namespace locksmith::gateway
