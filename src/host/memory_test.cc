#include "host/memory.h"

#include <gtest/gtest.h>

#include <new>

namespace locksmith::host {
namespace {

// What operator new does where malloc finds nothing, step by step.
TEST(Memory, RunsOutInTwoStepsAndComesBack) {
  EXPECT_EQ(memory_shortage(), Shortage::none);
  set_memory_aside();
  const std::new_handler use = std::get_new_handler();
  ASSERT_NE(use, nullptr);
  for (int round = 0; round < 2; ++round) {
    use();
    EXPECT_EQ(memory_shortage(), Shortage::bodies);
    use();
    EXPECT_EQ(memory_shortage(), Shortage::connections);
    EXPECT_THROW(use(), std::bad_alloc);
    restore_memory();
    EXPECT_EQ(memory_shortage(), Shortage::none) << "there is room again";
  }
  std::set_new_handler(nullptr);
}

TEST(Memory, WhatIsLeftIsKnown) {
  const auto left = memory_left();
  ASSERT_TRUE(left);
  EXPECT_GT(*left, 16_MiB);
}

}  // namespace
}  // namespace locksmith::host
