#include <gtest/gtest.h>

#include <string>

#include "host/timers.h"

namespace locksmith::host {
namespace {

Tick at(int milliseconds) { return Tick(std::chrono::milliseconds(milliseconds)); }

TEST(Timers, RunInOrderOfTimeThenOfAdding) {
  Timers timers;
  std::string order;
  timers.add(at(2), [&] { order += 'c'; });
  timers.add(at(1), [&] { order += 'a'; });
  timers.add(at(1), [&] { order += 'b'; });
  timers.add(at(9), [&] { order += '!'; });
  EXPECT_EQ(timers.next(), at(1));
  timers.run_due(at(2));
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(timers.next(), at(9));
}

TEST(Timers, AnActionMayCancelTheNextAndAddAnother) {
  Timers timers;
  std::string order;
  std::uint64_t second = 0;
  timers.add(at(1), [&] {
    timers.cancel(second);
    timers.add(at(1), [&] { order += 'n'; });
  });
  second = timers.add(at(1), [&] { order += '!'; });
  timers.run_due(at(1));
  EXPECT_EQ(order, "");
  timers.run_due(at(1));
  EXPECT_EQ(order, "n");
}

TEST(Timers, AnOldIdDoesNotCancelTheTimerThatTookItsPlace) {
  Timers timers;
  bool ran = false;
  const std::uint64_t old = timers.add(at(1), [] {});
  timers.cancel(old);
  timers.add(at(1), [&] { ran = true; });
  timers.cancel(old);
  timers.run_due(at(1));
  EXPECT_TRUE(ran);
}

TEST(Timers, ManyCancelledDeadlinesAreForgotten) {
  Timers timers;
  int ran = 0;
  for (int i = 0; i < 10000; ++i) timers.cancel(timers.add(at(i), [&] { ++ran; }));
  EXPECT_EQ(timers.next(), std::nullopt);
  timers.add(at(5), [&] { ++ran; });
  timers.run_due(at(20000));
  EXPECT_EQ(ran, 1);
}

}  // namespace
}  // namespace locksmith::host
