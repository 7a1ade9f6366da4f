#include <gtest/gtest.h>

#include "world/loop.h"

namespace locksmith::world {
namespace {

Address v6(std::array<std::uint8_t, 16> bytes) { return {Family::ipv6, bytes, 443}; }

TEST(Address, IsWrittenAsPeopleReadIt) {
  EXPECT_EQ(to_string(Address{Family::ipv4, {127, 0, 0, 1}, 8080}), "127.0.0.1:8080");
  EXPECT_EQ(to_string(v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})), "[::1]:443");
  EXPECT_EQ(to_string(v6({})), "[::]:443");
  EXPECT_EQ(to_string(v6({0x26, 0x07, 0x6b, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10})), "[2607:6bc0::10]:443");
  EXPECT_EQ(to_string(v6({0xfe, 0x80, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0})), "[fe80:0:1::2:0]:443");
}

TEST(Address, KnowsLoopback) {
  EXPECT_TRUE(is_loopback(Address{Family::ipv4, {127, 0, 0, 1}, 1}));
  EXPECT_TRUE(is_loopback(v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})));
  EXPECT_FALSE(is_loopback(Address{Family::ipv4, {10, 0, 0, 1}, 1}));
  EXPECT_FALSE(is_loopback(v6({})));
}

}  // namespace
}  // namespace locksmith::world
