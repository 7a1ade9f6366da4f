#include "doctor/present/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace locksmith::doctor::present {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Report a_report() {
  Report r;
  r.verdict = model::diagnosis::Verdict::problem;
  r.client = "claude-code";
  r.os = "Testix 1";
  r.evidence.error.status = 401;
  r.evidence.error.text = "<script>alert(1)</script> | ``` bad";
  r.evidence.error.headers = {{"request-id", "req_011Cabc"}};
  r.evidence.credentials.push_back({.source = "env:ANTHROPIC_API_KEY", .state = "set", .shape = "api-key", .flaws = {"quoted"}, .length = 110,
                                    .expires_in_s = {}, .used = true, .tail = "wxAA", .note = {}});
  model::diagnosis::Finding f;
  f.code = model::diagnosis::find_cause("key_malformed.quoted");
  f.certainty = model::diagnosis::Certainty::proven;
  f.supports = {{"flaw_quoted", "the quotes are part of the value that is sent", 90}};
  r.diagnosis.findings.push_back(f);
  r.tried.push_back({"GET /v1/models", examination::Outcome::failed, "401", std::chrono::milliseconds(12), {}});
  r.tried.push_back({"TLS", examination::Outcome::passed, "TLSv1.3", std::chrono::milliseconds(3), {}});
  return r;
}

TEST(Report, MarkdownHasWhatSupportAsksFor) {
  const std::string text = to_markdown(a_report());
  EXPECT_THAT(text, AllOf(HasSubstr("request id: req_011Cabc"), HasSubstr("key_malformed.quoted"), HasSubstr("| GET /v1/models |"),
                          HasSubstr("## Ruled out\n\n- TLS is answered"), HasSubstr("Testix 1"), HasSubstr("ends in …wxAA")));
  EXPECT_THAT(text, Not(HasSubstr("``` bad"))) << "a report's text cannot end its own fence";
}

TEST(Report, HtmlIsWholeAndHarmless) {
  const std::string text = to_html(a_report());
  EXPECT_THAT(text, AllOf(HasSubstr("<!doctype html>"), HasSubstr("default-src 'none'"), HasSubstr("&lt;script&gt;"), HasSubstr("<svg"), HasSubstr("here</text>")));
  EXPECT_THAT(text, Not(HasSubstr("<script")));
}

TEST(Report, IsReadBackFromADoctorsRun) {
  wire::json::Reader reader;
  const auto root = reader.parse(R"({"schema":"locksmith.doctor/1","client":"curl","os":"X","verdict":"problem","organization_id":"o",
    "tried":[{"what":"TLS","outcome":"failed","detail":"d","ms":5,"changed":"c"}],"remarks":[{"place":"p","sentence":"s"}],
    "evidence":{"error":{"status":529}}})");
  ASSERT_TRUE(root);
  const auto report = read_report(*root);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->tried.at(0).changed, "c");
  EXPECT_EQ(report->remarks.at(0).sentence, "s");
  EXPECT_EQ(report->evidence.error.status, 529);
  const auto bare = reader.parse(R"({"error":{"status":"x"}})");
  EXPECT_EQ(read_report(*bare).error().code.name(), "evidence_invalid");
}

TEST(Compare, NamesOnlyWhatDiffers) {
  const Report here = a_report();
  Report there = a_report();
  EXPECT_TRUE(compare(here, there).empty());
  there.evidence.credentials[0].tail = "abAA";
  there.evidence.settings.proxy = "http://proxy.test:3128";
  there.tried[0].outcome = examination::Outcome::passed;
  const auto found = compare(here, there);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].what, "env:ANTHROPIC_API_KEY");
  EXPECT_EQ(found[1].here, "absent");
  EXPECT_EQ(found[2].there, "works");
}

TEST(Compare, TakesOnlyADoctorsRun) {
  wire::json::Reader reader;
  for (const char* text : {"{}", R"({"error":{"status":401}})", R"({"schema":"locksmith.evidence/1"})", "[]", "7"}) {
    const auto root = reader.parse(text);
    ASSERT_TRUE(root) << text;
    EXPECT_EQ(read_run(*root).error().code.name(), "comparison_not_a_run") << text;
  }
  const auto run = reader.parse(R"({"schema":"locksmith.doctor/1","verdict":"healthy","evidence":{}})");
  ASSERT_TRUE(read_run(*run));
  EXPECT_EQ(read_run(*run)->verdict, model::diagnosis::Verdict::healthy);
}

}  // namespace
}  // namespace locksmith::doctor::present
