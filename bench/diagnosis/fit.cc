#include "fit.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "knowledge/knowledge.h"
#include "vocabulary/text.h"

namespace locksmith::bench {
namespace {

using model::diagnosis::Rule;
using model::diagnosis::Weights;

// How much one report counts by how much of it is shown: most people have no more than a text.
constexpr double kWholeReport = 1.0;
constexpr double kTextOfReport = 0.3;
// Of the target, the labelled cause's own share; the rest goes to whatever acceptable causes the model prefers.
constexpr double kLabelled = 0.6;
constexpr double kPullOfRules = 0.5;
constexpr double kPullOfPriors = 0.3;
constexpr double kPullOfResiduals = 2.0;
constexpr double kPriorShare = 0.5;  // of the logarithm of how often a cause occurs: reports are no census
constexpr double kStep = 0.5;
constexpr double kResidualStep = 0.15;
constexpr int kRounds = 60;
constexpr std::size_t kLeastSupport = 6;  // reports with a fact, before it may have residuals
constexpr double kNegligible = 1e-3;

struct FittedRule {
  const Rule* rule;
  double weight, own;
  std::vector<std::size_t> causes;
};

struct Sample {
  std::vector<std::size_t> rules, facts;
  std::vector<std::size_t> acceptable;
  std::size_t cause = 0;
  bool cause_known = false;
  double counts = 1;
};

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" |"), text.size());
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

class Fit {
 public:
  Fit(const std::vector<Report>& reports, const std::function<bool(const Report&)>& takes_part) {
    for (const auto& code : model::diagnosis::cause_codes()) {
      if (code.is_finer() || code.name == "other") continue;
      cause_index_[std::string(code.name)] = causes_.size();
      causes_.emplace_back(code.name);
    }
    for (const Rule* rule : model::diagnosis::all_rules()) {
      const double own = model::diagnosis::weight_of(rule->strength);
      FittedRule fitted{rule, own, own, {}};
      for (const std::string& code : words(rule->concludes)) {
        const std::size_t cause = cause_index_.at(code.substr(0, code.find('.')));
        if (std::ranges::find(fitted.causes, cause) == fitted.causes.end()) fitted.causes.push_back(cause);
      }
      rule_index_[rule->name] = rules_.size();
      rules_.push_back(std::move(fitted));
    }
    gather(reports, takes_part);
  }

  Weights run() {
    start();
    for (int round = 0; round < kRounds; ++round) one_round();
    return result();
  }

 private:
  void gather(const std::vector<Report>& reports, const std::function<bool(const Report&)>& takes_part) {
    const auto examiner = knowledge::make_examiner();
    for (const Report& report : reports) {
      if (!takes_part(report)) continue;
      for (const Shown shown : {Shown::asked, Shown::text}) {
        if (report.is_raw ? shown == Shown::text || !report.determinable || report.evidence.empty() : shown == Shown::text && !report.determinable) continue;
        // Of a log the first failure is the one that is labelled.
        const auto evidence = shown_only(report.evidence.front(), report.is_raw ? Shown::raw : shown);
        Sample sample;
        for (const std::string_view name : (*examiner)->fired(evidence)) sample.rules.push_back(rule_index_.at(name));
        if (sample.rules.empty()) continue;
        for (const std::string_view name : (*examiner)->facts(evidence)) {
          // How a text was wrapped, such as in JSON by a logger, says nothing of its cause.
          if (name.starts_with("body.")) continue;
          const auto [at, is_new] = fact_index_.emplace(std::string(name), facts_.size());
          if (is_new) facts_.emplace_back(name);
          sample.facts.push_back(at->second);
        }
        for (const std::string& cause : report.acceptable) {
          const auto known = cause_index_.find(cause);
          if (known != cause_index_.end()) sample.acceptable.push_back(known->second);
        }
        if (sample.acceptable.empty()) continue;
        if (const auto known = cause_index_.find(report.cause); known != cause_index_.end()) {
          sample.cause = known->second;
          sample.cause_known = true;
        }
        sample.counts = shown == Shown::text ? kTextOfReport : kWholeReport;
        samples_.push_back(std::move(sample));
      }
    }
  }

  void start() {
    const std::size_t k = causes_.size();
    std::vector<double> often(k, 0.5);
    double all = 0.5 * static_cast<double>(k);
    std::vector<std::size_t> support(facts_.size(), 0);
    for (const Sample& sample : samples_) {
      if (sample.cause_known) {
        often[sample.cause] += sample.counts;
        all += sample.counts;
      }
      for (const std::size_t fact : sample.facts) ++support[fact];
    }
    for (std::size_t i = 0; i < k; ++i) usual_.push_back(kPriorShare * std::log(often[i] / all));
    priors_ = usual_;
    supported_.resize(facts_.size());
    for (std::size_t i = 0; i < facts_.size(); ++i) supported_[i] = support[i] >= kLeastSupport;
    residuals_.assign(facts_.size() * k, 0);
    least_.assign(facts_.size() * k, -model::diagnosis::kMostResidual);
    most_.assign(facts_.size() * k, model::diagnosis::kMostResidual);
    // What a rule says of a fact and a cause, its residual must not take back.
    for (const FittedRule& rule : rules_) {
      for (const std::string& word : words(rule.rule->needs)) {
        const auto fact = fact_index_.find(word);
        if (fact == fact_index_.end()) continue;
        for (const std::size_t cause : rule.causes) {
          if (rule.own > 0) least_[fact->second * k + cause] = 0;
        }
      }
    }
    squares_rules_.assign(rules_.size(), 1e-6);
    squares_priors_.assign(k, 1e-6);
    squares_residuals_.assign(residuals_.size(), 1e-6);
  }

  void one_round() {
    const std::size_t k = causes_.size();
    std::vector<double> rules(rules_.size(), 0);
    std::vector<bool> seen(rules_.size(), false);
    std::vector<double> priors(k, 0);
    std::vector<double> residuals(residuals_.size(), 0);
    std::vector<bool> moved(residuals_.size(), false);
    std::vector<double> p(k);
    for (const Sample& sample : samples_) {
      p = priors_;
      for (const std::size_t rule : sample.rules) {
        for (const std::size_t cause : rules_[rule].causes) p[cause] += rules_[rule].weight;
      }
      for (const std::size_t fact : sample.facts) {
        if (!supported_[fact]) continue;
        for (std::size_t i = 0; i < k; ++i) p[i] += residuals_[fact * k + i];
      }
      const double most = *std::ranges::max_element(p);
      double sum = 0;
      for (double& value : p) sum += value = std::exp(value - most);
      for (double& value : p) value /= sum;
      double acceptable = 0;
      for (const std::size_t cause : sample.acceptable) acceptable += p[cause];
      std::vector<double> wrong = p;
      const double own = sample.cause_known ? kLabelled : 0;
      for (const std::size_t cause : sample.acceptable) wrong[cause] -= (1 - own) * p[cause] / acceptable;
      if (sample.cause_known) wrong[sample.cause] -= own;
      for (double& value : wrong) value *= sample.counts;
      for (std::size_t i = 0; i < k; ++i) priors[i] += wrong[i];
      for (const std::size_t rule : sample.rules) {
        seen[rule] = true;
        for (const std::size_t cause : rules_[rule].causes) rules[rule] += wrong[cause];
      }
      for (const std::size_t fact : sample.facts) {
        if (!supported_[fact]) continue;
        for (std::size_t i = 0; i < k; ++i) {
          if (std::abs(wrong[i]) <= kNegligible) continue;
          residuals[fact * k + i] += wrong[i];
          moved[fact * k + i] = true;
        }
      }
    }
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      FittedRule& rule = rules_[i];
      if (!seen[i] || model::diagnosis::is_fixed(rule.rule->strength)) continue;
      const double gradient = rules[i] + kPullOfRules * (rule.weight - rule.own);
      squares_rules_[i] += gradient * gradient;
      rule.weight -= kStep * gradient / std::sqrt(squares_rules_[i]);
      const double a = rule.own * model::diagnosis::kLeastShare;
      const double b = rule.own * model::diagnosis::kMostShare;
      rule.weight = std::clamp(rule.weight, std::min(a, b), std::max(a, b));
    }
    for (std::size_t i = 0; i < k; ++i) {
      const double gradient = priors[i] + kPullOfPriors * (priors_[i] - usual_[i]);
      squares_priors_[i] += gradient * gradient;
      priors_[i] -= kStep * gradient / std::sqrt(squares_priors_[i]);
    }
    for (std::size_t i = 0; i < residuals_.size(); ++i) {
      if (!moved[i]) continue;
      const double gradient = residuals[i] + kPullOfResiduals * residuals_[i];
      squares_residuals_[i] += gradient * gradient;
      residuals_[i] -= kResidualStep * gradient / std::sqrt(squares_residuals_[i]);
      residuals_[i] = std::clamp(residuals_[i], least_[i], most_[i]);
    }
  }

  Weights result() const {
    Weights weights;
    const auto rounded = [](double value) { return std::round(value * 1000) / 1000; };
    for (std::size_t i = 0; i < causes_.size(); ++i) weights.priors.push_back({causes_[i], rounded(priors_[i])});
    for (const FittedRule& rule : rules_) {
      if (std::abs(rule.weight - rule.own) >= 0.0005) weights.rules.push_back({std::string(rule.rule->name), rounded(rule.weight)});
    }
    for (std::size_t fact = 0; fact < facts_.size(); ++fact) {
      for (std::size_t i = 0; i < causes_.size(); ++i) {
        const double value = residuals_[fact * causes_.size() + i];
        if (std::abs(value) >= 0.05) weights.residuals.push_back({facts_[fact], causes_[i], rounded(value)});
      }
    }
    std::ranges::sort(weights.residuals, {}, [](const Weights::Residual& r) { return r.fact + ' ' + r.cause; });
    std::ranges::sort(weights.rules, {}, &Weights::Named::name);
    return weights;
  }

  std::vector<std::string> causes_, facts_;
  std::map<std::string, std::size_t> cause_index_, fact_index_;
  std::map<std::string_view, std::size_t> rule_index_;
  std::vector<FittedRule> rules_;
  std::vector<Sample> samples_;
  std::vector<double> usual_, priors_, residuals_, least_, most_;
  std::vector<bool> supported_;
  std::vector<double> squares_rules_, squares_priors_, squares_residuals_;
};

}  // namespace

Weights fit(const std::vector<Report>& reports, const std::function<bool(const Report&)>& takes_part) { return Fit(reports, takes_part).run(); }

std::size_t fold_of(const Report& report) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : report.repository) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash % kFolds;
}

std::string to_json(const Weights& weights, std::size_t reports) {
  std::string out = fmt::format(
      "{{\n  \"schema\": \"locksmith.weights/1\",\n  \"about\": \"Generated by diagnosis_fit (bench/diagnosis) from {} labelled reports; do not edit. Logarithms of "
      "odds: how often each cause occurs, what the rules weigh that the reports show (all others weigh what their strength does), and small "
      "residuals of single facts.\",\n  \"corpus\": \"{}\",\n",
      reports, weights.corpus);
  const auto list = [&](const char* name, const std::vector<Weights::Named>& values, const char* end) {
    out += fmt::format("  \"{}\": {{", name);
    for (std::size_t i = 0; i < values.size(); ++i) out += fmt::format("{}\n    \"{}\": {:.3f}", i == 0 ? "" : ",", values[i].name, values[i].value);
    out += fmt::format("\n  }}{}\n", end);
  };
  list("priors", weights.priors, ",");
  list("rules", weights.rules, ",");
  out += "  \"residuals\": {";
  std::string fact;
  for (const Weights::Residual& residual : weights.residuals) {
    if (residual.fact != fact) {
      out += fmt::format("{}\n    \"{}\": {{", fact.empty() ? "" : "},", residual.fact);
      fact = residual.fact;
    } else {
      out += ", ";
    }
    out += fmt::format("\"{}\": {:.3f}", residual.cause, residual.value);
  }
  out += fmt::format("{}\n  }}\n}}\n", fact.empty() ? "" : "}");
  return out;
}

}  // namespace locksmith::bench
