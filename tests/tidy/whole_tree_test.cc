// The checks against the real tree. A failure prints one line a fault: place, what is wrong, what to do
// instead.
#include <gtest/gtest.h>

#include "checks.h"

namespace locksmith::tidy {
namespace {

const Tree& tree() {
  static const Tree kTree = read_tree(LOCKSMITH_SOURCE_DIR);
  return kTree;
}

// How many lines untested_failures.txt may have. Lower it with the file; never raise it.
constexpr std::size_t kUntestedFailures = 0;

// The same for causes_without_rule.txt.
constexpr std::size_t kCausesWithoutRule = 0;

std::vector<std::string_view> ratchet(std::string_view path) {
  const SourceFile* file = find(tree(), path);
  std::vector<std::string_view> codes;
  if (file != nullptr) {
    for (std::string_view line : lines_of(file->text)) {
      if (!line.empty() && !line.starts_with("#")) codes.push_back(line);
    }
  }
  return codes;
}

void expect_clean(const Violations& violations) {
  EXPECT_TRUE(violations.empty()) << to_string(violations);
}

TEST(WholeTree, IsRead) {
  ASSERT_GT(tree().size(), 50u);
  ASSERT_NE(find(tree(), "src/vocabulary/secret.h"), nullptr);
}

TEST(WholeTree, IncludesGoToLowerRings) {
  expect_clean(check_includes(tree()));
}
TEST(WholeTree, TheMapSaysTheSame) {
  expect_clean(check_map(tree()));
}
TEST(WholeTree, EachRowHasItsFolder) {
  expect_clean(check_rows(tree()));
}
TEST(WholeTree, AFolderIsANamespaceIsATarget) {
  expect_clean(check_folders(tree()));
}
TEST(WholeTree, NobodyReachesAroundTheSeam) {
  expect_clean(check_seam(tree()));
}
TEST(WholeTree, EveryFailureCodeIsListedEmittedAndTested) {
  const auto untested = ratchet("tests/tidy/untested_failures.txt");
  expect_clean(check_failure_codes(tree(), untested));
  EXPECT_EQ(untested.size(), kUntestedFailures)
      << "the list may only shrink; lower kUntestedFailures with it";
}
TEST(WholeTree, EveryCauseHasItsPage) {
  expect_clean(check_cause_pages(tree()));
}
TEST(WholeTree, EveryCauseHasARule) {
  const auto without_rule = ratchet("tests/tidy/causes_without_rule.txt");
  expect_clean(check_cause_rules(tree(), without_rule));
  EXPECT_EQ(without_rule.size(), kCausesWithoutRule)
      << "the list may only shrink; lower kCausesWithoutRule with it";
}
TEST(WholeTree, WhatBelongsToOnePlaceIsThere) {
  expect_clean(check_one_place(tree()));
}
TEST(WholeTree, FaultsAndCausesAgree) {
  expect_clean(check_faults(tree()));
}
TEST(WholeTree, ExplainKnowsWhatItIsSaidToExplain) {
  expect_clean(check_explained(tree()));
}
TEST(WholeTree, NamedPagesExist) {
  expect_clean(check_mentions(tree()));
}
TEST(WholeTree, NamesSaySomething) {
  expect_clean(check_names(tree()));
}
TEST(WholeTree, HeadersStartWithTheirEssay) {
  expect_clean(check_headers(tree()));
}
TEST(WholeTree, FilesStayShort) {
  expect_clean(check_sizes(tree(), kLongFiles));
}
TEST(WholeTree, LinesAreReadWithoutScrolling) {
  expect_clean(check_line_lengths(tree()));
}
TEST(WholeTree, WhiteSpaceIsClean) {
  expect_clean(check_white_space(tree()));
}
TEST(WholeTree, NothingIsLeftOver) {
  expect_clean(check_left_overs(tree()));
}
TEST(WholeTree, HoldsNoKey) {
  expect_clean(check_secrets(tree()));
}
TEST(WholeTree, LinksLeadSomewhere) {
  expect_clean(check_links(tree()));
}
TEST(WholeTree, CommandsOfTheDocumentsAreRun) {
  expect_clean(check_commands(tree()));
}

}  // namespace
}  // namespace locksmith::tidy
