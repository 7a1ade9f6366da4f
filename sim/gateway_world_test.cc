#include "gateway_world.h"

#include <gtest/gtest.h>

#include "knowledge/knowledge.h"
#include "knowledge/prices.h"

namespace locksmith::sim {
namespace {

class GatewayWorld : public testing::Test {
 protected:
  GatewayRun run(std::uint64_t seed) { return run_gateways(seed, prices, *examiner); }
  model::ledger::PriceList prices = knowledge::read_prices().value();
  std::unique_ptr<model::diagnosis::Examiner> examiner = knowledge::make_examiner().value();
};

TEST_F(GatewayWorld, FiveHundredSeedsHoldEveryPromise) {
  GatewayRun sum;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const GatewayRun one = run(seed);
    for (const std::string& wrong : one.violations) {
      ADD_FAILURE() << "seed " << seed << ": " << wrong << "\n  replay: build/dev/sim/gateway_sim " << seed;
    }
    sum += one;
  }
  // A world in which nothing happens would hold every promise.
  EXPECT_GT(sum.whole, 10'000U);
  EXPECT_GT(sum.refused, 1'000U);
  EXPECT_GT(sum.broke_off, 100U);
  EXPECT_GT(sum.unanswered, 100U);
  EXPECT_GT(sum.left, 100U);
  EXPECT_GT(sum.retries, 100U);
  EXPECT_GT(sum.faults, 5'000U);
}

TEST_F(GatewayWorld, TheSameSeedGivesTheSameTraceAndAnotherSeedAnother) {
  std::uint64_t before = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const GatewayRun one = run(seed);
    EXPECT_EQ(one.hash, run(seed).hash) << seed;
    EXPECT_NE(one.hash, before) << seed;
    before = one.hash;
  }
}

}  // namespace
}  // namespace locksmith::sim
