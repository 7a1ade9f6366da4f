#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/intake/evidence_json.h"

namespace locksmith::doctor::intake {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<model::evidence::Evidence> read(std::string_view text) {
  static wire::json::Reader reader;
  const auto root = reader.parse(text);
  if (!root) return std::unexpected(root.error());
  return read_evidence(*root);
}

TEST(EvidenceJson, ReadsEveryMember) {
  const auto e = read(R"({"schema":"locksmith.evidence/1","id":"a","client":{"name":"claude-code","version":"2"},"os":"linux",
    "error":{"status":401,"type":"t","code":"c","text":"x","transport":"FIN","body":"json","headers":{"retry-after":12}},
    "request":{"method":"POST","url":"https://h/v1","headers":{"a":"b"},"model":"m","body_bytes":3},
    "credentials":[{"source":"env:K","state":"set","shape":"api-key","flaws":["quoted"],"length":108,"expires_in_s":-5,"used":true,"tail":"12345"}],
    "settings":{"base_url":"","provider":"p","gateway":"g","proxy":"q","ca_bundle":"c","workspace_id":"set","organization_id":"unset"},
    "stream":{"ended_after_s":1.5,"message_stop":false},"clock_skew_s":-2,"observations":["works.curl"],"unknown":{"x":1}})");
  ASSERT_TRUE(e) << e.error().message;
  EXPECT_EQ(e->error.status, 401);
  EXPECT_EQ(*model::evidence::find_field(e->error.headers, "Retry-After"), "12");
  EXPECT_EQ(e->credentials[0].tail, "2345") << "never more than four characters";
  EXPECT_EQ(e->settings.base_url, "");
  EXPECT_EQ(e->stream->message_stop, false);
  EXPECT_EQ(e->observations, std::vector<std::string>{"works.curl"});
}

TEST(EvidenceJson, SurvivesItsOwnWriter) {
  const auto e = read(R"({"id":"a","error":{"status":529,"text":"q\"uote"},"credentials":[{"source":"ui","state":"set","used":false}],"stream":{"message_stop":true}})");
  ASSERT_TRUE(e);
  std::string first;
  wire::json::Writer one(first);
  write_evidence(one, *e);
  const auto again = read(first);
  ASSERT_TRUE(again) << first;
  std::string second;
  wire::json::Writer two(second);
  write_evidence(two, *again);
  EXPECT_EQ(first, second);
}

TEST(EvidenceJson, NamesTheMemberOfTheWrongType) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"error":{"status":"401"}})", "\"error.status\" should be a number, not a string"},
      {R"({"error":{"status":40100}})", "\"error.status\" should be a status from 0 to 999"},
      {R"({"credentials":[{"used":"yes"}]})", "\"credentials[0].used\" should be true or false"},
      {R"({"credentials":{}})", "\"credentials\" should be an array of objects"},
      {R"({"credentials":["k"]})", "\"credentials[0]\" should be an object"},
      {R"({"observations":[1]})", "\"observations\" should be an array of strings"},
      {R"({"stream":7})", "\"stream\" should be an object"},
      {R"({"request":{"headers":{"a":{}}}})", "\"request.headers.a\" should be a string"},
      {R"([])", "should be an object"}};
  for (const auto& [text, message] : cases) {
    const auto e = read(text);
    ASSERT_FALSE(e) << text;
    EXPECT_EQ(e.error().code.name(), "evidence_invalid");
    EXPECT_THAT(e.error().message, HasSubstr(message));
  }
}

TEST(EvidenceJson, NullIsAbsent) {
  EXPECT_TRUE(read(R"({"id":null,"error":{"status":null,"headers":{"x":null}},"credentials":null,"stream":null})"));
}

TEST(EvidenceJson, ForgetsSecretsWhileReading) {
  const std::string key = "sk-ant-api03-" + std::string(93, 'q') + "AA";
  const auto e = read("{\"error\":{\"text\":\"key " + key + "\"},\"request\":{\"headers\":{\"x-api-key\":\"" + key + "\"}}}");
  ASSERT_TRUE(e);
  std::string out;
  wire::json::Writer writer(out);
  write_evidence(writer, *e);
  EXPECT_THAT(out, Not(HasSubstr("qqqqqqqq")));
}

}  // namespace
}  // namespace locksmith::doctor::intake
