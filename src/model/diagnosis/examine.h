// From evidence to a diagnosis: which causes explain what was seen, how probable each is, which facts speak against it, and which
// question would tell the most.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/diagnosis/cause.h"
#include "model/diagnosis/facts.h"
#include "model/diagnosis/rule.h"
#include "model/diagnosis/weights.h"
#include "model/evidence/evidence.h"

namespace locksmith::model::diagnosis {

enum class Certainty : std::uint8_t { possible, likely, proven };
std::string_view to_words(Certainty certainty);  // "possible", "likely", "certain"

struct Reason {
  std::string_view rule;
  std::string_view because;
  int points;  // of this rule alone, tenths of a logarithm of odds; below zero in Finding::against
};

struct Finding {
  const CauseCode* code = nullptr;   // the finest code that the evidence supports
  int points = 0;                    // for and against together
  double probability = 0;            // among all causes; docs/diagnose.md says how often it was right
  Certainty certainty = Certainty::possible;
  std::vector<Reason> supports;      // heaviest first; only the prior where nothing in the evidence speaks for it
  std::vector<Reason> against;
};

// The question whose answer is expected to tell the most.
struct NextTest {
  std::string_view question;        // what to try or to look at
  std::string_view fact;            // the observation to note when it holds: "works.curl"
  std::string_view yes_means;       // the cause that comes first then
  std::string_view no_means;
};

struct Diagnosis {
  std::vector<Finding> findings;    // best first; empty: nothing speaks for any cause. At least three where none is proven
  std::shared_ptr<const NextTest> asks;
  const NextTest* next_test = nullptr;  // of `asks`
  std::size_t facts = 0;            // how much was known
};

enum class Depth : std::uint8_t {
  causes,  // without the next test, which costs more than all the rest
  whole,
};

// Thread-safe after construction; construction compiles the wordings and the rules (some milliseconds).
class Examiner {
 public:
  explicit Examiner(std::vector<evidence::Meaning> wordings, const Weights& weights = {});

  // Pure and deterministic: the same document gives the same diagnosis.
  Diagnosis examine(const evidence::Evidence& evidence, Depth depth = Depth::whole) const;

  // As examine().next_test, without the questions whose facts are in `asked`.
  std::optional<NextTest> next_test(const evidence::Evidence& evidence, std::span<const std::string> asked) const;

  // Whether it can be given by --fact: whatever a rule uses, and all observations.
  bool is_fact(std::string_view name) const { return names_.find(name) != FactNames::kNone; }
  std::vector<std::string_view> nearest_facts(std::string_view mistyped) const;  // at most three

  // The facts that a document gives, by name: for reports and tests.
  std::vector<std::string_view> facts(const evidence::Evidence& evidence) const;

  // Names of the rules that hold for a document: for the fit, and for the check that no rule serves one report only.
  std::vector<std::string_view> fired(const evidence::Evidence& evidence) const;

  // As examine(), as if that rule did not exist: for the check that no rule is fitted to one report.
  Diagnosis examine_without(const evidence::Evidence& evidence, std::string_view rule) const;

  std::size_t rule_count() const { return rules_.size(); }
  // What a rule weighs here; 0 where there is none of that name.
  double weight(std::string_view rule) const;

 private:
  struct Literal {
    FactId fact;
    bool negated;
  };
  struct Compiled {
    const Rule* rule;
    double weight;
    std::vector<std::vector<Literal>> clauses;  // all must hold; of each, one literal
    std::vector<std::uint16_t> codes;           // indexes into cause_codes()
  };
  struct Residual {
    std::uint16_t cause;  // index into causes_
    double value;
  };
  struct Scores {
    std::vector<double> cause;     // prior and evidence together
    std::vector<double> evidence;  // without the prior
    std::vector<double> code;      // of finer codes, by index into cause_codes()
    std::vector<std::uint16_t> fired;  // the rules that hold
    double best_evidence = 0;
  };

  void compile(const Rule& rule, double weight);
  void take_weights(const Weights& weights);
  static bool holds(const Compiled& compiled, const FactSet& facts);
  FactSet facts_of(const evidence::Evidence& evidence) const { return derive(evidence, names_, book_); }
  Scores score(const evidence::Evidence& evidence, const FactSet& facts, std::string_view ignored) const;
  void deny(const evidence::Evidence& evidence, const FactSet& facts, Scores& scores) const;
  std::vector<double> change(FactId fact, const FactSet& facts) const;
  Diagnosis conclude(const evidence::Evidence& evidence, const FactSet& facts, const Scores& scores, bool gateway_counts) const;
  std::optional<NextTest> ask(const evidence::Evidence& evidence, const FactSet& facts, const Scores& scores, std::span<const std::string> asked) const;

  evidence::PhraseBook book_;
  FactNames names_;
  std::vector<Compiled> rules_;
  std::vector<std::uint16_t> causes_;    // of whole causes that a diagnosis can name, indexes into cause_codes()
  std::vector<std::uint16_t> cause_of_;  // by code: index into causes_
  std::vector<double> priors_;           // by index into causes_
  std::vector<std::vector<Residual>> residuals_;         // by fact
  std::vector<FactId> corrected_;                        // the facts that have residuals
  std::vector<std::vector<std::uint16_t>> rules_with_;   // by fact: the rules that need it, or need it not to hold
};

// Rules in all tables, in order.
std::vector<const Rule*> all_rules();

// What can be asked of a person, and the fact that a "yes" is. questions.cc
struct Question {
  std::string_view fact;
  std::string_view text;  // one sentence without a full stop
};
std::span<const Question> questions();

}  // namespace locksmith::model::diagnosis
