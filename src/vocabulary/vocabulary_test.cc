#include <gtest/gtest.h>

#include <string>

#include "vocabulary/assert.h"
#include "vocabulary/bytes.h"
#include "vocabulary/failure.h"
#include "vocabulary/instant.h"
#include "vocabulary/secret.h"
#include "vocabulary/strong.h"
#include "vocabulary/text.h"

namespace locksmith {
namespace {

TEST(Secret, HoldsAndComparesItsBytes) {
  const Secret secret(std::string("sk-ant-") + "made-up");
  EXPECT_EQ(secret.size(), 14u);
  EXPECT_TRUE(secret.equals("sk-ant-made-up"));
  EXPECT_FALSE(secret.equals("sk-ant-made-uq"));
  EXPECT_FALSE(secret.equals("sk-ant-made-u"));
  EXPECT_TRUE(secret.equals(secret.duplicate()));
}

TEST(Secret, MovingLeavesNothingBehind) {
  Secret a("abc");
  Secret b(std::move(a));
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_TRUE(b.equals("abc"));
  a = std::move(b);
  EXPECT_TRUE(b.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_TRUE(a.equals("abc"));
}

TEST(Secret, WipeOverwritesTheMemory) {
  char bytes[] = "not for long";
  wipe(bytes, sizeof bytes);
  for (const char c : bytes) EXPECT_EQ(c, '\0');
}

TEST(Instant, WritesAndReadsHttpDates) {
  const auto instant = from_http_date("Wed, 25 Nov 2026 17:47:55 GMT");
  ASSERT_TRUE(instant);
  EXPECT_EQ(to_http_date(*instant), "Wed, 25 Nov 2026 17:47:55 GMT");
  EXPECT_EQ(to_rfc3339(*instant), "2026-11-25T17:47:55Z");
}

TEST(Instant, RefusesWhatIsNoDate) {
  for (const char* text : {"", "yesterday", "Wed, 25 Nov 2026 17:47:55 UTC", "Wed, 32 Nov 2026 17:47:55 GMT",
                           "Wed, 25 Xxx 2026 17:47:55 GMT", "Wed, 25 Nov 2026 27:47:55 GMT",
                           "Wed, -5 Nov 2026 17:47:55 GMT"}) {
    EXPECT_FALSE(from_http_date(text)) << text;
  }
}

TEST(Words, AreForPeople) {
  EXPECT_EQ(to_words(1500ms), "1.5 s");
  EXPECT_EQ(to_words(Duration(340ms)), "340 ms");
  EXPECT_EQ(to_words(Duration(15us)), "15 µs");
  EXPECT_EQ(to_words(100_MiB), "100 MiB");
  EXPECT_EQ(to_words(ByteCount{1536}), "1.5 KiB");
}

TEST(Failure, CarriesCodeSentenceAndNextStep) {
  const Result<int> result =
      fail(FailureCode("test_only"), "It did not work.", "Try again.", Blame::user);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code.name(), "test_only");
  EXPECT_EQ(result.error().blame, Blame::user);
}

TEST(AssertDeathTest, EndsTheProgramWithThePlace) {
  EXPECT_DEATH(LOCKSMITH_ASSERT(1 == 2), "vocabulary_test.cc:.*assertion failed: 1 == 2");
}

TEST(Text, LowerCaseIsOfAsciiOnly) {
  EXPECT_EQ(lower_case("X-Api-Key: AZ[az]@`{\u00C4"), "x-api-key: az[az]@`{\u00C4");
  EXPECT_EQ(lower_case('Q'), 'q');
}

TEST(Text, TheDistanceOfTwoNamesIsInLetters) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("workers", ""), 7U);
  EXPECT_EQ(edit_distance("wrokers", "workers"), 2U);
  EXPECT_EQ(edit_distance("worker", "workers"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Text, NothingOfATerminalIsLeft) {
  EXPECT_EQ(without_terminal_sequences("a\x1b[1;31mb\x1b[0mc"), "abc");
  EXPECT_EQ(without_terminal_sequences("\x1b]0;title\aa\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\"), "alink");
  EXPECT_EQ(without_terminal_sequences("\x1b(B\x1b[mx\x1bPq\x1b\\y"), "xy") << "tput sgr0 begins so";
  EXPECT_EQ(without_terminal_sequences("\x1b]0;never ended\nnext"), "\nnext") << "a line is all that it may take";
  EXPECT_EQ(without_terminal_sequences("\x1bsk-\x1b\x1b[0mant\x1b[3\n\x1b["), "sk-ant\n") << "a lone escape takes no letter of the text";
}

}  // namespace
}  // namespace locksmith
