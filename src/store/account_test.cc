#include "store/account.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "vocabulary/limits/gateway.h"

namespace locksmith::store {
namespace {

constexpr Tick kNow{1h};
using Room = Account::Room;

TEST(AccountTest, AHoldCountsUntilItIsSettled) {
  Account account;
  const KeyLimits limits{.requests = {}, .concurrent = 0, .spend = Money{100}};
  EXPECT_EQ(account.hold(limits, Money{60}), Room::enough);
  EXPECT_EQ(account.hold(limits, Money{60}), Room::held);
  EXPECT_EQ(account.hold(limits, Money{40}), Room::enough);
  account.settle(Money{60}, Money{10});
  EXPECT_EQ(account.hold(limits, Money{50}), Room::enough);
  EXPECT_EQ(account.hold(limits, Money{1}), Room::held);
  EXPECT_EQ(account.hold(limits, Money{91}), Room::spent) << "also where all that is held comes free";
  EXPECT_EQ(account.hold(limits, Money{}), Room::enough);
  account.settle(Money{90}, Money{100});
  EXPECT_EQ(account.hold(limits, Money{1}), Room::spent);
  EXPECT_EQ(account.hold(limits, Money{}), Room::enough) << "what is free stays free";
}

TEST(AccountTest, APlaceCountsUntilItIsLeft) {
  Account account;
  const KeyLimits limits{.requests = {}, .concurrent = 2, .spend = {}};
  EXPECT_EQ(account.enter(limits, kNow).refusal, Account::Refusal::none);
  EXPECT_EQ(account.enter(limits, kNow).refusal, Account::Refusal::none);
  EXPECT_EQ(account.enter(limits, kNow).refusal, Account::Refusal::concurrency);
  account.leave();
  EXPECT_EQ(account.enter(limits, kNow).refusal, Account::Refusal::none);
}

TEST(AccountTest, ARefusalLeavesNothingBehind) {
  Account account;
  const KeyLimits limits{.requests = model::limit::rate_of(60, 1min, 1), .concurrent = 5, .spend = Money{100}};
  EXPECT_EQ(account.enter(limits, kNow).refusal, Account::Refusal::none);
  const Account::Held held = account.enter(limits, kNow);
  EXPECT_EQ(held.refusal, Account::Refusal::rate);
  EXPECT_EQ(held.wait, 1s);
  EXPECT_EQ(account.in_flight(), 1);
  EXPECT_EQ(account.hold(limits, Money{101}), Room::spent);
  EXPECT_EQ(account.held(), Money{});
}

TEST(AccountTest, ABatchIsSettledOnce) {
  Account account;
  account.settle({}, Money{100});
  account.note_batch("one", Money{60});
  account.settle_batch("another", Money{1});
  EXPECT_EQ(account.spent(), Money{100});
  account.settle_batch("one", Money{20});
  EXPECT_EQ(account.spent(), Money{60});
  account.settle_batch("one", Money{20});
  EXPECT_EQ(account.spent(), Money{60});
  for (std::size_t i = 0; i <= limits::kKeptBatches; ++i) account.note_batch(std::to_string(i), Money{1});
  account.settle_batch(std::to_string(limits::kKeptBatches), Money{});
  EXPECT_EQ(account.spent(), Money{60}) << "one too many stays spent";
  account.settle_batch("0", Money{});
  EXPECT_EQ(account.spent(), Money{59});
}

TEST(AccountTest, ThreadsTogetherNeverOverspend) {
  Account account;
  const KeyLimits limits{.requests = {}, .concurrent = 0, .spend = Money{1000}};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 5000; ++turn) {
        if (account.enter(limits, kNow).refusal != Account::Refusal::none) continue;
        if (account.hold(limits, Money{7}) == Room::enough) account.settle(Money{7}, Money{5});
        account.leave();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(account.spent(), Money{1000});
  EXPECT_GT(account.spent(), Money{1000 - 7 - 5});
  EXPECT_EQ(account.held(), Money{0});
  EXPECT_EQ(account.in_flight(), 0);
}

TEST(AccountsTest, TheSameKeyHasTheSameAccount) {
  Accounts accounts;
  EXPECT_EQ(accounts.of(model::tenant::VirtualKeyId("a")), accounts.of(model::tenant::VirtualKeyId("a")));
  EXPECT_NE(accounts.of(model::tenant::VirtualKeyId("a")), accounts.of(model::tenant::VirtualKeyId("b")));
}

}  // namespace
}  // namespace locksmith::store
