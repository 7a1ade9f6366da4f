#include "model/limit/gcra.h"

#include <gtest/gtest.h>

namespace locksmith::model::limit {
namespace {

int admitted_in(const Rate& rate, Duration span, Duration step, Tick start = Tick(1h)) {
  Tick arrival{};
  int count = 0;
  for (Duration at{}; at < span; at += step) {
    const Admission admission = admit(rate, arrival, start + at);
    arrival = admission.arrival;
    count += admission.admitted ? 1 : 0;
  }
  return count;
}

TEST(GcraTest, AdmitsTheBurstAndThenTheSteadyRate) {
  const Rate rate = rate_of(60, 1min, 10);
  EXPECT_EQ(admitted_in(rate, 1ms, 10us), 10);         // 100 at once
  EXPECT_EQ(admitted_in(rate, 1min, 10ms), 10 + 59);   // 6000 in a minute
}

TEST(GcraTest, NoWindowEverHoldsMoreThanRateAndBurst) {
  const Rate rate = rate_of(100, 10s, 5);
  Tick arrival{};
  std::vector<Tick> admitted;
  for (Duration at{}; at < 60s; at += 7ms) {
    const Admission admission = admit(rate, arrival, Tick(1h) + at);
    arrival = admission.arrival;
    if (admission.admitted) admitted.push_back(Tick(1h) + at);
  }
  for (std::size_t i = 0, j = 0; j < admitted.size(); ++j) {
    while (admitted[j] - admitted[i] > 10s) ++i;
    EXPECT_LE(j - i + 1, 105U);
  }
}

TEST(GcraTest, TheWaitIsExact) {
  const Rate rate = rate_of(60, 1min, 1);
  const Tick now = Tick(1h);
  const Admission first = admit(rate, Tick{}, now);
  const Admission second = admit(rate, first.arrival, now + 300ms);
  ASSERT_FALSE(second.admitted);
  EXPECT_EQ(second.wait, 700ms);
  EXPECT_FALSE(admit(rate, first.arrival, now + 999ms).admitted);
  EXPECT_TRUE(admit(rate, first.arrival, now + 1000ms).admitted);
}

TEST(GcraTest, SeveralUnitsCountAsSeveral) {
  const Rate rate = rate_of(1000, 1s, 1000);
  const Tick now = Tick(1h);
  const Admission first = admit(rate, Tick{}, now, 900);
  ASSERT_TRUE(first.admitted);
  EXPECT_FALSE(admit(rate, first.arrival, now, 200).admitted);
  EXPECT_TRUE(admit(rate, first.arrival, now, 100).admitted);
}

TEST(GcraTest, NoLimitIsNoLimit) { EXPECT_EQ(admitted_in(rate_of(0, 1s, 0), 1ms, 1us), 1000); }

}  // namespace
}  // namespace locksmith::model::limit
