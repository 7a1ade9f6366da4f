// What readers of foreign texts share: characters, trimming, base64, percent-encoding.
#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <string>

#include "vocabulary/base64.h"
#include "vocabulary/text.h"

namespace locksmith {
namespace {

TEST(Character, TheTestsAreThoseOfTheCLocaleForEveryByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(is_digit(c), byte < 0x80 && std::isdigit(byte) != 0) << byte;
    EXPECT_EQ(is_lower(c), byte < 0x80 && std::islower(byte) != 0) << byte;
    EXPECT_EQ(is_upper(c), byte < 0x80 && std::isupper(byte) != 0) << byte;
    EXPECT_EQ(is_letter_or_digit(c), byte < 0x80 && std::isalnum(byte) != 0) << byte;
    EXPECT_EQ(is_hex_digit(c), byte < 0x80 && std::isxdigit(byte) != 0) << byte;
    EXPECT_EQ(lower_case(c), byte < 0x80 ? static_cast<char>(std::tolower(byte)) : c) << byte;
    EXPECT_EQ(upper_case(c), byte < 0x80 ? static_cast<char>(std::toupper(byte)) : c) << byte;
  }
}

TEST(Text, IsTrimmedOfWhatIsToGoAndOfNothingInside) {
  EXPECT_EQ(trimmed(" \r\n\ta b\t\n "), "a b");
  EXPECT_EQ(trimmed(" a\n", is_blank), "a\n");
  EXPECT_EQ(trimmed_left("  a ", is_blank), "a ");
  EXPECT_EQ(trimmed_right("  a ", is_blank), "  a");
  EXPECT_EQ(trimmed(" \n "), "");
}

TEST(Text, CountsCharactersAndNotBytes) {
  EXPECT_EQ(count_characters("a–é✓"), 4U);
}

TEST(Text, PercentEncodingIsUndoneWhereItIsWhole) {
  EXPECT_EQ(percent_decoded("%41%2f%2F+a"), "A//+a");
  for (const char* const part : {"%", "%4", "a%4g", "%%", "%g1"}) EXPECT_EQ(percent_decoded(part), part);
}

struct Encoded {
  std::string_view plain, base64;
};
// RFC 4648 section 10.
constexpr std::array<Encoded, 7> kVectors{{{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}}};

TEST(Base64, WritesAndReadsTheVectorsOfItsRfc) {
  for (const auto& [plain, base64] : kVectors) {
    EXPECT_EQ(to_base64(plain), base64);
    EXPECT_EQ(from_base64(base64), plain);
    EXPECT_EQ(from_base64(base64.substr(0, base64.find('='))), plain) << "without padding";
  }
}

TEST(Base64, EveryByteComesBackAtEveryPlace) {
  std::string bytes;
  for (int i = 0; i < 3 * 256; ++i) bytes += static_cast<char>(i / 3 + i % 3 * 85);
  for (std::size_t from = 0; from < 3; ++from) EXPECT_EQ(from_base64(to_base64(bytes.substr(from))), bytes.substr(from));
}

TEST(Base64, BothAlphabetsAreReadAndNothingElse) {
  EXPECT_EQ(from_base64("-_-_"), from_base64("+/+/"));
  for (const char* const text : {"Zm9v Zm9v", "Zm=v", "Zm9v\n", "é"}) EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace locksmith
