#include <gtest/gtest.h>

#include "wire/digest/sha256.h"

namespace locksmith::wire::digest {
namespace {

// The examples of FIPS 180-4 and of NIST's SHA-256 page, and each length around the padding's edges against itself.
TEST(Sha256, GivesTheStandardsResults) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, TheProcessorsInstructionsAgreeWithThePortableForm) {
  std::string text;
  for (int length = 0; length < 300; ++length, text += static_cast<char>(length * 37)) {
    ASSERT_EQ(sha256(text), sha256_portable(text)) << length;
  }
  EXPECT_EQ(to_hex(sha256_portable("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, HexIsRead) {
  const Sha256 digest = sha256("x");
  EXPECT_EQ(from_hex(to_hex(digest)), digest);
  EXPECT_FALSE(from_hex("12"));
  EXPECT_FALSE(from_hex(std::string(64, 'g')));
}

}  // namespace
}  // namespace locksmith::wire::digest
