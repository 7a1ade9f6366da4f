#include "model/diagnosis/examine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "vocabulary/assert.h"
#include "vocabulary/text.h"

namespace locksmith::model::diagnosis {
namespace {

// What speaks for a cause by less than this, the prior left out, is not worth a reader's time.
constexpr double kWorthSaying = 0.5;
constexpr double kBehind = 0.1;
// A cause that is less probable is not said, unless it is among the three.
constexpr double kLeastProbable = 0.02;
constexpr std::size_t kAtLeast = 3;
// Certainty follows from the probability and from the runner-up; docs/diagnose.md has the table of how often each was right.
constexpr double kProofStands = 0.7;
constexpr double kProofAmongOthers = 0.15;
constexpr double kLikely = 0.45;
constexpr double kLikelyLead = 0.2;
// All residuals of one cause together.
constexpr double kMostResiduals = 1.5;

template <class Visit>
void split(std::string_view text, char separator, Visit&& visit) {
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (end != 0) visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// A gateway of ours has seen the request as it was sent, and concluded: more than any proof that is left on this machine.
constexpr double kGatewaysWord = 14;
constexpr std::string_view kGatewaysRule = "gateway_names_cause";

// The cause that a Locksmith gateway on the way named in its answer; nullptr where there is none, or of a newer version.
const CauseCode* named_by_gateway(const evidence::Evidence& evidence) {
  const std::string* const name = evidence::find_field(evidence.error.headers, "x-locksmith-cause");
  return name == nullptr || *name == "other" ? nullptr : find_cause(*name);
}

// Did the gateway itself refuse? It says so; before it did, an answer of the API's own was known by its id.
bool named_by_itself(const evidence::Evidence& evidence) {
  const std::string* const layer = evidence::find_field(evidence.error.headers, "x-locksmith-layer");
  return layer != nullptr ? *layer == "gateway" : evidence::find_field(evidence.error.headers, "request-id") == nullptr;
}

int points_of(double weight) { return static_cast<int>(std::lround(weight * 10)); }

std::vector<double> probabilities(const std::vector<double>& scores) {
  std::vector<double> out(scores.size());
  const double most = *std::ranges::max_element(scores);
  double sum = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) sum += out[i] = std::exp(scores[i] - most);
  for (double& p : out) p /= sum;
  return out;
}

}  // namespace

std::string_view to_words(Certainty certainty) {
  switch (certainty) {
    case Certainty::possible:
      return "possible";
    case Certainty::likely:
      return "likely";
    case Certainty::proven:
      return "certain";
  }
  return "possible";
}

std::vector<const Rule*> all_rules() {
  std::vector<const Rule*> all;
  for (const auto& table : {credential_rules(), environment_rules(), network_rules(), account_rules(), request_rules(),
                            intermediary_rules(), measured_rules()}) {
    for (const Rule& rule : table) all.push_back(&rule);
  }
  return all;
}

Examiner::Examiner(std::vector<evidence::Meaning> wordings, const Weights& weights) : book_(std::move(wordings)), names_(book_) {
  const auto codes = cause_codes();
  cause_of_.resize(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (!codes[i].is_finer() && codes[i].name != "other") causes_.push_back(static_cast<std::uint16_t>(i));
    cause_of_[i] = static_cast<std::uint16_t>(causes_.empty() ? 0 : causes_.size() - 1);
  }
  residuals_.resize(names_.size());
  rules_with_.resize(names_.size());
  std::unordered_map<std::string_view, double> fitted;
  for (const Weights::Named& rule : weights.rules) fitted.emplace(rule.name, rule.value);
  std::unordered_set<std::string_view> seen;
  for (const Rule* rule : all_rules()) {
    const bool is_new = seen.insert(rule->name).second;
    LOCKSMITH_ASSERT(is_new);
    const auto known = fitted.find(rule->name);
    compile(*rule, known == fitted.end() ? weight_of(rule->strength) : known->second);
  }
  take_weights(weights);
}

// Names that are not known any more are left out: a file that is older than the program still serves.
void Examiner::take_weights(const Weights& weights) {
  priors_.assign(causes_.size(), 0);
  const auto cause = [&](std::string_view name) -> std::optional<std::uint16_t> {
    const CauseCode* const code = find_cause(name);
    if (code == nullptr || code->is_finer() || code->name == "other") return std::nullopt;
    return cause_of_[static_cast<std::size_t>(code - cause_codes().data())];
  };
  for (const Weights::Named& prior : weights.priors) {
    if (const auto index = cause(prior.name)) priors_[*index] = prior.value;
  }
  for (const Weights::Residual& residual : weights.residuals) {
    const FactId fact = names_.find(residual.fact);
    const auto index = cause(residual.cause);
    if (fact == FactNames::kNone || !index) continue;
    if (residuals_[fact].empty()) corrected_.push_back(fact);
    residuals_[fact].push_back({*index, std::clamp(residual.value, -kMostResidual, kMostResidual)});
  }
}

void Examiner::compile(const Rule& rule, double weight) {
  Compiled compiled{.rule = &rule, .weight = weight, .clauses = {}, .codes = {}};
  const auto index = static_cast<std::uint16_t>(rules_.size());
  split(rule.needs, ' ', [&](std::string_view clause) {
    std::vector<Literal> literals;
    split(clause, '|', [&](std::string_view word) {
      const bool negated = word.starts_with('!');
      if (negated) word.remove_prefix(1);
      const FactId fact = names_.find(word);
      // A meaning that a user's own wordings leave out never holds; any other unknown name is our mistake.
      LOCKSMITH_ASSERT(fact != FactNames::kNone || word.starts_with("says."));
      literals.push_back({fact, negated});
      if (fact != FactNames::kNone && (rules_with_[fact].empty() || rules_with_[fact].back() != index)) rules_with_[fact].push_back(index);
    });
    compiled.clauses.push_back(std::move(literals));
  });
  split(rule.concludes, ' ', [&](std::string_view code) {
    compiled.codes.push_back(static_cast<std::uint16_t>(cause_index(code)));
  });
  LOCKSMITH_ASSERT(!compiled.clauses.empty() && !compiled.codes.empty());
  LOCKSMITH_ASSERT((weight < 0) == (weight_of(rule.strength) < 0));
  rules_.push_back(std::move(compiled));
}

double Examiner::weight(std::string_view rule) const {
  const auto found = std::ranges::find_if(rules_, [&](const Compiled& compiled) { return compiled.rule->name == rule; });
  return found == rules_.end() ? 0 : found->weight;
}

bool Examiner::holds(const Compiled& compiled, const FactSet& facts) {
  return std::ranges::all_of(compiled.clauses, [&](const auto& clause) {
    return std::ranges::any_of(clause, [&](const Literal& literal) { return facts.has(literal.fact) != literal.negated; });
  });
}

Examiner::Scores Examiner::score(const evidence::Evidence& evidence, const FactSet& facts, std::string_view ignored) const {
  Scores scores;
  scores.evidence.assign(causes_.size(), 0);
  scores.code.assign(cause_of_.size(), 0);
  std::vector<std::uint32_t> counted(causes_.size(), 0);  // a rule that names two codes of one cause counts once for it
  std::uint32_t rule_number = 0;
  for (const Compiled& compiled : rules_) {
    ++rule_number;
    if (!holds(compiled, facts) || compiled.rule->name == ignored) continue;
    scores.fired.push_back(static_cast<std::uint16_t>(rule_number - 1));
    for (const std::uint16_t code : compiled.codes) {
      scores.code[code] += compiled.weight;
      const std::uint16_t cause = cause_of_[code];
      if (counted[cause] == rule_number) continue;
      counted[cause] = rule_number;
      scores.evidence[cause] += compiled.weight;
    }
  }
  if (const CauseCode* const named = named_by_gateway(evidence); named != nullptr && ignored != kGatewaysRule) {
    const std::size_t code = cause_index(named->name);
    scores.code[code] += kGatewaysWord;
    scores.evidence[cause_of_[code]] += kGatewaysWord;
  }
  scores.best_evidence = *std::ranges::max_element(scores.evidence);
  std::vector<double> residual(causes_.size(), 0);
  for (const FactId fact : corrected_) {
    if (!facts.has(fact)) continue;
    for (const Residual& r : residuals_[fact]) residual[r.cause] += r.value;
  }
  scores.cause.resize(causes_.size());
  for (std::size_t i = 0; i < causes_.size(); ++i) {
    scores.cause[i] = priors_[i] + scores.evidence[i] + std::clamp(residual[i], -kMostResiduals, kMostResiduals);
  }
  // What no rule speaks for stands behind what one does: the first cause has a reason that can be said.
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < causes_.size(); ++i) {
    if (scores.evidence[i] >= kWorthSaying) best = std::max(best, scores.cause[i]);
  }
  for (std::size_t i = 0; i < causes_.size() && scores.best_evidence >= kWorthSaying; ++i) {
    if (scores.evidence[i] < kWorthSaying) scores.cause[i] = std::min(scores.cause[i], best - kBehind);
  }
  return scores;
}

Diagnosis Examiner::examine(const evidence::Evidence& evidence, Depth depth) const {
  const FactSet facts = facts_of(evidence);
  Scores scores = score(evidence, facts, {});
  deny(evidence, facts, scores);
  Diagnosis diagnosis = conclude(evidence, facts, scores, true);
  if (depth == Depth::whole && diagnosis.findings.size() >= 2 && diagnosis.findings[0].certainty != Certainty::proven) {
    if (auto test = ask(evidence, facts, scores, {})) {
      diagnosis.asks = std::make_shared<const NextTest>(*test);
      diagnosis.next_test = diagnosis.asks.get();
    }
  }
  return diagnosis;
}

Diagnosis Examiner::examine_without(const evidence::Evidence& evidence, std::string_view ignored) const {
  const FactSet facts = facts_of(evidence);
  Scores scores = score(evidence, facts, ignored);
  deny(evidence, facts, scores);
  return conclude(evidence, facts, scores, ignored != kGatewaysRule);
}

Diagnosis Examiner::conclude(const evidence::Evidence& evidence, const FactSet& facts, const Scores& scores, bool gateway_counts) const {
  Diagnosis diagnosis;
  diagnosis.facts = facts.count();
  if (scores.best_evidence < kWorthSaying) return diagnosis;
  const std::vector<double> probability = probabilities(scores.cause);
  std::vector<std::uint16_t> order(causes_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint16_t>(i);
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::uint16_t i) { return probability[i]; });
  std::size_t kept = 0;
  bool proven = false;
  const auto codes = cause_codes();
  std::vector<std::int32_t> place(causes_.size(), -1);
  std::vector<bool> proof(causes_.size(), false);
  for (const std::uint16_t rule : scores.fired) {
    const Compiled& compiled = rules_[rule];
    if (!is_proof(compiled.rule->strength)) continue;
    for (const std::uint16_t code : compiled.codes) proof[cause_of_[code]] = true;
  }
  const CauseCode* const named = named_by_gateway(evidence);
  if (named != nullptr && gateway_counts) proof[cause_of_[cause_index(named->name)]] = true;
  // Two things may be broken, and both be proven: then neither has all of the probability.
  double of_proven = 0;
  for (std::size_t i = 0; i < causes_.size(); ++i) of_proven += proof[i] ? probability[i] : 0;
  const auto certainty = [&](std::uint16_t cause) {
    if (proof[cause] && of_proven >= kProofStands && probability[cause] >= kProofAmongOthers) return Certainty::proven;
    const double next = probability[cause == order[0] ? order[1] : order[0]];
    return probability[cause] >= kLikely && probability[cause] - next >= kLikelyLead ? Certainty::likely : Certainty::possible;
  };
  for (const std::uint16_t cause : order) {
    // Beside what is proven something else may be wrong, however small a share of the probability is left for it.
    const bool supported = scores.evidence[cause] >= kWorthSaying;
    const bool wanted = (kept < kAtLeast && (!proven || supported)) || (probability[cause] >= kLeastProbable && supported) || proof[cause];
    if (!wanted) continue;
    Finding finding;
    finding.code = &codes[causes_[cause]];
    double most = 0;
    for (std::size_t code = causes_[cause] + 1; code < codes.size() && codes[code].is_finer(); ++code) {
      if (scores.code[code] > most) {
        most = scores.code[code];
        finding.code = &codes[code];
      }
    }
    finding.points = points_of(scores.evidence[cause]);
    finding.probability = probability[cause];
    finding.certainty = certainty(cause);
    proven |= finding.certainty == Certainty::proven;
    place[cause] = static_cast<std::int32_t>(kept++);
    diagnosis.findings.push_back(std::move(finding));
  }
  for (const std::uint16_t rule : scores.fired) {
    const Compiled& compiled = rules_[rule];
    std::uint16_t before = static_cast<std::uint16_t>(causes_.size());
    for (const std::uint16_t code : compiled.codes) {
      const std::uint16_t cause = cause_of_[code];
      if (place[cause] < 0 || cause == before) continue;
      before = cause;
      Finding& finding = diagnosis.findings[static_cast<std::size_t>(place[cause])];
      (compiled.weight > 0 ? finding.supports : finding.against).push_back({compiled.rule->name, compiled.rule->because, points_of(compiled.weight)});
    }
  }
  if (named != nullptr && gateway_counts) {
    const std::int32_t at = place[cause_of_[cause_index(named->name)]];
    if (at >= 0) {
      diagnosis.findings[static_cast<std::size_t>(at)].supports.push_back(
          {kGatewaysRule,
           named_by_itself(evidence)
               ? "the gateway itself refused this request, and its answer names this cause (x-locksmith-cause)"
               : "the gateway passed on the API's refusal, and names this cause (x-locksmith-cause)",
           points_of(kGatewaysWord)});
    }
  }
  const auto heavier = [](const Reason& a, const Reason& b) { return std::abs(a.points) > std::abs(b.points); };
  for (Finding& finding : diagnosis.findings) {
    if (finding.supports.empty()) {
      finding.supports.push_back({"how_often", "nothing in the evidence speaks for it, but it is among the most frequent causes", 0});
    }
    std::ranges::stable_sort(finding.supports, heavier);
    std::ranges::stable_sort(finding.against, heavier);
  }
  return diagnosis;
}

std::vector<std::string_view> Examiner::facts(const evidence::Evidence& evidence) const {
  const FactSet set = facts_of(evidence);
  std::vector<std::string_view> names;
  for (FactId id = 0; id < names_.size(); ++id) {
    if (set.has(id)) names.push_back(names_.name(id));
  }
  return names;
}

std::vector<std::string_view> Examiner::nearest_facts(std::string_view mistyped) const {
  constexpr std::size_t kLongestName = 64;  // the quadratic distance is not for arbitrary input
  mistyped = mistyped.substr(0, kLongestName);
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (FactId id = 0; id < names_.size(); ++id) {
    const std::string_view name = names_.name(id);
    const bool contains = mistyped.size() > 2 && name.find(mistyped) != std::string_view::npos;
    ranked.emplace_back(contains ? 0 : edit_distance(mistyped, name), name);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string_view>::first);
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, ranked.size()); ++i) out.push_back(ranked[i].second);
  return out;
}

std::vector<std::string_view> Examiner::fired(const evidence::Evidence& evidence) const {
  const FactSet set = facts_of(evidence);
  std::vector<std::string_view> names;
  for (const Compiled& compiled : rules_) {
    if (holds(compiled, set)) names.push_back(compiled.rule->name);
  }
  return names;
}

}  // namespace locksmith::model::diagnosis
