#include "gateway/lend.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <utility>

namespace locksmith::gateway {
namespace {

constexpr Tick kNow{1h};
constexpr Instant kToday{std::chrono::sys_days{std::chrono::year{2026} / 11 / 10}};

Settings settings_of(std::vector<std::string> organizations) {
  Settings settings;
  for (std::size_t i = 0; i < organizations.size(); ++i) {
    settings.credentials.push_back({"c" + std::to_string(i), Secret(std::string("value")), false, organizations[i]});
  }
  return settings;
}

const Asker kAsker = asker_of("key-1", "/v1/messages", "claude-haiku-4-5");
const Asker kOther = asker_of("key-2", "/v1/messages", "claude-opus-4-5");

void refuse(Lender& lender, std::size_t index, std::string_view cause, int status, const Asker& asker, Tick now = kNow, Duration retry_after = {}) {
  lender.note({index, effect_of(cause, status, retry_after, kToday), cause}, asker, now);
}
void refuse_twice(Lender& lender, std::size_t index, std::string_view cause, int status = 401, Duration retry_after = {}) {
  for (int i = 0; i < 2; ++i) refuse(lender, index, cause, status, kAsker, kNow, retry_after);
}
bool rests(const Lender& lender, std::size_t index, Tick now = kNow) { return lender.states()[index].rests_until > now; }
// Whether index 0 of two is not lent for such a request, whatever its session.
bool rests_for(const Lender& lender, std::uint64_t kind, Tick now = kNow) {
  for (std::uint64_t session = 0; session < 64; ++session) {
    if (lender.choose(session, now, kind) == 0) return false;
  }
  return true;
}

// --- What confirms a refusal

TEST(Blame, OneRefusalRestsNobodyAndASecondOneDoes) {
  const Settings settings = settings_of({"", ""});
  Lender lender(settings);
  refuse(lender, 0, "key_revoked_or_invalid", 401, kAsker);
  EXPECT_FALSE(rests(lender, 0));
  EXPECT_EQ(lender.states()[0].cause, "key_revoked_or_invalid") << "it is shown";
  refuse(lender, 0, "key_revoked_or_invalid.revoked", 401, kAsker, kNow + 30s);
  EXPECT_TRUE(rests(lender, 0));
  EXPECT_EQ(lender.states()[0].cause, "key_revoked_or_invalid.revoked");
}

TEST(Blame, WhatWasServedBetweenOrLiesLongBackConfirmsNothing) {
  const Settings settings = settings_of({"", ""});
  Lender lender(settings);
  refuse(lender, 0, "key_revoked_or_invalid", 401, kAsker);
  lender.note_taken(0, kNow + 1s);
  refuse(lender, 0, "key_revoked_or_invalid", 401, kAsker, kNow + 2s);
  EXPECT_FALSE(rests(lender, 0, kNow + 2s));
  refuse(lender, 0, "credit_exhausted", 400, kOther, kNow + 3s);
  EXPECT_FALSE(rests(lender, 0, kNow + 3s)) << "another cause";
  refuse(lender, 0, "credit_exhausted", 400, kOther, kNow + 3s + limits::kSuspicion + 1s);
  EXPECT_FALSE(rests(lender, 0, kNow + 3s + limits::kSuspicion + 1s));
}

TEST(Blame, ServedByAnotherCredentialTheFirstOneIsAtFault) {
  const Settings settings = settings_of({"", ""});
  Lender lender(settings);
  const Blamed blamed{0, effect_of("key_expired", 401, {}, kToday), "key_expired"};
  lender.note(blamed, kAsker, kNow);
  lender.note_served_elsewhere(blamed, kAsker, kNow);
  EXPECT_TRUE(rests(lender, 0));
  EXPECT_FALSE(rests(lender, 1));
}

// A tenant asks for a model that the account may not use, as often as it likes.
TEST(Blame, OneTenantsForbiddenRequestsRestNobodyForTheOthers) {
  const Settings settings = settings_of({"", ""});
  for (const char* const cause : {"workspace_or_org_mismatch", "key_revoked_or_invalid", "workspace_or_org_mismatch.scope_missing"}) {
    Lender lender(settings);
    for (int i = 0; i < 50; ++i) {
      const Asker asker = asker_of("hostile", "/v1/messages", "claude-" + std::to_string(i));
      refuse(lender, 0, cause, 403, asker, kNow + i * 1s);
      refuse(lender, 0, cause, 403, asker_of("friend-of-it", "/v1/messages", "claude-" + std::to_string(i)), kNow + i * 1s);
      EXPECT_TRUE(lender.states()[0].cause.empty()) << "and nobody is told that it was refused";
      EXPECT_FALSE(rests(lender, 0, kNow + i * 1s)) << cause << " of one kind from two keys, and of two from one";
      lender.withdraw(0);
    }
    EXPECT_FALSE(rests_for(lender, kOther.kind, kNow + 50s));
  }
}

TEST(Blame, AForbiddenRequestThatAnotherCredentialServesMovesThereWithItsKindAlone) {
  const Settings settings = settings_of({"", ""});
  Lender lender(settings);
  const Blamed blamed{0, effect_of("workspace_or_org_mismatch", 403, {}, kToday), "workspace_or_org_mismatch"};
  lender.note(blamed, kAsker, kNow);
  lender.note_served_elsewhere(blamed, kAsker, kNow);
  EXPECT_TRUE(lender.kinds_rest(kNow));
  EXPECT_TRUE(rests_for(lender, kAsker.kind));
  EXPECT_FALSE(rests_for(lender, kOther.kind));
  EXPECT_FALSE(rests(lender, 0));
  EXPECT_FALSE(rests_for(lender, kAsker.kind, kNow + 61s));
  EXPECT_FALSE(lender.kinds_rest(kNow + 61s));
}

TEST(Blame, ACredentialThatMayDoNothingRestsOnTheSecondKeysWord) {
  const Settings settings = settings_of({"", ""});
  Lender lender(settings);
  refuse(lender, 0, "workspace_or_org_mismatch", 403, kAsker);
  refuse(lender, 0, "workspace_or_org_mismatch", 403, kOther);
  EXPECT_TRUE(rests(lender, 0));
}

TEST(Blame, ARateLimitRestsItsModelOfTheWholeOrganization) {
  const Settings settings = settings_of({"a", "b", "a"});
  Lender lender(settings);
  refuse_twice(lender, 0, "rate_limit.input_tokens", 429, 30s);
  EXPECT_FALSE(rests(lender, 0));
  EXPECT_TRUE(rests_for(lender, kAsker.kind));
  EXPECT_FALSE(rests_for(lender, kOther.kind));
  for (std::uint64_t session = 0; session < 32; ++session) EXPECT_EQ(lender.choose(session, kNow, kAsker.kind), 1U);
}

TEST(Blame, ManyKindsNeverGrowWhatIsKept) {
  const Settings settings = settings_of({"", ""});
  Lender lender(settings);
  for (int i = 0; i < 1000; ++i) {
    const Asker asker = asker_of("key", "/v1/messages", "model-" + std::to_string(i));
    for (int twice = 0; twice < 2; ++twice) refuse(lender, 0, "rate_limit", 429, asker, kNow + i * 1ms, 60s);
    EXPECT_TRUE(rests_for(lender, asker.kind, kNow + i * 1ms));
  }
}

TEST(Lender, AReloadWakesNoCredentialThatIsTheSame) {
  const Settings before = settings_of({"a", "b", "c"});
  Lender old(before);
  for (std::size_t i = 0; i < 3; ++i) refuse_twice(old, i, "key_revoked_or_invalid");
  Settings after = settings_of({"a", "b", "c", "d"});
  std::swap(after.credentials[0], after.credentials[1]);
  after.credentials[2].value = Secret(std::string("another value"));
  Lender lender(after);
  lender.inherit(old);
  EXPECT_TRUE(rests(lender, 0));
  EXPECT_TRUE(rests(lender, 1));
  EXPECT_EQ(lender.states()[1].cause, "key_revoked_or_invalid");
  EXPECT_FALSE(rests(lender, 2)) << "it was exchanged";
  EXPECT_FALSE(rests(lender, 3)) << "it is new";
}

TEST(Lender, TheSameSessionGetsTheSameCredentialAndSessionsAreSpread) {
  const Settings settings = settings_of({"", "", "", ""});
  const Lender lender(settings);
  std::set<std::size_t> chosen;
  for (int session = 0; session < 100; ++session) {
    const std::uint64_t affinity = affinity_of("default", std::to_string(session));
    const std::size_t first = lender.choose(affinity, kNow);
    EXPECT_EQ(lender.choose(affinity, kNow + 1h), first);
    chosen.insert(first);
  }
  EXPECT_EQ(chosen.size(), 4U);
}

TEST(Lender, OnlyTheSessionsOfARestingCredentialMove) {
  const Settings settings = settings_of({"", "", "", ""});
  Lender lender(settings);
  const Lender before(settings);
  refuse_twice(lender, 2, "key_revoked_or_invalid");
  for (int session = 0; session < 100; ++session) {
    const std::uint64_t affinity = affinity_of("default", std::to_string(session));
    const std::size_t was = before.choose(affinity, kNow);
    const std::size_t is = lender.choose(affinity, kNow);
    EXPECT_NE(is, 2U);
    if (was != 2) {
      EXPECT_EQ(is, was);
    }
    EXPECT_EQ(lender.choose(affinity, kNow + 61s), was);
  }
}

TEST(Lender, WhatBelongsToAnOrganizationRestsAllItsCredentials) {
  const Settings settings = settings_of({"a", "a", "b"});
  Lender lender(settings);
  const Blamed blamed{0, effect_of("credit_exhausted", 400, {}, kToday), "credit_exhausted"};
  EXPECT_EQ(lender.choose_other(1, kNow, kAsker.kind, std::array{blamed}), 2U) << "also before anything rests";
  refuse_twice(lender, 0, "credit_exhausted");
  EXPECT_EQ(lender.choose_other(1, kNow, 0, {}), 2U);
  EXPECT_GT(lender.states()[1].rests_until, kNow);
  EXPECT_EQ(lender.states()[2].rests_until, Tick{});
}

TEST(Lender, WhereAllRestTheFirstToWakeIsAsked) {
  const Settings settings = settings_of({"", ""});
  Lender lender(settings);
  refuse_twice(lender, 0, "rate_limit", 429, 20s);
  refuse_twice(lender, 1, "rate_limit", 429, 10s);
  EXPECT_EQ(lender.choose(7, kNow, kAsker.kind), 1U);
  EXPECT_FALSE(lender.choose_other(7, kNow, kAsker.kind, std::array{Blamed{1, {}, ""}}).has_value());
}

TEST(Effect, WhatTheRequestItselfDidRestsNobody) {
  for (const char* const cause : {"overloaded", "request_too_large_or_invalid", "model_not_found_or_no_access", "other"}) {
    const Effect effect = effect_of(cause, 0, 10s, kToday);
    EXPECT_EQ(effect.scope, Effect::Scope::none) << cause;
    EXPECT_FALSE(effect.another_may_work) << cause;
  }
}

TEST(Effect, TheApisOwnRetryAfterWinsWhereItIsLonger) {
  EXPECT_EQ(effect_of("rate_limit.requests", 0, 30s, kToday).rest, 30s);
  EXPECT_EQ(effect_of("rate_limit.requests", 0, {}, kToday).rest, 1s);
  EXPECT_EQ(effect_of("key_expired", 0, 1s, kToday).rest, 60s);
}

TEST(Effect, ATiersLimitIsAskedForOnceAnHourUntilTheMonthEnds) {
  const Instant late{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1} - 5min};
  EXPECT_EQ(effect_of("spend_limit.usage_tier", 0, {}, kToday).rest, 1h);
  EXPECT_EQ(effect_of("spend_limit.usage_tier", 0, {}, late).rest, 5min);
}

}  // namespace
}  // namespace locksmith::gateway
