#include "gateway/reserve.h"

#include <gtest/gtest.h>

namespace locksmith::gateway {
namespace {

TEST(Hold, EndsExactlyOnce) {
  const auto account = std::make_shared<store::Account>();
  KnownKey key;
  key.account = account;
  Hold hold;
  EXPECT_FALSE(hold.stands());
  EXPECT_EQ(gateway::hold(key, {.requests = {}, .concurrent = 0, .spend = Money{100}}, Money{60}, hold), Why::none);
  EXPECT_TRUE(hold.stands());
  EXPECT_EQ(account->held(), Money{60});
  Hold moved = std::move(hold);
  EXPECT_FALSE(hold.stands());  // NOLINT: what is left of it is what this is about
  moved.settle(Money{5});
  EXPECT_FALSE(moved.stands());
  EXPECT_EQ(account->held(), Money{});
  EXPECT_EQ(account->spent(), Money{5});
  EXPECT_DEATH(moved.settle(Money{1}), "stands");
}

TEST(HoldDeathTest, CannotBeForgotten) {
  EXPECT_DEATH(
      {
        const auto account = std::make_shared<store::Account>();
        static_cast<void>(account->hold({}, Money{1}));
        const Hold hold(account, Money{1});
      },
      "stands");
}

TEST(Place, IsLeftWhenItDies) {
  KnownKey key;
  key.account = std::make_shared<store::Account>();
  const store::KeyLimits limits{.requests = {}, .concurrent = 1, .spend = {}};
  Place second;
  {
    Place first;
    EXPECT_EQ(enter(key, limits, Tick{1h}, first).why, Why::none);
    EXPECT_EQ(enter(key, limits, Tick{1h}, second).why, Why::concurrency);
    const Place moved = std::move(first);
    EXPECT_EQ(key.account->in_flight(), 1);
  }
  EXPECT_EQ(key.account->in_flight(), 0);
  EXPECT_EQ(enter(key, limits, Tick{1h}, second).why, Why::none);
}

TEST(Reserve, ARefusalSaysWhichLimitAndHoldsNothing) {
  KnownKey key;
  key.account = std::make_shared<store::Account>();
  const store::KeyLimits limits{.requests = model::limit::rate_of(60, 1min, 1), .concurrent = 2, .spend = Money{100}};
  Hold money;
  Place first, second;
  EXPECT_EQ(hold(key, limits, Money{200}, money), Why::budget_spent);
  EXPECT_FALSE(money.stands());
  EXPECT_EQ(enter(key, limits, Tick{1h}, first).why, Why::none);
  const Reserved rated = enter(key, limits, Tick{1h}, second);
  EXPECT_EQ(rated.why, Why::rate);
  EXPECT_EQ(rated.wait, 1s);
  EXPECT_EQ(key.account->held(), Money{});
}

}  // namespace
}  // namespace locksmith::gateway
