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
  EXPECT_EQ(reserve(key, {.requests = {}, .concurrent = 1, .spend = Money{100}}, Money{60}, Tick{1h}, hold).why, Why::none);
  EXPECT_TRUE(hold.stands());
  EXPECT_EQ(account->held(), Money{60});
  Hold moved = std::move(hold);
  EXPECT_FALSE(hold.stands());  // NOLINT: what is left of it is what this is about
  moved.settle(Money{5});
  EXPECT_FALSE(moved.stands());
  EXPECT_EQ(account->held(), Money{});
  EXPECT_EQ(account->spent(), Money{5});
  EXPECT_EQ(account->in_flight(), 0);
  EXPECT_DEATH(moved.settle(Money{1}), "stands");
}

TEST(HoldDeathTest, CannotBeForgotten) {
  EXPECT_DEATH(
      {
        const auto account = std::make_shared<store::Account>();
        static_cast<void>(account->hold({}, Tick{1h}, Money{1}));
        const Hold hold(account, Money{1});
      },
      "stands");
}

TEST(Reserve, ARefusalSaysWhichLimitAndHoldsNothing) {
  KnownKey key;
  key.account = std::make_shared<store::Account>();
  const store::KeyLimits limits{.requests = model::limit::rate_of(60, 1min, 1), .concurrent = 2, .spend = Money{100}};
  Hold first, second;
  EXPECT_EQ(reserve(key, limits, Money{200}, Tick{1h}, first).why, Why::spend);
  EXPECT_FALSE(first.stands());
  EXPECT_EQ(reserve(key, limits, Money{20}, Tick{1h}, first).why, Why::none);
  const Reserved rated = reserve(key, limits, Money{20}, Tick{1h}, second);
  EXPECT_EQ(rated.why, Why::rate);
  EXPECT_EQ(rated.wait, 1s);
  first.settle({});
  EXPECT_EQ(key.account->held(), Money{});
}

}  // namespace
}  // namespace locksmith::gateway
