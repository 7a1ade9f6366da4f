// The inputs of `locksmith diagnose`, as a user gives them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/called.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Called diagnose(std::vector<std::string> words) {
  words.insert(words.begin(), "diagnose");
  return call(std::move(words));
}

class DiagnoseInputs : public testing::Test {
 protected:
  OwnFolder own_folder;
  const std::filesystem::path& folder = own_folder.path();
  std::string file(const std::string& name, const std::string& text) const { return own_folder.file(name, text); }
};

const std::string k401 =
    "ERROR Error code: 401 - {'type': 'error', 'error': {'type': 'authentication_error', 'message': 'invalid "
    "x-api-key'}}\n";
const std::string kHead = R"({"log":{"creator":{"name":"WebInspector"},"entries":[)";
const std::string kFailed =
    R"({"startedDateTime":"2026-11-25T10:00:00Z","request":{"method":"POST","url":"https://api.anthropic.com/v1/messages","headers":[]},)"
    R"("response":{"status":529,"headers":[],"content":{"mimeType":"application/json","text":"{\"error\":{\"type\":\"overloaded_error\"}}"}}})";

TEST_F(DiagnoseInputs, ExactlyOneIsWanted) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"--error", "x", "--curl", "y"},
                                                {"--har", "x", "--log", "y"},
                                                {"x", "--symptom", "list"},
                                                {"--jsonl", "--log", "x"}}) {
    const Called ran = diagnose(words);
    EXPECT_EQ(ran.code, 2);
    EXPECT_THAT(ran.err, HasSubstr("input"));
    EXPECT_THAT(ran.out, IsEmpty());
  }
}

TEST_F(DiagnoseInputs, ACurlCommandIsJudgedBeforeItIsSent) {
  const std::string url = "curl https://api.anthropic.com/v1/models -H \"x-api-key: $ANTHROPIC_API_KEY\"";
  const Called bad = diagnose({"--curl", url});
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.out, HasSubstr("version_header.missing"));
  const Called good = diagnose({"--curl", url + " -H 'anthropic-version: 2023-06-01' -H @more"});
  EXPECT_EQ(good.code, 0);
  EXPECT_THAT(good.out, AllOf(HasSubstr("Nothing is wrong with the command"), HasSubstr("it was not read")));
  const Called cut = diagnose({"--curl", url + " -d '{"});
  EXPECT_EQ(cut.code, 2) << "and the rest is diagnosed";
  EXPECT_THAT(cut.err, HasSubstr("Line 1: the ' that opens there is never closed"));
  EXPECT_THAT(cut.out, HasSubstr("version_header.missing"));
  const Called none = diagnose({"--curl", "wget x"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("[curl_invalid]"));
}

TEST_F(DiagnoseInputs, WhatTheUserKnowsCounts) {
  const std::string error = "401 {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid x-api-key\"}}";
  EXPECT_THAT(diagnose({"--error", error}).out, HasSubstr("key_revoked_or_invalid"));
  const Called other = diagnose({"--error", error, "--fact", "works.other-auth-header", "--fact", "account.key-active"});
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.out, HasSubstr("auth_header_format"));
  EXPECT_EQ(diagnose({"--error", error, "--fact", "!works.curl", "--json"}).code, 1);
  const Called unknown = diagnose({"--error", error, "--fact", "works.crul"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("[fact_unknown]"), HasSubstr("works.curl")));
}

TEST_F(DiagnoseInputs, NothingIsAskedWhereNobodySitsInFront) {
  const Called ran = diagnose({"--error", "401 invalid x-api-key"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, Not(HasSubstr("[y, n")));
}

TEST_F(DiagnoseInputs, AHarFileGivesEachFailureOnce) {
  const Called ran = diagnose({"--har", file("a.har", kHead + kFailed + "," + kFailed + "]}}")});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("2 requests are recorded"),
                             HasSubstr("2 times, at 2026-11-25T10:00:00Z"), HasSubstr("overloaded")));
  const Called cut = diagnose({"--har", file("b.har", kHead + kFailed + "," + kFailed.substr(0, 90))});
  EXPECT_EQ(cut.code, 2);
  EXPECT_THAT(cut.err, AllOf(HasSubstr("b.har: line 1"), HasSubstr("breaks off in entry 2")));
  EXPECT_THAT(cut.out, HasSubstr("overloaded"));
  EXPECT_EQ(diagnose({"--har", file("c.har", kHead + "]}}")}).code, 0);
  EXPECT_THAT(diagnose({"--har", file("d.har", "no")}).err, HasSubstr("[har_invalid]"));
}

TEST_F(DiagnoseInputs, ALogSaysWhatFailedHowOftenAndSinceWhen) {
  const std::string log =
      "2026-11-25T09:00:00Z INFO up\n2026-11-25T10:00:00Z " + k401 + "2026-11-25T11:00:00Z " + k401;
  const Called ran = diagnose({"--log", file("a.log", log)});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("3 lines were read"),
                             HasSubstr("2 times, first 2026-11-25T10:00:00Z, last 2026-11-25T11:00:00Z"),
                             HasSubstr("key_revoked_or_invalid")));
  EXPECT_EQ(diagnose({"--log", file("b.log", "all is well\n")}).code, 0);
  EXPECT_THAT(diagnose({"--log", file("c.log", std::string("\x1f\x8b\x08\0x", 5))}).err,
              HasSubstr("[log_not_text]"));
  const Called huge = diagnose({"--log", file("d.log", std::string(5 << 20, 'x') + "\n" + k401)});
  EXPECT_EQ(huge.code, 2);
  EXPECT_THAT(huge.err, HasSubstr("d.log:1: the line is longer than 4 MiB"));
  EXPECT_THAT(huge.out, HasSubstr("key_revoked_or_invalid"));
}

TEST_F(DiagnoseInputs, AnotherServicesErrorIsNotTakenForClaudes) {
  for (const std::string text : {"password authentication failed for user postgres", "stripe: 401 Invalid API Key provided",
                                 "401 Client Error: Unauthorized for url: https://api.example.com/v2/users"}) {
    const Called ran = diagnose({"--error", text});
    EXPECT_EQ(ran.code, 3) << text;
    EXPECT_THAT(ran.err, AllOf(HasSubstr("[error_not_of_claude]"), HasSubstr("evidence document")));
  }
  EXPECT_EQ(diagnose({"--error", "401 Invalid API key"}).code, 1) << "nobody is named: most clients do not say whom they asked";
  const Called log = diagnose({"--log", file("other.log", "ERROR stripe: status code: 401 Invalid API Key provided\n")});
  EXPECT_EQ(log.code, 3);
  EXPECT_THAT(log.out, AllOf(HasSubstr("speaks of Stripe"), Not(HasSubstr("key_revoked"))));
}

TEST_F(DiagnoseInputs, AnErrorThatIsDeniedIsNotTheError) {
  const std::string seen = "Anthropic API: I get 401";
  EXPECT_THAT(diagnose({"--error", seen + ", and it says 'credit balance is too low'"}).out, HasSubstr("credit_exhausted"));
  const Called denied = diagnose({"--error", seen + ", it is not the 'credit balance is too low' error"});
  EXPECT_THAT(denied.out, AllOf(HasSubstr("key_revoked_or_invalid"), Not(HasSubstr("credit_exhausted"))));
}

TEST_F(DiagnoseInputs, ForMachinesThereIsOneDocument) {
  wire::json::Reader reader;
  const Called log = diagnose({"--json", "--log", file("a.log", "2026-11-25T10:00:00Z " + k401)});
  auto root = reader.parse(log.out);
  ASSERT_TRUE(root) << log.out;
  EXPECT_EQ((*root)["schema"].string_or(""), "locksmith.diagnoses/1");
  EXPECT_EQ((*root)["input"].string_or(""), "log");
  EXPECT_EQ((*root)["verdict"].string_or(""), "problem");
  (*root)["diagnoses"].for_each_element([](wire::json::Value c) {
    EXPECT_EQ(c["count"].as_integer(), 1);
    EXPECT_EQ(c["first"].string_or(""), "2026-11-25T10:00:00Z");
    EXPECT_EQ(c["evidence"]["error"]["status"].as_integer(), 401);
  });
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--json", "--curl", "curl x"},
                                                {"--json", "--har", file("a.har", kHead + kFailed + "]}}")},
                                                {"--json", "--symptom", "list"},
                                                {"--json", "--symptom", "blank-page"}}) {
    const Called ran = diagnose(words);
    root = reader.parse(ran.out);
    ASSERT_TRUE(root) << ran.out;
    EXPECT_THAT(std::string((*root)["schema"].string_or("")), HasSubstr("locksmith."));
  }
}

TEST_F(DiagnoseInputs, NothingSecretComesOut) {
  const std::string key = "sk-ant-api03-" + std::string(93, 'q') + "AA";
  for (const bool json : {false, true}) {
    std::string out;
    for (const auto& [option, value] : std::vector<std::pair<std::string, std::string>>{
             {"--curl", "curl https://u:" + key + "@h -H 'x-api-key: " + key + "' -H '" + key + "' " + key},
             {"--log", file("a.log", "x-api-key: " + key + " " + k401)},
             {"--error", "401 " + key}}) {
      std::vector<std::string> words{option, value};
      if (json) words.insert(words.begin(), "--json");
      const Called ran = diagnose(words);
      out += ran.out + ran.err;
    }
    EXPECT_THAT(out, Not(HasSubstr("qqqqqqqq")));
  }
}

TEST_F(DiagnoseInputs, ASymptomSaysWhatToTest) {
  const Called one = diagnose({"--symptom", "blank-page"});
  EXPECT_EQ(one.code, 3);
  EXPECT_THAT(one.out, AllOf(HasSubstr("private window"), HasSubstr("another network"), HasSubstr("HAR"),
                             HasSubstr("support")));
  EXPECT_EQ(diagnose({"--symptom", "list"}).code, 0);
  const Called unknown = diagnose({"--symptom", "blank"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("[symptom_unknown]"), HasSubstr("blank-page")));
}

TEST_F(DiagnoseInputs, ACommandToPlainHttpOrWithAnUnknownVersionIsNotHealthy) {
  const auto command = [](const std::string& url, const std::string& version) {
    return diagnose({"--json", "--curl", "curl " + url + "/v1/models -H \"x-api-key: $ANTHROPIC_API_KEY\" -H \"anthropic-version: " + version + "\""});
  };
  EXPECT_EQ(command("https://api.anthropic.com", "2023-06-01").code, 0);
  EXPECT_EQ(command("https://api.anthropic.com", "2026-10-21").code, 0);
  EXPECT_EQ(command("https://api.anthropic.com", "$VERSION").code, 0) << "what the variable holds is not known";
  const Called plain = command("http://api.anthropic.com", "2023-06-01");
  EXPECT_EQ(plain.code, 1);
  EXPECT_THAT(plain.out, HasSubstr("wrong_endpoint"));
  const Called version = command("https://api.anthropic.com", "2024-01-01");
  EXPECT_EQ(version.code, 1);
  EXPECT_THAT(version.out, HasSubstr("version_header.invalid"));
}

}  // namespace
}  // namespace locksmith::cli
