#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/present/diagnosis_text.h"

namespace locksmith::doctor::present {
namespace {

using testing::HasSubstr;
using testing::Not;

model::diagnosis::Diagnosis a_diagnosis() {
  model::diagnosis::Diagnosis d;
  model::diagnosis::Finding f;
  f.code = model::diagnosis::find_cause("key_malformed.quoted");
  f.points = 95;
  f.certainty = model::diagnosis::Certainty::proven;
  f.supports = {{"flaw_quoted", "the quotes are part of the value that is sent", 90}};
  d.findings.push_back(f);
  return d;
}

TEST(Page, WrapsAtItsWidth) {
  Page page({.color = false, .width = 40});
  page.paragraph("  Why", 8, "one two three four five six seven eight nine ten");
  EXPECT_EQ(page.take(), "  Why   one two three four five six\n        seven eight nine ten\n");
}

TEST(Page, NeverPassesOnTerminalSequences) {
  Page page({.color = true, .width = 80});
  page.text("a\x1b]0;title\x07").paragraph("x", 2, "b\x1b[31mc");
  EXPECT_THAT(page.take(), Not(HasSubstr("\x1b]")));
}

TEST(DiagnosisText, SaysWhatWhyAndWhatToDo) {
  Page page({.color = false, .width = 80});
  write_diagnosis(page, a_diagnosis(), {});
  const std::string text = page.take();
  EXPECT_THAT(text, HasSubstr("✗ problem: The quotes around the credential became part of it\n  (certain) key_malformed.quoted\n"));
  EXPECT_THAT(text, HasSubstr("  Why      the quotes are part"));
  EXPECT_THAT(text, HasSubstr("[ask first] Remove the quotes"));
  EXPECT_THAT(text, HasSubstr("locksmith explain key_malformed.quoted"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b[")));
}

TEST(DiagnosisJson, HasTheContractsMembers) {
  std::string out;
  wire::json::Writer writer(out);
  model::evidence::Evidence e;
  e.id = "x";
  writer.begin_object();
  write_diagnosis(writer, a_diagnosis(), e, model::diagnosis::Verdict::problem, true);
  writer.end_object();
  wire::json::Reader reader;
  const auto root = reader.parse(out);
  ASSERT_TRUE(root) << out;
  EXPECT_EQ((*root)["id"].as_string(), "x");
  std::string causes;
  (*root)["causes"].for_each_element([&](wire::json::Value v) { causes += v.string_or("?"); });
  EXPECT_EQ(causes, "key_malformed");
}

}  // namespace
}  // namespace locksmith::doctor::present
