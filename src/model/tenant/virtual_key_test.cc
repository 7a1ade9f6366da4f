#include "model/tenant/virtual_key.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "vocabulary/limits/settings.h"

namespace locksmith::model::tenant {
namespace {

std::string made(std::uint8_t seed) {
  std::array<std::uint8_t, kKeyRandomBytes> random;
  for (std::size_t i = 0; i < random.size(); ++i) random[i] = static_cast<std::uint8_t>(seed * 7 + i * 31);
  return std::string(make_key_text(random).reveal());
}

TEST(VirtualKeyTest, AMadeKeyIsGood) {
  for (std::uint8_t seed = 0; seed < 255; ++seed) {
    const std::string key = made(seed);
    ASSERT_EQ(key.size(), kKeyLength);
    EXPECT_EQ(examine_key(key), KeyForm::good) << int(seed);
  }
  EXPECT_NE(made(1), made(2));
}

TEST(VirtualKeyTest, TheExtremesOfTheRandomPartFit) {
  std::array<std::uint8_t, kKeyRandomBytes> random{};
  EXPECT_EQ(examine_key(make_key_text(random).reveal()), KeyForm::good);
  random.fill(0xff);
  EXPECT_EQ(examine_key(make_key_text(random).reveal()), KeyForm::good);
}

TEST(VirtualKeyTest, EveryChangedLetterIsSeen) {
  const std::string key = made(9);
  for (std::size_t i = kKeyPrefix.size(); i < key.size(); ++i) {
    std::string changed = key;
    changed[i] = changed[i] == 'a' ? 'b' : 'a';
    EXPECT_EQ(examine_key(changed), KeyForm::wrong_checksum) << i;
    changed[i] = '-';
    EXPECT_EQ(examine_key(changed), KeyForm::wrong_character) << i;
  }
}

TEST(VirtualKeyTest, WhatIsCutDoubledOrForeignIsToldApart) {
  const std::string key = made(3);
  EXPECT_EQ(examine_key(key.substr(0, 40)), KeyForm::wrong_length);
  EXPECT_EQ(examine_key(key + key), KeyForm::wrong_length);
  EXPECT_EQ(examine_key("sk-ant-api03-x"), KeyForm::other_prefix);
  EXPECT_EQ(examine_key(""), KeyForm::other_prefix);
}

TEST(VirtualKeyTest, ANameCanBePrintedInALine) {
  for (const std::string& good : {std::string("a"), std::string("kassé 2 ✓ 🔑"), std::string(limits::kKeyName, 'x')}) {
    EXPECT_TRUE(is_good_name(good)) << good;
    EXPECT_EQ(shown_name(good), good);
  }
  for (const char* const bad : {"", "a\nb", "\x1b[31m", "\x7f", "\xc2\x9b", "\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80"}) {
    EXPECT_FALSE(is_good_name(bad)) << bad;
  }
  EXPECT_FALSE(is_good_name(std::string(limits::kKeyName + 1, 'x')));
  EXPECT_EQ(shown_name("a\nb\x1b[31mé\xff"), "a?b?[31mé?");
  EXPECT_EQ(shown_name(std::string(5000, 'x')), std::string(limits::kKeyName, 'x') + "…");
}

TEST(VirtualKeyTest, StatesHaveStableNames) {
  for (const KeyState state : {KeyState::active, KeyState::suspended, KeyState::revoked}) {
    EXPECT_EQ(key_state(name(state)), state);
  }
  EXPECT_EQ(key_state("deleted"), std::nullopt);
}

}  // namespace
}  // namespace locksmith::model::tenant
