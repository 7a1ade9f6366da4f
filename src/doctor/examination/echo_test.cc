#include "doctor/examination/echo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace locksmith::doctor::examination {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Echo : public testing::Test {
 protected:
  Echo() {
    plan.headers = {{"Accept", "application/json"}, {"anthropic-version", "2023-06-01"}};
    plan.credentials.emplace_back("x-api-key", Secret(key));
  }
  static FieldPrint field(std::string name, std::string_view value) { return {std::move(name), "", print_of(value)}; }
  Changes arrived(std::vector<FieldPrint> fields, std::string path = "/v1/models") {
    return compare_fields(prints_of(plan), "/v1/models", {"GET", std::move(path), std::move(fields)},
                          {{"x-api-key", print_of(key)}, {"authorization", print_of("Bearer " + key)}});
  }
  const std::string key = "sk-ant-api03-" + std::string(93, 'e') + "AA";
  upstream::Plan plan;
  FieldPrint accept = field("accept", "application/json");
  FieldPrint version = field("anthropic-version", "2023-06-01");
  FieldPrint api_key = field("x-api-key", key);
};

TEST_F(Echo, WhatArrivesAsItWasSentIsNoChange) {
  const Changes changes = arrived({accept, version, api_key, field("host", "other.test"), field("connection", "close")});
  EXPECT_THAT(changes.sentences, IsEmpty());
  EXPECT_THAT(changes.observations, IsEmpty());
}

TEST_F(Echo, AHeaderThatIsGoneIsNamed) {
  const Changes changes = arrived({accept, version});
  EXPECT_THAT(changes.sentences, ElementsAre("x-api-key is removed"));
  EXPECT_THAT(changes.observations, ElementsAre("gateway.drops-header"));
  EXPECT_THAT(arrived({version, api_key}).observations, IsEmpty()) << "accept decides nothing";
}

TEST_F(Echo, AKeyInAnotherHeaderIsRenamed) {
  const Changes changes = arrived({accept, version, field("authorization", "Bearer " + key)});
  EXPECT_THAT(changes.sentences, ElementsAre("x-api-key arrives as authorization"));
  EXPECT_THAT(changes.observations, ElementsAre("gateway.drops-header", "gateway.adds-header"));
}

TEST_F(Echo, AnotherKeyIsTheGatewaysOwn) {
  const Changes changes = arrived({accept, version, field("x-api-key", "another")});
  EXPECT_THAT(changes.sentences, ElementsAre(HasSubstr("x-api-key is changed from sha256")));
  EXPECT_THAT(changes.observations, ElementsAre("gateway.default-key"));
  for (const std::string& sentence : changes.sentences) EXPECT_THAT(sentence, Not(HasSubstr("eeee")));
}

TEST_F(Echo, AddedAndChangedHeadersAndPaths) {
  const Changes changes = arrived({accept, field("anthropic-version", "2022-01-01"), api_key, field("anthropic-beta", "x"), field("x-forwarded-for", "10.0.0.1")}, "/models");
  EXPECT_THAT(changes.sentences, ElementsAre(HasSubstr("anthropic-version is changed from \"2023-06-01\""), HasSubstr("anthropic-beta is added"),
                                             "x-forwarded-for is added", "the path arrives as /models"));
  EXPECT_THAT(changes.observations, ElementsAre("gateway.drops-header", "gateway.adds-header", "gateway.rewrites-path"));
}

TEST_F(Echo, TheEmulatorsDocumentIsRead) {
  EXPECT_FALSE(read_received("{}"));
  EXPECT_FALSE(read_received("<html>"));
  const auto received = read_received(R"({"schema":"locksmith.emulator-requests/1","requests":[
    {"number":7,"method":"GET","path":"/v1/models","fields":[{"name":"Old","value":"1"}]},
    {"number":9,"method":"GET","path":"/v1/models","fields":[{"name":"Host","value":"h"},{"name":"X-Api-Key","sha256":"ab"}]}]})");
  ASSERT_TRUE(received);
  EXPECT_EQ(received->last, 9);
  const Arrived* found = find_arrived(*received, 7, "GET", "/models");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->fields.at(1).name, "x-api-key");
  EXPECT_EQ(found->fields.at(0).sha256, print_of("h"));
  EXPECT_EQ(find_arrived(*received, 9, "GET", "/models"), nullptr);
}

}  // namespace
}  // namespace locksmith::doctor::examination
