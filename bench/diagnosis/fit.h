// Fits the weights of the rules to labelled reports. Deterministic: the same reports and rules give the same weights.
//
// A multinomial logistic model over the causes. Its loss is the cross-entropy against the labelled cause (most of it) and the
// acceptable ones, with a pull of each weight towards its strength's, of each prior towards how often the cause occurs and of
// each residual towards nothing. Weights keep their sign and stay within shares of their strength's; proofs are not fitted.
// AdaGrad, a fixed number of rounds.
#pragma once

#include <functional>
#include <vector>

#include "corpus.h"
#include "model/diagnosis/examine.h"

namespace locksmith::bench {

// `takes_part` says which reports may be learned from.
model::diagnosis::Weights fit(const std::vector<Report>& reports, const std::function<bool(const Report&)>& takes_part);

// As data/weights.json holds them.
std::string to_json(const model::diagnosis::Weights& weights, std::size_t reports);

// Five parts, by repository; every repository is in one.
inline constexpr std::size_t kFolds = 5;
std::size_t fold_of(const Report& report);

}  // namespace locksmith::bench
