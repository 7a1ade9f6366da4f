#include "wire/toml/toml.h"

#include <gtest/gtest.h>

#include "vocabulary/limits/input.h"

namespace locksmith::wire::toml {
namespace {

TEST(Toml, EveryKindKnowsItsLine) {
  const auto value = parse("a = \"x\"\nb = 3\nc = 1.5\n\nd = true\ne = [1, 2]\n[[t]]\nn = 1\n[[t]]\nf = 1979-05-27\n", "some.toml");
  ASSERT_TRUE(value) << value.error().message;
  const auto& members = value->members;
  ASSERT_EQ(members.size(), 6U);
  EXPECT_EQ(members[0].value.text, "x");
  EXPECT_EQ(members[1].value.integer, 3);
  EXPECT_EQ(members[1].value.number, 3.0);
  EXPECT_EQ(members[2].value.number, 1.5);
  EXPECT_TRUE(members[3].value.boolean);
  EXPECT_EQ(members[3].value.line, 5);
  EXPECT_EQ(members[4].value.items.size(), 2U);
  ASSERT_EQ(members[5].name, "t");
  ASSERT_EQ(members[5].value.items.size(), 2U);
  EXPECT_EQ(members[5].value.items[1].members.at(0).value.kind, Kind::other);
  EXPECT_EQ(members[5].value.items[1].members.at(0).value.line, 10);
}

TEST(Toml, MembersComeInTheOrderOfTheirLines) {
  const auto value = parse("zebra = 1\nant = 2\n", "some.toml");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->members[0].name, "zebra");
}

TEST(Toml, WhatIsNoTomlIsRefusedWithItsLineAndWithoutItsText) {
  const auto value = parse("a = 1\nb = hidden-word\n", "some.toml");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code.name(), "toml_invalid");
  EXPECT_EQ(value.error().message, "some.toml:2: this is not TOML.");
}

// The library has an assertion at the first, and takes letters beyond ASCII for impossible in the others.
TEST(Toml, WhatTheLibraryTakesForImpossibleIsAWrongLineToo) {
  for (const std::string_view text : {"a = 1\n\n[[#", "a = 1\n\n[[#\n", "a = 1\n\n[[#]]\nb = 2\n# more\n", "a = 1\n\nb = \xd0\x96\n",
                                      "a = 1\n\nb = 1\xd0\x96\n", "a = 1\n\n\xd0\x96 = 1\n", "a = 1\n\nb\xe2\x84\xa6 = 1\n"}) {
    const auto value = parse(text, "some.toml");
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().message, "some.toml:3: this is not TOML.");
  }
}

TEST(Toml, NothingIsReadTwiceNestedWithoutEndOrTooLarge) {
  EXPECT_FALSE(parse("a = 1\na = 2\n", "f"));
  EXPECT_FALSE(parse("a = " + std::string(5000, '[') + std::string(5000, ']'), "f"));
  const auto deep = [](int parts) {
    std::string name = "a";
    for (int i = 1; i < parts; ++i) name += ".a";
    return name;
  };
  EXPECT_TRUE(parse(deep(2000) + " = 1\n", "f"));
  EXPECT_FALSE(parse(deep(26'000) + " = 1\n", "f"));
  EXPECT_FALSE(parse("b = {" + deep(26'000) + " = 1}\n", "f"));
  EXPECT_FALSE(parse("a = 1\xff\n", "f"));
  EXPECT_FALSE(parse(std::string(limits::kTextFile.value + 1, '#'), "f"));
  EXPECT_TRUE(parse("", "f"));
}

}  // namespace
}  // namespace locksmith::wire::toml
