#include "knowledge/knowledge.h"

#include <gtest/gtest.h>

#include "embedded/embedded.h"
#include "knowledge/api.h"
#include "knowledge/services.h"
#include "knowledge/symptoms.h"

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

TEST(Api, KnowsItsVersionsPathsAndWhatIsRetired) {
  const auto api = read_api();
  ASSERT_TRUE(api) << api.error().message;
  EXPECT_TRUE(api->has_version("2023-06-01"));
  EXPECT_FALSE(api->has_version("2024-10-22"));
  for (const char* path : {"/v1/messages", "/v1/messages/count_tokens", "/v1/models/claude-x"}) EXPECT_TRUE(api->has_path(path)) << path;
  for (const char* path : {"/v1/message", "/v1/messages/", "/messages", "/", ""}) EXPECT_FALSE(api->has_path(path)) << path;
  EXPECT_TRUE(api->is_retired("claude-2.1"));
  EXPECT_TRUE(api->is_retired("claude-3-opus-20240229"));
  EXPECT_FALSE(api->is_retired("claude-sonnet-5"));
  EXPECT_EQ(read_api("{}").error().code.name(), "data_file_invalid");
}

TEST(Services, OfTheProgramAreInOrderAndAUsersAreChecked) {
  const auto services = read_services();
  ASSERT_TRUE(services) << services.error().message;
  for (const auto& service : *services) {
    EXPECT_FALSE(service.phrases.empty()) << service.name;
    for (const std::string& phrase : service.phrases) {
      model::evidence::NormalText letters;
      letters.append(phrase);
      EXPECT_GE(letters.letters.size(), 5u) << phrase;
    }
  }
  const auto neighbours = read_neighbours();
  ASSERT_TRUE(neighbours) << neighbours.error().message;
  EXPECT_FALSE(neighbours->empty());
  EXPECT_EQ(read_services("{}").error().code.name(), "data_file_invalid");
  EXPECT_EQ(read_services(R"({"schema":"locksmith.services/1","services":{}})").error().code.name(), "data_file_invalid");
}

TEST(Symptoms, OfTheProgramAreWhole) {
  const auto symptoms = read_symptoms();
  ASSERT_TRUE(symptoms) << symptoms.error().message;
  EXPECT_GE(symptoms->size(), 6U);
  for (const Symptom& symptom : *symptoms) EXPECT_GE(symptom.steps.size(), 3U) << symptom.name;
}

TEST(Symptoms, AUsersFileIsCheckedBeforeItIsUsed) {
  const auto code = [](std::string_view json) { return std::string(read_symptoms(json).error().code.name()); };
  EXPECT_EQ(code("{"), "json_invalid");
  EXPECT_EQ(code("{}"), "data_file_invalid");
  const std::string start = R"({"schema":"locksmith.symptoms/1","symptoms":[{"name":"a","title":"b","means":"c","har_proves":["d"],"wait_when":"e","write_when":"f","steps":[{"try":"g","if_it_helps":"h","causes":[)";
  EXPECT_TRUE(read_symptoms(start + "\"overloaded\"]}]}]}"));
  EXPECT_EQ(code(start + "\"no_such_cause\"]}]}]}"), "data_file_invalid");
  EXPECT_EQ(code(R"({"schema":"locksmith.symptoms/1","symptoms":[{"name":"a"}]})"), "data_file_invalid");
}

}  // namespace
}  // namespace locksmith::knowledge
