#include "sick_world.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "knowledge/knowledge.h"
#include "vocabulary/limits/doctor.h"

namespace locksmith::sim {
namespace {

const model::diagnosis::Examiner& examiner() {
  static const auto instance = knowledge::make_examiner();
  return **instance;
}

bool names(const SickWorld& world, const Planted& fault, std::size_t among) {
  for (std::size_t i = 0; i < std::min(among, world.named.size()); ++i) {
    if (std::ranges::find(fault.causes, world.named[i]) != fault.causes.end()) return true;
  }
  return false;
}

std::string words(const SickWorld& world) {
  std::string text;
  for (const Planted& fault : world.faults) text += fault.name + " ";
  text += "->";
  for (const std::string& cause : world.named) text += " " + cause;
  return text;
}

constexpr std::uint64_t kSeeds = 500;

TEST(SickWorld, HealthyWorldsAreCalledHealthy) {
  for (std::uint64_t seed = 1; seed <= kSeeds / 5; ++seed) {
    const SickWorld world = examine_world(seed, 0, examiner());
    EXPECT_TRUE(world.healthy) << "seed " << seed << ": " << words(world);
    EXPECT_LT(world.took, std::chrono::seconds(3)) << "seed " << seed;
  }
}

TEST(SickWorld, ASingleFaultIsNamedFirst) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const SickWorld world = examine_world(seed, 1, examiner());
    EXPECT_TRUE(names(world, world.faults[0], 1)) << "seed " << seed << ": " << words(world);
    EXPECT_LE(world.took, limits::kExamination + std::chrono::milliseconds(500)) << "seed " << seed << ": " << words(world);
  }
}

TEST(SickWorld, OfTwoFaultsBothStandAmongThree) {
  std::uint64_t right = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const SickWorld world = examine_world(seed, 2, examiner());
    const bool both = names(world, world.faults[0], 3) && names(world, world.faults[1], 3);
    right += both;
    if (!both) printf("  seed %lu: %s\n", static_cast<unsigned long>(seed), words(world).c_str());
  }
  EXPECT_GE(right * 100, kSeeds * 95);
}

TEST(SickWorld, TheSameSeedGivesTheSameWorld) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const SickWorld a = examine_world(seed, 2, examiner());
    const SickWorld b = examine_world(seed, 2, examiner());
    EXPECT_EQ(words(a), words(b));
    EXPECT_EQ(a.took, b.took);
  }
}

}  // namespace
}  // namespace locksmith::sim
