#include "knowledge/knowledge.h"

#include <gtest/gtest.h>

#include "embedded/embedded.h"

namespace locksmith::knowledge {
namespace {

TEST(Wordings, TheEmbeddedOnesAreInOrder) {
  const auto wordings = read_wordings(embedded::find(embedded::data_files(), "wordings.json"));
  ASSERT_TRUE(wordings) << wordings.error().message;
  EXPECT_GT(wordings->size(), 50u);
  for (const auto& meaning : *wordings) {
    EXPECT_FALSE(meaning.phrases.empty()) << meaning.name;
    for (const std::string& phrase : meaning.phrases) {
      // Shorter ones turn up in noise, such as base64.
      model::evidence::NormalText letters;
      letters.append(phrase);
      EXPECT_GE(letters.letters.size(), 5u) << phrase;
    }
  }
  EXPECT_TRUE(make_examiner());
}

TEST(Wordings, AUsersFileIsCheckedBeforeItIsUsed) {
  EXPECT_EQ(read_wordings("{").error().code.name(), "json_invalid");
  EXPECT_EQ(read_wordings("{}").error().code.name(), "data_file_invalid");
  EXPECT_EQ(read_wordings(R"({"schema":"locksmith.wordings/1","meanings":{"a":[1]}})").error().code.name(), "data_file_invalid");
  EXPECT_EQ(read_wordings(R"({"schema":"locksmith.wordings/1","meanings":{}})").error().code.name(), "data_file_invalid");
  EXPECT_TRUE(read_wordings(R"({"schema":"locksmith.wordings/1","meanings":{"a":["b"]}})"));
}

}  // namespace
}  // namespace locksmith::knowledge
