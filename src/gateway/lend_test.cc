#include "gateway/lend.h"

#include <gtest/gtest.h>

#include <set>

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
  lender.note(2, effect_of("key_revoked_or_invalid", {}, kToday), "key_revoked_or_invalid", kNow);
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
  lender.note(0, effect_of("credit_exhausted", {}, kToday), "credit_exhausted", kNow);
  EXPECT_EQ(lender.choose_other(1, kNow, 0), 2U);
  EXPECT_GT(lender.states()[1].rests_until, kNow);
  EXPECT_EQ(lender.states()[2].rests_until, Tick{});
}

TEST(Lender, WhereAllRestTheFirstToWakeIsAsked) {
  const Settings settings = settings_of({"", ""});
  Lender lender(settings);
  lender.note(0, effect_of("rate_limit", 20s, kToday), "rate_limit", kNow);
  lender.note(1, effect_of("rate_limit", 10s, kToday), "rate_limit", kNow);
  EXPECT_EQ(lender.choose(7, kNow), 1U);
  EXPECT_FALSE(lender.choose_other(7, kNow, 1).has_value());
}

TEST(Effect, WhatTheRequestItselfDidRestsNobody) {
  for (const char* const cause : {"overloaded", "request_too_large_or_invalid", "model_not_found_or_no_access", "other"}) {
    const Effect effect = effect_of(cause, 10s, kToday);
    EXPECT_EQ(effect.scope, Effect::Scope::none) << cause;
    EXPECT_FALSE(effect.another_may_work) << cause;
  }
}

TEST(Effect, TheApisOwnRetryAfterWinsWhereItIsLonger) {
  EXPECT_EQ(effect_of("rate_limit.requests", 30s, kToday).rest, 30s);
  EXPECT_EQ(effect_of("rate_limit.requests", {}, kToday).rest, 1s);
  EXPECT_EQ(effect_of("key_expired", 1s, kToday).rest, 60s);
}

TEST(Effect, ATiersLimitIsAskedForOnceAnHourUntilTheMonthEnds) {
  const Instant late{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1} - 5min};
  EXPECT_EQ(effect_of("spend_limit.usage_tier", {}, kToday).rest, 1h);
  EXPECT_EQ(effect_of("spend_limit.usage_tier", {}, late).rest, 5min);
}

}  // namespace
}  // namespace locksmith::gateway
