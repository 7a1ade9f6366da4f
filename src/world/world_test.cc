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

TEST(Address, WhatItWritesItReads) {
  for (const char* text : {"127.0.0.1:8080", "0.0.0.0:0", "[::1]:443", "[::]:65535", "[2607:6bc0::10]:443",
                           "[fe80:0:1::2:0]:1", "[1:2:3:4:5:6:7:8]:9"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
  EXPECT_EQ(to_string(*parse_ip("::ffff:1.2.3.4", 5)), "[::ffff:102:304]:5");
}

TEST(Address, RefusesWhatIsNone) {
  for (const char* text : {"", "1.2.3.4", "1.2.3:1", "1.2.3.4.5:1", "256.1.1.1:1", "01.2.3.4:1", "1.2.3.4:65536",
                           "1.2.3.4:", "::1:443", "[::1:443", "[1::2::3]:1", "[1:2:3:4:5:6:7:8:9]:1", "[12345::]:1",
                           "localhost:1", "[1:2:]:1", "[:1]:1"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Address, KnowsLoopback) {
  EXPECT_TRUE(is_loopback(Address{Family::ipv4, {127, 0, 0, 1}, 1}));
  EXPECT_TRUE(is_loopback(v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})));
  EXPECT_FALSE(is_loopback(Address{Family::ipv4, {10, 0, 0, 1}, 1}));
  EXPECT_FALSE(is_loopback(v6({})));
}

}  // namespace
}  // namespace locksmith::world
