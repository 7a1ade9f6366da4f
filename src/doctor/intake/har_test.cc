#include "doctor/intake/har.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/intake/evidence_json.h"
#include "knowledge/knowledge.h"

namespace locksmith::doctor::intake {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kKey = "sk-ant-api03-" + std::string(93, 'q') + "AA";

struct Entry {
  std::string method = "POST";
  std::string url = "https://api.anthropic.com/v1/messages";
  std::string request_headers = "";  // "name: value" pieces as JSON objects
  std::string post = "{}";
  int status = 200;
  std::string response_headers = "";
  std::string mime = "application/json";
  std::string body = "";
  std::string error = "";
  std::string started = "2026-11-25T10:00:00.000Z";
  std::string kind = "fetch";
};

std::string field(std::string_view name, std::string_view value) {
  return "{\"name\":\"" + std::string(name) + "\",\"value\":\"" + std::string(value) + "\"}";
}
std::string as_json(std::string_view text) {
  std::string out;
  wire::json::append_string(out, text);
  return out;
}

std::string har(const std::vector<Entry>& entries, std::string_view creator = "WebInspector") {
  std::string out = "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"" + std::string(creator) +
                    "\"},\"pages\":[],\n\"entries\":[";
  for (const Entry& e : entries) {
    if (&e != &entries.front()) out += ",\n";
    out += "{\"startedDateTime\":\"" + e.started + "\",\"time\":60000,\"_resourceType\":\"" + e.kind +
           "\",\"request\":{\"method\":\"" + e.method + "\",\"url\":" + as_json(e.url) + ",\"headers\":[" +
           e.request_headers + "],\"bodySize\":-1,\"postData\":{\"text\":" + as_json(e.post) +
           "}},\"response\":{\"status\":" + std::to_string(e.status) + ",\"headers\":[" + e.response_headers +
           "],\"content\":{\"size\":1,\"mimeType\":\"" + e.mime + "\",\"text\":" + as_json(e.body) + "}" +
           (e.error.empty() ? "" : ",\"_error\":" + as_json(e.error)) + "}}";
  }
  return out + "]}}\n";
}

HarReading read(const std::vector<Entry>& entries, std::string_view creator = "WebInspector") {
  auto reading = read_har(har(entries, creator));
  EXPECT_TRUE(reading);
  return std::move(*reading);
}

std::string first_cause(const model::evidence::Evidence& e) {
  static const auto kExaminer = knowledge::make_examiner();
  const auto diagnosis = (*kExaminer)->examine(e);
  return diagnosis.findings.empty() ? "" : std::string(diagnosis.findings[0].code->name);
}
std::string cause_of(const Entry& entry, std::string_view creator = "WebInspector") {
  const HarReading reading = read({entry}, creator);
  return reading.findings.empty() ? "nothing" : first_cause(reading.findings[0].evidence);
}

TEST(Har, OnlyWhatFailedOnItsWayToClaudeIsEvidence) {
  const HarReading reading = read(
      {{.url = "https://example.org/x", .status = 500},
       {.status = 200},
       {.status = 401,
        .body = "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid "
                "x-api-key\"}}",
        .started = "2026-11-25T10:00:05.000Z"},
       {.status = 529,
        .body = "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
        .started = "2026-11-25T10:00:03.000+01:00"},
       {.status = 401,
        .body = "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid "
                "x-api-key\"}}",
        .started = "2026-11-25T10:00:09.000Z"}});
  EXPECT_EQ(reading.entries, 5U);
  EXPECT_EQ(reading.to_claude, 4U);
  ASSERT_EQ(reading.findings.size(), 2U);
  EXPECT_EQ(reading.findings[0].evidence.error.status, 529) << "in the order of time";
  EXPECT_EQ(reading.findings[1].count, 2U);
  EXPECT_EQ(shown(*reading.findings[1].first), "2026-11-25T10:00:05Z");
  EXPECT_EQ(shown(*reading.findings[1].last), "2026-11-25T10:00:09Z");
  EXPECT_EQ(reading.findings[1].first_entry, 3U);
  EXPECT_EQ(first_cause(reading.findings[0].evidence), "overloaded");
  EXPECT_EQ(reading.complaint, "");
}

TEST(Har, NamesTheCauseOfWhatABrowserSaw) {
  const std::string origin = field("Origin", "https://app.example.org");
  EXPECT_EQ(cause_of({.status = 0, .error = "net::ERR_NAME_NOT_RESOLVED"}), "dns_or_connectivity.dns");
  EXPECT_EQ(cause_of({.status = 0, .error = "net::ERR_CERT_AUTHORITY_INVALID"}),
            "tls_interception_or_ca.unknown_issuer");
  EXPECT_EQ(cause_of({.status = 0, .error = "net::ERR_BLOCKED_BY_CLIENT"}).substr(0, 12), "cors_or_brow");
  EXPECT_EQ(cause_of({.request_headers = origin, .status = 0, .error = "net::ERR_FAILED"}),
            "cors_or_browser_key.relay_lacks_cors");
  EXPECT_EQ(cause_of({.method = "OPTIONS", .request_headers = origin, .status = 403, .kind = "preflight"}),
            "cors_or_browser_key.relay_lacks_cors");
  EXPECT_EQ(cause_of({.status = 413,
                      .body = "{\"type\":\"error\",\"error\":{\"type\":\"request_too_large\",\"message\":"
                              "\"Request exceeds the maximum size\"}}"}),
            "request_too_large_or_invalid.body_too_large");
  EXPECT_EQ(
      cause_of(
          {.status = 413, .mime = "text/html", .body = "<html>413 Request Entity Too Large nginx</html>"}),
      "request_too_large_or_invalid.body_too_large");
  EXPECT_EQ(cause_of({.url = "https://claude.ai/api/organizations/x/chat",
                      .status = 403,
                      .mime = "text/html",
                      .body = "<!DOCTYPE html><title>Just a moment...</title>"}),
            "waf_or_cloudflare_block.challenge");
  EXPECT_EQ(cause_of({.mime = "text/event-stream",
                      .body = "event: message_start\ndata: {}\n\nevent: content_block_delta\ndata: {}\n\n"}),
            "stream_interrupted.cut");
  EXPECT_EQ(cause_of({.mime = "text/event-stream",
                      .body = "event: message_start\ndata: {}\n\nevent: error\ndata: "
                              "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":"
                              "\"Overloaded\"}}\n\n"}),
            "overloaded");
  EXPECT_EQ(cause_of({.url = "https://claude.ai/chat", .status = 302, .kind = "document"}), "nothing");
  EXPECT_EQ(cause_of({.mime = "text/event-stream",
                      .body = "event: message_start\ndata: {}\n\nevent: message_stop\ndata: {}\n\n"}),
            "nothing");
}

TEST(Har, AKeyInAWebPageIsFoundEvenWhereItWorks) {
  const Entry entry{.request_headers =
                        field("x-api-key", kKey) + "," + field("Origin", "https://app.example.org")};
  const HarReading reading = read({entry, entry});
  ASSERT_EQ(reading.findings.size(), 1U);
  EXPECT_FALSE(reading.findings[0].failed);
  EXPECT_EQ(reading.findings[0].count, 2U);
  EXPECT_THAT(reading.findings[0].evidence.observations, Contains("config.credential-in-client-code"));
  EXPECT_EQ(first_cause(reading.findings[0].evidence), "cors_or_browser_key");
  EXPECT_THAT(read({entry}, "mitmproxy").findings, IsEmpty())
      << "a recording proxy sees programs, not web pages";
}

TEST(Har, NeverKeepsWhatIsSecret) {
  const HarReading reading = read(
      {{.url = "https://api.anthropic.com/v1/messages?token=" + kKey,
        .request_headers = field("x-api-key", kKey) + "," + field("Cookie", "sessionKey=s3cret") + "," +
                           field("Authorization", "Bearer " + kKey) + "," + field("X-Csrf-Token", "s3cret"),
        .post = "{\"model\":\"m\",\"messages\":\"s3cret\"}",
        .status = 401,
        .response_headers = field("Set-Cookie", "a=s3cret") + "," + field("request-id", "req_011CAAAA"),
        .body = "you sent " + kKey}});
  ASSERT_EQ(reading.findings.size(), 1U);
  std::string out;
  wire::json::Writer writer(out);
  write_evidence(writer, reading.findings[0].evidence);
  EXPECT_THAT(out, Not(HasSubstr("s3cret")));
  EXPECT_THAT(out, Not(HasSubstr("qqqqqq")));
  EXPECT_THAT(out, HasSubstr("req_011CAAAA"));
  EXPECT_EQ(reading.findings[0].evidence.request.model, "m");
}

TEST(Har, WhatBreaksOffGivesWhatStandsBeforeIt) {
  const std::string whole = har({{.status = 401}, {.status = 529}, {.status = 500}});
  const auto cut = read_har(std::string_view(whole).substr(0, whole.size() - 100));
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->findings.size(), 2U);
  EXPECT_THAT(cut->complaint, HasSubstr("line 4: the file breaks off in entry 3"));
  std::string damaged = whole;
  damaged.replace(damaged.find("\"status\":529"), 12, "\"status\":5x9");
  const auto skipped = read_har(damaged);
  ASSERT_TRUE(skipped);
  EXPECT_EQ(skipped->findings.size(), 2U);
  EXPECT_THAT(skipped->complaint, HasSubstr("line 3: entry 2 cannot be read"));
}

TEST(Har, SaysWhatItLeftOut) {
  const HarReading reading =
      read({{.status = 0, .error = "net::ERR_ABORTED"},
            {.url = "https://a-api.anthropic.com/v1/t", .status = 0, .error = "net::ERR_BLOCKED_BY_CLIENT"}});
  EXPECT_THAT(reading.findings, IsEmpty());
  EXPECT_THAT(reading.remarks, testing::ElementsAre(HasSubstr("cancelled"), HasSubstr("count visits")));
}

TEST(Har, OtherFilesAreRefused) {
  for (const std::string_view text : {std::string_view(""), std::string_view("{}"),
                                      std::string_view("\0\1\2", 3), std::string_view("[1]")}) {
    const auto reading = read_har(text);
    ASSERT_FALSE(reading);
    EXPECT_EQ(reading.error().code.name(), "har_invalid");
  }
}

}  // namespace
}  // namespace locksmith::doctor::intake
