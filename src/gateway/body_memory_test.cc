#include "gateway/body_memory.h"
#include "vocabulary/limits/gateway.h"

#include <gtest/gtest.h>

#include <vector>

namespace locksmith::gateway {
namespace {

constexpr std::size_t kStep = 1024 * 1024;

// Takes until there is no more for this part.
std::uint64_t fill(BodyPart& part) {
  std::uint64_t taken = 0;
  while (part.take(kStep)) taken += kStep;
  return taken;
}

TEST(BodyMemory, NoKeyHoldsMoreThanWhatIsLeftForOthers) {
  BodyMemory memory;
  std::vector<BodyPart> parts;
  std::vector<int> keys(8);
  std::uint64_t all = 0;
  for (int& key : keys) {
    BodyPart& part = parts.emplace_back(memory, &key);
    const std::uint64_t taken = fill(part);
    EXPECT_GT(taken, 0U) << "each key that comes later still finds some";
    all += taken;
    EXPECT_LE(taken, limits::kBodyMemory.value - all);
  }
  EXPECT_EQ(memory.held(), all);
  parts.clear();
  EXPECT_EQ(memory.held(), 0U);
}

// Bodies of one key are one share, however many requests they are spread over.
TEST(BodyMemory, AKeysRequestsShare) {
  BodyMemory memory;
  int key = 0;
  std::vector<BodyPart> parts;
  std::uint64_t all = 0;
  for (int i = 0; i < 1000; ++i) {
    BodyPart& part = parts.emplace_back(memory, &key);
    if (part.take(kStep)) all += kStep;
  }
  EXPECT_EQ(all, limits::kBodyMemory.value / 2);
  BodyPart beside = parts.front().beside();
  EXPECT_FALSE(beside.take(kStep));
  parts.pop_back();
  parts.front() = BodyPart();
  EXPECT_TRUE(beside.take(kStep));
}

TEST(BodyMemory, KeysWithoutARequestAreForgotten) {
  BodyMemory memory;
  std::vector<int> keys(limits::kKeptShares + 10);
  BodyPart stays(memory, &keys[0]);
  for (int& key : keys) BodyPart(memory, &key).take(1);
  memory.tidy();
  EXPECT_TRUE(stays.take(kStep));
  EXPECT_EQ(memory.share_of(&keys[0]).held, kStep);
}

TEST(BodyMemory, WithoutAKeyThereIsNone) { EXPECT_FALSE(BodyPart().take(1)); }

}  // namespace
}  // namespace locksmith::gateway
