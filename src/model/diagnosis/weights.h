// What the rules weigh. A diagnosis is a choice among causes: each starts with how often it occurs, every rule that holds adds
// its weight to what it concludes, small residuals of single facts add theirs, and the sums become probabilities
// (a multinomial logistic model, so that weights are logarithms of odds).
//
// The numbers are fitted to labelled reports by bench/diagnosis/fit.cc and stand in data/weights.json. What is not in them has
// its strength's weight and no prior, so that an Examiner without any works, too.
#pragma once

#include <string>
#include <vector>

#include "model/diagnosis/rule.h"

namespace locksmith::model::diagnosis {

// The weight of a strength by itself. A proof outweighs whatever hints and residuals there are together.
constexpr double weight_of(Strength strength) {
  switch (strength) {
    case Strength::proves:
      return 9;
    case Strength::strong:
      return 4;
    case Strength::hint:
      return 2;
    case Strength::against:
      return -2;
    case Strength::settles:
      return 12;
    case Strength::rules_out:
      return -20;
  }
  return 0;
}

constexpr bool is_proof(Strength strength) { return strength == Strength::proves || strength == Strength::settles; }
// What is not fitted: proofs, and what the reports cannot show because only an examination notes it.
constexpr bool is_fixed(Strength strength) { return is_proof(strength) || strength == Strength::rules_out; }

// A fitted weight stays within these shares of its strength's, so that its sign and its rank among the strengths stay.
inline constexpr double kLeastShare = 0.1;
inline constexpr double kMostShare = 2.0;
// A residual is a correction, never an argument.
inline constexpr double kMostResidual = 0.7;

struct Weights {
  struct Named {
    std::string name;
    double value;
  };
  struct Residual {
    std::string fact, cause;
    double value;
  };
  std::string corpus;  // what they were fitted to: its SHA-256
  std::vector<Named> priors;        // of causes
  std::vector<Named> rules;
  std::vector<Residual> residuals;
};

}  // namespace locksmith::model::diagnosis
