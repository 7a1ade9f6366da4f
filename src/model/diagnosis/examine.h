// From evidence to a diagnosis: which causes explain what was seen, which contradict it, and what would tell them apart.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/diagnosis/cause.h"
#include "model/diagnosis/facts.h"
#include "model/diagnosis/rule.h"
#include "model/evidence/evidence.h"

namespace locksmith::model::diagnosis {

enum class Certainty : std::uint8_t { possible, likely, proven };
std::string_view to_words(Certainty certainty);  // "possible", "likely", "certain"

struct Reason {
  std::string_view rule;
  std::string_view because;
  int points;  // of this rule alone; below zero in Finding::against
};

struct Finding {
  const CauseCode* code = nullptr;   // the finest code that the evidence supports
  int points = 0;                    // for and against together
  Certainty certainty = Certainty::possible;
  std::vector<Reason> supports;      // heaviest first
  std::vector<Reason> against;
};

// The question that separates the two best causes, where they are near each other.
struct NextTest {
  std::string_view question;        // what to try
  std::string_view fact;            // the observation to note when it holds: "works.curl"
  std::string_view yes_means;       // cause names
  std::string_view no_means;
};

struct Diagnosis {
  std::vector<Finding> findings;    // best first; empty: nothing speaks for any cause
  const NextTest* next_test = nullptr;
  std::size_t facts = 0;            // how much was known
};

// Thread-safe after construction; construction compiles the wordings and the rules (some milliseconds).
class Examiner {
 public:
  explicit Examiner(std::vector<evidence::Meaning> wordings);

  // Pure and deterministic: the same document gives the same diagnosis.
  Diagnosis examine(const evidence::Evidence& evidence) const;

  // The facts that a document gives, by name: for reports and tests.
  std::vector<std::string_view> facts(const evidence::Evidence& evidence) const;

  // Names of the rules that fire for a document: for the check that no rule serves one report only.
  std::vector<std::string_view> fired(const evidence::Evidence& evidence) const;

  // As examine(), as if that rule did not exist: for the check that no rule is fitted to one report.
  Diagnosis examine_without(const evidence::Evidence& evidence, std::string_view rule) const;

  std::size_t rule_count() const { return rules_.size(); }

 private:
  struct Literal {
    FactId fact;
    bool negated;
  };
  struct Compiled {
    const Rule* rule;
    std::vector<std::vector<Literal>> clauses;  // all must hold; of each, one literal
    std::vector<std::uint16_t> codes;           // indexes into cause_codes()
  };

  void compile(const Rule& rule);
  static bool holds(const Compiled& compiled, const FactSet& facts);
  FactSet facts_of(const evidence::Evidence& evidence) const { return derive(evidence, names_, book_); }

  evidence::PhraseBook book_;
  FactNames names_;
  std::vector<Compiled> rules_;
};

// Rules in all tables, in order.
std::vector<const Rule*> all_rules();

// The test that tells two causes apart, or nullptr. Symmetric in its arguments. tell_apart.cc
const NextTest* next_test(std::string_view first_cause, std::string_view second_cause);

}  // namespace locksmith::model::diagnosis
