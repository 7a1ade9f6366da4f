#include "doctor/intake/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/knowledge.h"
#include "vocabulary/limits/input.h"

namespace locksmith::doctor::intake {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const model::diagnosis::Examiner& examiner() {
  static const auto kExaminer = knowledge::make_examiner();
  return **kExaminer;
}

const ErrorOwners& owners() {
  static const auto kOwners = ErrorOwners::make();
  return *kOwners;
}

const Instant kLatest = find_timestamp("2026-11-25T17:47:55Z")->at;

std::vector<LogGroup> read(std::string_view text) {
  LogReader reader(examiner(), owners(), kLatest);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    reader.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.end();
}

std::string stamp(std::string_view line) {
  const auto found = find_timestamp(line);
  return found ? shown(with_year(*found, kLatest)) : "none";
}

TEST(Timestamp, IsReadInTheFormsOfLoggers) {
  EXPECT_EQ(stamp("2026-11-25T17:47:55.123Z x"), "2026-11-25T17:47:55Z");
  EXPECT_EQ(stamp("2026-11-25T17:47:55+01:00 x"), "2026-11-25T16:47:55Z");
  EXPECT_EQ(stamp("2026-11-25 17:47:55,123 - app - ERROR"), "2026-11-25T17:47:55");
  EXPECT_EQ(stamp("2026/11/25 17:47:55 [error] 12#12: *1"), "2026-11-25T17:47:55");
  EXPECT_EQ(stamp("192.0.2.7 - - [25/Nov/2026:17:47:55 +0000] \"POST /v1/messages HTTP/1.1\" 401 2"),
            "2026-11-25T17:47:55Z");
  EXPECT_EQ(stamp("Nov 25 17:47:55 host app[12]: x"), "2026-11-25T17:47:55");
  EXPECT_EQ(stamp("Nov  5 17:47:55 host app[12]: x"), "2026-11-05T17:47:55");
  EXPECT_EQ(stamp("Dec 24 17:47:55 host app[12]: x"), "2025-12-24T17:47:55") << "not in the future";
  EXPECT_EQ(stamp("Wed Nov 25 17:47:55 2020 x"), "2020-11-25T17:47:55");
  EXPECT_EQ(stamp("date: Wed, 25 Nov 2026 17:47:55 GMT"), "2026-11-25T17:47:55Z");
  EXPECT_EQ(stamp("1795628875 x"), "2026-11-25T17:47:55Z");
  EXPECT_EQ(stamp("{\"level\":\"error\",\"ts\":1795628875.25}"), "2026-11-25T17:47:55Z");
  EXPECT_EQ(stamp("{\"time\":1795628875123}"), "2026-11-25T17:47:55Z");
  EXPECT_EQ(stamp("{\"time\":\"2026-11-25T17:47:55Z\"}"), "2026-11-25T17:47:55Z");
  for (const std::string_view line :
       {"", "x 1795628875 x", "2026-13-25T17:47:55Z", "2026-11-25", "Nov 31 17:47:55", "17:47:55"}) {
    EXPECT_EQ(stamp(line), "none") << line;
  }
}

TEST(Log, DistinctFailuresAreCountedWithFirstAndLastTime) {
  const auto groups = read(
      "2026-11-25T10:00:00Z INFO started\n"
      "2026-11-25T10:00:01Z INFO httpx: HTTP Request: POST https://api.anthropic.com/v1/messages \"HTTP/1.1 "
      "200 OK\"\n"
      "2026-11-25T10:00:02Z ERROR Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', "
      "'message': 'Overloaded'}, 'request_id': 'req_011CAAAAAAAAAAAAAAAA'}\n"
      "2026-11-25T10:00:03Z ERROR Error code: 401 - {'type': 'error', 'error': {'type': "
      "'authentication_error', 'message': 'invalid x-api-key'}, 'request_id': 'req_011CBBBBBBBBBBBBBBBB'}\n"
      "2026-11-25T09:59:59Z ERROR Error code: 401 - {'type': 'error', 'error': {'type': "
      "'authentication_error', 'message': 'invalid x-api-key'}, 'request_id': 'req_011CCCCCCCCCCCCCCCCC'}\n"
      "2026-11-25T10:00:09Z INFO done in 401 ms\n");
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].evidence.error.status, 401);
  EXPECT_EQ(groups[0].evidence.error.type, "authentication_error");
  EXPECT_EQ(groups[0].count, 2U);
  EXPECT_EQ(groups[0].first_line, 4U);
  EXPECT_EQ(groups[0].last_line, 5U);
  EXPECT_EQ(shown(*groups[0].first), "2026-11-25T09:59:59Z");
  EXPECT_EQ(shown(*groups[0].last), "2026-11-25T10:00:03Z");
  EXPECT_EQ(groups[1].evidence.error.status, 529);
}

TEST(Log, ATracebackIsOneEntryWithTheTimeOfItsFirstLine) {
  const auto groups = read(
      "2026-11-25 10:00:00,001 ERROR worker failed\n"
      "Traceback (most recent call last):\n"
      "  File \"/app/main.py\", line 3, in call\n"
      "    client.messages.create()\n"
      "anthropic.AuthenticationError: Error code: 401 - {'type': 'error', 'error': {'type': "
      "'authentication_error', 'message': 'invalid x-api-key'}}\n"
      "\n"
      "The above exception was the direct cause of the following exception:\n"
      "\n"
      "Traceback (most recent call last):\n"
      "  File \"/app/main.py\", line 9, in <module>\n"
      "app.ModelFailed: no answer\n"
      "2026-11-25 10:00:01,001 INFO next\n");
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].count, 1U);
  EXPECT_EQ(groups[0].first_line, 1U);
  EXPECT_EQ(shown(*groups[0].first), "2026-11-25T10:00:00");
  EXPECT_THAT(groups[0].evidence.error.text, HasSubstr("ModelFailed"));
}

TEST(Log, PrettyJsonIsOneEntry) {
  const auto groups = read(
      "request failed: {\n  \"type\": \"error\",\n  \"error\": {\n    \"type\": \"invalid_request_error\",\n"
      "    \"message\": \"Your credit balance is too low to access the Anthropic API.\"\n  }\n}\nok\n");
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].evidence.error.type, "invalid_request_error");
  EXPECT_FALSE(groups[0].first);
}

TEST(Log, FailuresWithoutTimesAreNotGluedTogether) {
  const auto groups = read(
      "2026-11-25 10:00:00 start\n"
      "Error: 401 {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid "
      "x-api-key\"}}\n"
      "Error: 529 "
      "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n");
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(shown(*groups[1].first), "2026-11-25T10:00:00") << "the last time before it";
}

TEST(Log, AccessLogsGiveTheStatus) {
  const auto groups = read(
      "192.0.2.7 - - [25/Nov/2026:17:47:55 +0000] \"POST /v1/messages HTTP/1.1\" 200 4012 \"-\" "
      "\"Anthropic/JS 1.12.0\"\n"
      "192.0.2.7 - - [25/Nov/2026:17:47:57 +0000] \"POST /v1/messages HTTP/1.1\" 413 12 \"-\" \"Anthropic/JS "
      "1.12.0\"\n");
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].evidence.error.status, 413);
}

TEST(Log, ClaudeStandsBeforeWhatOnlyMayBeIt) {
  const auto groups = read(
      "connect ECONNREFUSED 192.0.2.1:5432\nconnect ECONNREFUSED 192.0.2.1:5433\n"
      "anthropic.APIConnectionError: Connection error.\n");
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_TRUE(groups[0].names_claude);
  EXPECT_FALSE(groups[1].names_claude);
  EXPECT_EQ(groups[1].count, 2U);
}

TEST(Log, ARunThatEndsAtOnceForNothingIsAFailureWithoutAStatus) {
  const auto groups = read(
      "Run anthropics/claude-code-action@v1\n  with:\n    claude_code_oauth_token: ***\n"
      "{\n  \"type\": \"result\",\n  \"subtype\": \"success\",\n  \"is_error\": true,\n  \"duration_ms\": 1987,\n  \"num_turns\": 1,\n"
      "  \"total_cost_usd\": 0\n}\n");
  ASSERT_EQ(groups.size(), 1U);
  ASSERT_EQ(groups[0].evidence.credentials.size(), 1U) << "what the job was given counts for its failures";
  EXPECT_EQ(groups[0].evidence.credentials[0].source, "ci-secret:CLAUDE_CODE_OAUTH_TOKEN");
  EXPECT_EQ(examiner().examine(groups[0].evidence).findings.at(0).code->cause(), "oauth_expired_or_revoked");
  EXPECT_THAT(read("{\n  \"is_error\": false,\n  \"total_cost_usd\": 0\n}\n"), IsEmpty());
  EXPECT_THAT(read("{\n  \"is_error\": true,\n  \"total_cost_usd\": 0.0123\n}\n"), IsEmpty()) << "it did cost something";
}

TEST(Log, AFailureThatSaysNothingJoinsTheOneBesideItThatDoes) {
  const auto groups = read(
      "[ERROR] API error (attempt 1/11): undefined Connection error.\n"
      "[ERROR] Connection error details: code=UNABLE_TO_GET_ISSUER_CERT, message=unable to get issuer certificate\n"
      "[ERROR] API error (attempt 2/11): undefined Connection error.\n"
      "[ERROR] Connection error details: code=UNABLE_TO_GET_ISSUER_CERT, message=unable to get issuer certificate\n");
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(examiner().examine(groups[0].evidence).findings.at(0).code->cause(), "tls_interception_or_ca");
  const auto apart = read(
      "[ERROR] API error: Connection error.\n[INFO] a\n[INFO] b\n[INFO] c\n[INFO] d\n[INFO] e\n"
      "[ERROR] Claude says: Your credit balance is too low\n");
  EXPECT_EQ(apart.size(), 2U) << "what stands far apart is not one failure";
}

TEST(Log, TheNameThatComposePutsBeforeALineIsNoPartOfIt) {
  const auto groups = read(
      "app-1  | Traceback (most recent call last):\napp-1  |   File \"a.py\", line 3, in call\n"
      "app-1  | anthropic.AuthenticationError: Error code: 401 - {'type': 'error', 'error': {'type': 'authentication_error', 'message': 'invalid x-api-key'}}\n");
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].first_line, 1U);
}

TEST(Log, OrdinaryLinesAreNoFailures) {
  EXPECT_THAT(
      read("2026-11-25 INFO model claude-x answered in 401 ms\nGET /index.html 404\nERROR disk full\n\n\n"),
      IsEmpty());
}

TEST(Log, ExamplesHoldNoSecret) {
  const std::string key = "sk-ant-api03-" + std::string(93, 'q') + "AA";
  const auto groups = read("ERROR 401 authentication_error x-api-key: " + key + "\n");
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_THAT(groups[0].evidence.error.text, Not(HasSubstr("qqqqqq")));
}

TEST(Log, StaysBoundedWhateverComes) {
  LogReader reader(examiner(), owners(), kLatest);
  for (int i = 0; i < 2000; ++i) reader.line("  continued Error code: 401 authentication_error");
  for (int i = 400; i < 600; ++i) {
    for (const std::string_view type : {"authentication_error", "api_error", "overloaded_error"}) {
      reader.line("Error code: " + std::to_string(i) + " " + std::string(type));
    }
  }
  reader.skipped_line();
  EXPECT_TRUE(reader.overflowed());
  const auto groups = reader.end();
  EXPECT_EQ(groups.size(), limits::kLogGroups);
  for (const LogGroup& group : groups) EXPECT_LE(group.evidence.error.text.size(), limits::kLogExample);
}

TEST(Log, SaysWhatItCannotRead) {
  for (const std::string_view start : {std::string_view("\x1f\x8b\x08"), std::string_view("\xFF\xFEx\0", 4),
                                       std::string_view("a\0\0b\0", 5)}) {
    const auto checked = check_log_start(start);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code.name(), "log_not_text");
  }
  EXPECT_TRUE(check_log_start("2026 text"));
  EXPECT_TRUE(check_log_start(""));
}

}  // namespace
}  // namespace locksmith::doctor::intake
