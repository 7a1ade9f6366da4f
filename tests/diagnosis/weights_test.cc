// What the fitted weights must never do, whatever they were fitted to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "corpus.h"
#include "embedded/embedded.h"
#include "knowledge/knowledge.h"
#include "model/diagnosis/weights.h"

namespace locksmith::tests {
namespace {

using model::diagnosis::Rule;
using model::diagnosis::weight_of;

const model::diagnosis::Weights& weights() {
  static const auto kWeights = knowledge::read_weights(embedded::find(embedded::data_files(), "weights.json"));
  EXPECT_TRUE(kWeights);
  return *kWeights;
}

std::vector<std::string> words(std::string_view text, std::string_view separators) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

TEST(Weights, KeepTheSignAndTheRankOfTheirStrength) {
  for (const Rule* rule : model::diagnosis::all_rules()) {
    const double own = weight_of(rule->strength);
    const double share = examiner().weight(rule->name) / own;
    EXPECT_GE(share, model::diagnosis::kLeastShare - 1e-9) << rule->name;
    EXPECT_LE(share, model::diagnosis::kMostShare + 1e-9) << rule->name;
    if (model::diagnosis::is_fixed(rule->strength)) {
      EXPECT_EQ(examiner().weight(rule->name), own) << rule->name << ": a proof is not fitted";
    }
  }
}

TEST(Weights, NameRulesCausesAndFactsThatExist) {
  std::set<std::string> rules;
  for (const Rule* rule : model::diagnosis::all_rules()) rules.emplace(rule->name);
  for (const auto& fitted : weights().rules) EXPECT_TRUE(rules.contains(fitted.name)) << fitted.name;
  for (const auto& prior : weights().priors) EXPECT_NE(model::diagnosis::find_cause(prior.name), nullptr) << prior.name;
  for (const auto& residual : weights().residuals) {
    EXPECT_TRUE(examiner().is_fact(residual.fact)) << residual.fact;
    EXPECT_NE(model::diagnosis::find_cause(residual.cause), nullptr) << residual.cause;
  }
  EXPECT_EQ(weights().corpus.size(), 64U) << "the digest of what they were fitted to";
}

// What a rule says of a fact and a cause, the fact's residual must not take back: then a fact that supports a cause would lower it.
TEST(Weights, ASupportingFactNeverLowersItsCause) {
  std::map<std::string, std::map<std::string, double>> residuals;
  for (const auto& residual : weights().residuals) residuals[residual.fact][residual.cause] = residual.value;
  for (const Rule* rule : model::diagnosis::all_rules()) {
    if (weight_of(rule->strength) < 0) continue;
    for (const std::string& fact : words(rule->needs, " |")) {
      for (const std::string& code : words(rule->concludes, " ")) {
        EXPECT_GE(residuals[fact][code.substr(0, code.find('.'))], 0) << rule->name << " and " << fact;
      }
    }
  }
}

TEST(Weights, NoResidualOutvotesAProof) {
  std::map<std::string, double> most;
  for (const auto& residual : weights().residuals) {
    EXPECT_LE(std::abs(residual.value), model::diagnosis::kMostResidual) << residual.fact;
  }
  // Of all reports: where a proof holds, leaving the residuals and priors out changes no first cause.
  model::diagnosis::Weights bare = weights();
  bare.residuals.clear();
  const auto without = knowledge::make_examiner({}, &bare);
  ASSERT_TRUE(without);
  int proven = 0;
  for (const Labelled& report : corpus()) {
    const auto with = examiner().examine(report.evidence);
    if (with.findings.empty() || with.findings[0].certainty != model::diagnosis::Certainty::proven) continue;
    ++proven;
    // Of two things that are proven, a residual may say which is named first.
    const auto bare_first = (*without)->examine(report.evidence).findings;
    EXPECT_TRUE(std::ranges::any_of(bare_first, [&](const auto& finding) {
      return finding.code->cause() == with.findings[0].code->cause() && finding.certainty == model::diagnosis::Certainty::proven;
    })) << report.evidence.id;
  }
  EXPECT_GT(proven, 20);
}

// The reasons that are shown must be the reasons: of the distance between the first cause and the second, the rules carry most.
TEST(Weights, ShownReasonsCarryMostOfTheMargin) {
  int carried = 0;
  int all = 0;
  for (const Labelled& report : corpus()) {
    const auto d = examiner().examine(report.evidence);
    if (d.findings.size() < 2 || d.findings[0].probability < d.findings[1].probability * 1.5) continue;
    const double margin = std::log(d.findings[0].probability / d.findings[1].probability);
    const double shown = (d.findings[0].points - d.findings[1].points) / 10.0;
    ++all;
    carried += shown >= margin / 2;
  }
  printf("  the shown reasons carry half of the margin or more in %d of %d reports\n", carried, all);
  EXPECT_GT(all, 200);
  EXPECT_GE(carried * 100, all * 85);
}

TEST(Probabilities, AreProbabilities) {
  for (const Labelled& report : corpus()) {
    const auto d = examiner().examine(report.evidence);
    double sum = 0;
    double before = 1;
    for (const auto& finding : d.findings) {
      EXPECT_GT(finding.probability, 0);
      EXPECT_LE(finding.probability, before) << "best first";
      before = finding.probability;
      sum += finding.probability;
    }
    EXPECT_LE(sum, 1 + 1e-9) << report.evidence.id;
  }
}

TEST(Findings, AreThreeWhereSomethingIsWrongAndNothingIsProven) {
  for (const Labelled& report : corpus()) {
    const auto d = examiner().examine(report.evidence);
    if (d.findings.empty() || d.findings[0].certainty == model::diagnosis::Certainty::proven) continue;
    EXPECT_GE(d.findings.size(), 3U) << report.evidence.id;
    for (const auto& finding : d.findings) EXPECT_FALSE(finding.supports.empty()) << "a reason is always said, if only the prior";
  }
}

TEST(NextTest, IsOfAFactThatIsNotKnownAndChangesTheAnswer) {
  int asked = 0;
  for (const Labelled& report : corpus()) {
    const auto d = examiner().examine(report.evidence);
    if (!d.next_test) continue;
    ++asked;
    EXPECT_TRUE(examiner().is_fact(d.next_test->fact));
    EXPECT_THAT(report.evidence.observations, testing::Not(testing::Contains(std::string(d.next_test->fact))));
    auto denied = report.evidence;
    denied.observations.push_back("!" + std::string(d.next_test->fact));
    EXPECT_EQ(first_cause(examiner(), denied), d.next_test->no_means) << report.evidence.id;
    const auto after = examiner().examine(denied);
    if (after.next_test) {
      EXPECT_NE(after.next_test->fact, d.next_test->fact) << "what was answered is not asked again";
    }
  }
  EXPECT_GT(asked, 100);
}

TEST(Facts, ThatADenialIsOfAreNotThoseThatWereNotLookedAt) {
  for (const Labelled& report : corpus()) {
    auto unknown = report.evidence;
    unknown.observations.emplace_back("!moon.is-full");
    EXPECT_EQ(first_cause(examiner(), unknown), first_cause(examiner(), report.evidence));
  }
}

TEST(Facts, EveryOneThatARuleUsesCanBeGiven) {
  for (const Rule* rule : model::diagnosis::all_rules()) {
    for (std::string fact : words(rule->needs, " |")) {
      if (fact.starts_with('!')) fact.erase(0, 1);
      model::evidence::Evidence evidence;
      evidence.observations = {fact};
      EXPECT_THAT(examiner().facts(evidence), testing::Contains(fact)) << rule->name;
    }
  }
}

TEST(Questions, AreOfFactsAndEndWithoutAMark) {
  std::set<std::string_view> seen;
  for (const auto& question : model::diagnosis::questions()) {
    EXPECT_TRUE(examiner().is_fact(question.fact)) << question.fact;
    EXPECT_TRUE(seen.insert(question.fact).second) << question.fact;
    EXPECT_FALSE(question.text.ends_with('?') || question.text.ends_with('.')) << question.text;
  }
}

}  // namespace
}  // namespace locksmith::tests
