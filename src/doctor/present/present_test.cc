#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/present/diagnosis_text.h"
#include "vocabulary/shown.h"

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

TEST(Page, HasNoWayInForWhatSteersATerminal) {
  for (const std::string text : {"\x1b[2J", "\xc2\x9b" "31m", "\xe2\x80\xae", "\xe2\x81\xa6", "\x9b" "31m", "\r", "\x7f"}) {
    Page page({.color = false, .width = 80});
    page.line(text).text(text).ink(Ink::red, text).command(2, text).paragraph(text, 8, text);
    const std::string shown = page.take();
    EXPECT_EQ(shown_lines(shown), shown) << text;
  }
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
