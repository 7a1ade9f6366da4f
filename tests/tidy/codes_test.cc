// Each check of codes.cc, on small trees with one planted fault.
#include "planted.h"

namespace locksmith::tidy {
namespace {

constexpr std::string_view kPage =
    "# key_bad: The key is bad\n\nIt is bad.\n\n## How the API reports it\n\nx\n\n## How to confirm it\n\n1. "
    "Look.\n\n"
    "## How to fix it\n\n- [safe] Mend it.\n\n## What not to do\n\nx\n\n## How to prevent it\n\nx\n\n## "
    "Finer codes\n\n"
    "### key_bad.cut: The key is cut\nx\n\n## Sources\n\n- x\n";

Tree small() {
  return {
      {"src/a/a.cc", "fail(FailureCode(\"a_broke\"), x);\nreturn fail(FailureCode(\n    \"b_broke\"), y);\n"},
      {"src/a/a_test.cc", "EXPECT_EQ(code, \"a_broke\"); // b_broke\n fail(FailureCode(\"test_only\"))"},
      {"docs/failures.md",
       "# Failures\n\n## a_broke\n\nA broke.\n\nNext step: mend a.\n\n## b_broke\n\nB broke.\n\nNext step: "
       "mend b.\n"},
      {"src/model/diagnosis/cause_list.h",
       "constexpr CauseCode kCodes[] = {\n    {\"key_bad\", \"The key is bad\", machine},\n    "
       "{\"key_bad.cut\",\n     \"The key is cut\", machine},\n};\n"},
      {"docs/causes/key_bad.md", std::string(kPage)}};
}

TEST(FailureCodes, ACleanTreePasses) {
  expect_none(check_failure_codes(small(), {}));
}

TEST(FailureCodes, AnUnlistedOneIsSeen) {
  Tree tree = with(small(), "src/b/b.cc", "FailureCode(\"c_broke\")");
  tree = with(tree, "src/b/b_test.cc", "c_broke");
  expect_one(check_failure_codes(tree, {}), "src/b/b.cc", "has no section in docs/failures.md");
}

TEST(FailureCodes, AnUntestedOneIsSeenUnlessExcused) {
  const Tree tree = with(small(), "src/a/a_test.cc", "a_broke, and b_broken, which is another word");
  expect_one(check_failure_codes(tree, {}), "src/a/a.cc", "no test names the failure code b_broke");
  constexpr std::string_view kExcused[] = {"b_broke"};
  expect_none(check_failure_codes(tree, kExcused));
}

TEST(FailureCodes, AnExcuseThatIsNotNeededIsSeen) {
  constexpr std::string_view kExcused[] = {"a_broke"};
  expect_one(check_failure_codes(small(), kExcused), "tests/tidy/untested_failures.txt",
             "needs no excuse any more");
}

TEST(FailureCodes, OneThatNobodyEmitsIsSeen) {
  expect_one(check_failure_codes(with(small(), "src/a/a.cc", "FailureCode(\"a_broke\")"), {}),
             "docs/failures.md", "emitted nowhere");
}

TEST(FailureCodes, ASectionSaysWhatItMeansAndWhatToDo) {
  const std::string head = "## a_broke\n\nA broke.\n\nNext step: mend a.\n\n## b_broke\n\n";
  expect_one(check_failure_codes(with(small(), "docs/failures.md", head + "Next step: mend b.\n"), {}),
             "docs/failures.md", "what it means");
  expect_one(check_failure_codes(with(small(), "docs/failures.md", head + "B broke.\n"), {}),
             "docs/failures.md", "Next step:");
  const std::string swapped =
      "## b_broke\n\nB.\n\nNext step: mend b.\n\n## a_broke\n\nA.\n\nNext step: mend a.\n";
  expect_one(check_failure_codes(with(small(), "docs/failures.md", swapped), {}), "docs/failures.md",
             "alphabetical");
}

TEST(CausePages, ACleanTreePasses) {
  expect_none(check_cause_pages(small()));
}

std::string page_with(std::string_view from, std::string_view to) {
  std::string page(kPage);
  const std::size_t at = page.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return page.replace(at, from.size(), to);
}

void expect_page_fault(std::string_view from, std::string_view to, std::string_view fragment) {
  expect_one(check_cause_pages(with(small(), "docs/causes/key_bad.md", page_with(from, to))),
             "docs/causes/key_bad.md", fragment);
}

constexpr std::string_view kRule = "    {\"r\", \"says.x\", \"key_bad key_bad.cut\", 90, \"it is cut\"},\n";

TEST(CauseRules, EveryCauseIsConcludedUnlessExcused) {
  const Tree tree = with(small(), "src/model/diagnosis/rules_credential.cc", std::string(kRule));
  constexpr std::string_view kCut[] = {"key_bad.cut"};
  constexpr std::string_view kGone[] = {"key_gone"};
  expect_none(check_cause_rules(tree, {}));
  expect_one(check_cause_rules(tree, kCut), "tests/tidy/causes_without_rule.txt", "has a rule now");
  expect_one(check_cause_rules(tree, kGone), "tests/tidy/causes_without_rule.txt", "is no cause");
  const Tree half =
      with(small(), "src/model/diagnosis/rules_credential.cc", "{\"r\", \"says.x\", \"key_bad\", 90, \"x\"}");
  expect_one(check_cause_rules(half, {}), "src/model/diagnosis/cause_list.h",
             "no rule in rules_*.cc concludes key_bad.cut");
  expect_none(check_cause_rules(half, kCut));
}

TEST(Explained, NamesAreCauses) {
  const auto said = [](std::string text) {
    return check_explained(with(small(), "src/a/b.cc", std::move(text)));
  };
  expect_none(
      said("\"Run: locksmith explain key_bad.cut.\" \"locksmith explain\" \"locksmith explain CAUSE\" "
           "locksmith explain then more\n"));
  expect_one(said("\"Run: locksmith explain key_torn.\"\n"), "src/a/b.cc", "key_torn is no cause");
  expect_one(check_explained(with(small(), "README.md", "`locksmith explain odd`\n")), "README.md",
             "odd is no cause");
}

TEST(Faults, NameKnownCausesAndAreNamedRightly) {
  Tree tree = with(small(), "data/faults.json", "{\"name\": \"key-cut\", \"cause\": \"key_bad.cut\"}\n");
  tree = with(tree, "README.md", "`locksmith emulate --fault key-cut` or `--fault list` or `--fault NAME`\n");
  expect_none(check_faults(tree));
  expect_one(check_faults(with(tree, "README.md", "--fault key-cut --fault key-torn\n")), "README.md",
             "no fault key-torn");
  expect_one(check_faults(with(tree, "data/faults.json", "{\"name\": \"key-cut\", \"cause\": \"key_odd\"}")),
             "data/faults.json", "key_odd is no cause");
  expect_one(check_faults(with(tree, "data/faults.json", "{}")), "data/faults.json", "no fault was found");
}

TEST(CausePages, AMissingPageIsSeen) {
  Tree tree = small();
  tree.pop_back();
  const Violations violations = check_cause_pages(tree);
  ASSERT_EQ(violations.size(), 2u) << to_string(violations);  // the page's title and its section
  EXPECT_THAT(violations[0].what, testing::HasSubstr("lacks the heading"));
}

TEST(CausePages, AMissingSectionIsSeen) {
  expect_page_fault("### key_bad.cut: The key is cut\nx\n\n", "x\n\n", "lacks the heading \"### key_bad.cut");
}

TEST(CausePages, AnotherTitleOrAnUnknownCodeIsSeen) {
  const Violations title =
      check_cause_pages(with(small(), "docs/causes/key_bad.md", page_with("The key is bad", "A bad key")));
  ASSERT_EQ(title.size(), 2u) << to_string(title);
  const Violations code =
      check_cause_pages(with(small(), "docs/causes/key_bad.md", page_with("key_bad.cut", "key_bad.torn")));
  ASSERT_EQ(code.size(), 2u) << to_string(code);
  EXPECT_THAT(code[0].what, testing::HasSubstr("no name and title of cause_list.h"));
}

TEST(CausePages, APageOfNoCauseIsSeen) {
  expect_one(check_cause_pages(with(small(), "docs/causes/key_good.md", std::string(kPage))),
             "docs/causes/key_good.md", "page of no cause");
}

TEST(CausePages, AListThatCannotBeReadIsSeen) {
  expect_one(check_cause_pages(with(small(), "src/model/diagnosis/cause_list.h", "")),
             "src/model/diagnosis/cause_list.h", "no cause was found");
}

TEST(CausePages, TheFormIsChecked) {
  expect_page_fault("\nIt is bad.\n", "", "a paragraph that says what");
  expect_page_fault("## What not to do\n\nx\n\n", "", "out of place");
  expect_page_fault("[safe] Mend", "Mend", "starts with [safe]");
  expect_page_fault("1. Look.", "Look.", "has no steps");
  expect_page_fault("## Sources\n\n- x\n", "", "section \"Sources\" is missing");
  expect_page_fault("It is bad.",
                    "It is bad, and this line goes on well beyond the width of the terminal that shows it.",
                    "longer than 78");
  expect_page_fault("- x\n", "```sh\n", "fence is not closed");
  expect_none(
      check_page_form({"p.md", page_with("## Finer codes\n\n### key_bad.cut: The key is cut\nx\n\n", "")}));
}

TEST(CausePages, WidthCountsCharactersNotBytes) {
  std::string line;
  for (int i = 0; i < 39; ++i) line += "ä ";
  expect_none(check_page_form({"p.md", page_with("It is bad.", line)}));
}

}  // namespace
}  // namespace locksmith::tidy
