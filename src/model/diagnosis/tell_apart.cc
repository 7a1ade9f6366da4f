// Which question would tell the most: for each, what a "yes" and a "no" would make of the causes, and how much doubt would be
// left on average (expected information). And what a "no" that was given means.
#include <algorithm>
#include <cmath>

#include "model/diagnosis/examine.h"

namespace locksmith::model::diagnosis {
namespace {

// How often the answer is "yes" where the cause is the one that the fact speaks for, one that it says nothing of, and one
// that it speaks against. Coarse on purpose: what is not known of a fact is not made up.
constexpr double kYesIfFor = 0.65;
constexpr double kYesOtherwise = 0.2;
constexpr double kYesIfAgainst = 0.05;
constexpr double kSpeaks = 0.3;  // a change of the sum by less says nothing

// A question that tells less is not worth asking. In bits.
constexpr double kWorthAsking = 0.03;
// What is less probable does not decide which question is asked.
constexpr double kConsidered = 0.01;

double chance_of_yes(double change) { return change > kSpeaks ? kYesIfFor : change < -kSpeaks ? kYesIfAgainst : kYesOtherwise; }

double doubt(const std::vector<double>& weights) {
  double sum = 0;
  for (const double w : weights) sum += w;
  double bits = 0;
  for (const double w : weights) {
    if (w > 0) bits -= w / sum * std::log2(w / sum);
  }
  return bits;
}

}  // namespace

// By how much each cause's sum changes when the fact holds, too.
std::vector<double> Examiner::change(FactId fact, const FactSet& facts) const {
  std::vector<double> out(causes_.size(), 0);
  FactSet with = facts;
  with.add(fact);
  for (const std::uint16_t index : rules_with_[fact]) {
    const Compiled& compiled = rules_[index];
    const bool before = holds(compiled, facts);
    const bool after = holds(compiled, with);
    if (before == after) continue;
    std::uint16_t counted = static_cast<std::uint16_t>(causes_.size());
    for (const std::uint16_t code : compiled.codes) {
      if (cause_of_[code] == counted) continue;
      counted = cause_of_[code];
      out[counted] += after ? compiled.weight : -compiled.weight;
    }
  }
  for (const Residual& r : residuals_[fact]) out[r.cause] += r.value;
  return out;
}

// "!works.curl" among the observations: somebody looked, and it does not hold. What is only not there was not looked at, and
// says nothing.
void Examiner::deny(const evidence::Evidence& evidence, const FactSet& facts, Scores& scores) const {
  for (const std::string& observation : evidence.observations) {
    if (!observation.starts_with('!')) continue;
    const FactId fact = names_.find(std::string_view(observation).substr(1));
    if (fact == FactNames::kNone || facts.has(fact)) continue;
    const std::vector<double> changed = change(fact, facts);
    for (std::size_t i = 0; i < changed.size(); ++i) scores.cause[i] += std::log((1 - chance_of_yes(changed[i])) / (1 - kYesOtherwise));
  }
}

std::optional<NextTest> Examiner::next_test(const evidence::Evidence& evidence, std::span<const std::string> asked) const {
  const FactSet facts = facts_of(evidence);
  Scores scores = score(evidence, facts, {});
  deny(evidence, facts, scores);
  return ask(evidence, facts, scores, asked);
}

std::optional<NextTest> Examiner::ask(const evidence::Evidence& evidence, const FactSet& facts, const Scores& scores,
                                      std::span<const std::string> asked) const {
  const double most = *std::ranges::max_element(scores.cause);
  std::vector<std::uint16_t> considered;
  std::vector<double> weight;
  for (std::uint16_t i = 0; i < causes_.size(); ++i) {
    const double w = std::exp(scores.cause[i] - most);
    if (w < kConsidered) continue;
    considered.push_back(i);
    weight.push_back(w);
  }
  double sum = 0;
  for (const double w : weight) sum += w;
  for (double& w : weight) w /= sum;
  const double now = doubt(weight);
  const auto codes = cause_codes();
  const auto name_of_most = [&](const std::vector<double>& weights) {
    const auto best = static_cast<std::size_t>(std::ranges::max_element(weights) - weights.begin());
    return codes[causes_[considered[best]]].name;
  };
  std::optional<NextTest> best;
  double best_gain = kWorthAsking;
  for (const Question& question : questions()) {
    const FactId fact = names_.find(question.fact);
    if (fact == FactNames::kNone || facts.has(fact)) continue;
    const auto known = [&](const std::string& name) {
      return name == question.fact || (name.starts_with('!') && std::string_view(name).substr(1) == question.fact);
    };
    if (std::ranges::any_of(evidence.observations, known) || std::ranges::any_of(asked, known)) continue;
    const std::vector<double> changed = change(fact, facts);
    std::vector<double> yes(weight.size());
    std::vector<double> no(weight.size());
    double chance = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      const double y = chance_of_yes(changed[considered[i]]);
      chance += weight[i] * y;
      yes[i] = weight[i] * std::exp(std::min(changed[considered[i]], 20.0));
      no[i] = weight[i] * (1 - y);
    }
    const double gain = now - chance * doubt(yes) - (1 - chance) * doubt(no);
    if (gain <= best_gain) continue;
    // An answer that changes nothing of what is named first decides nothing for the reader.
    const std::string_view yes_means = name_of_most(yes);
    const std::string_view no_means = name_of_most(no);
    if (yes_means == no_means) continue;
    best_gain = gain;
    best = NextTest{question.text, question.fact, yes_means, no_means};
  }
  return best;
}

}  // namespace locksmith::model::diagnosis
