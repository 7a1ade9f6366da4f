// The labelled public reports, for tests that hold over all of them.
#pragma once

#include <string>
#include <vector>

#include "model/diagnosis/examine.h"
#include "model/evidence/evidence.h"

namespace locksmith::tests {

struct Labelled {
  model::evidence::Evidence evidence;
  std::string cause;
  bool determinable = false;
};

// bench/diagnosis/*.jsonl, all of them.
const std::vector<Labelled>& corpus();

// The first cause, without its finer code; empty where none is named.
std::string first_cause(const model::diagnosis::Examiner& examiner, const model::evidence::Evidence& evidence);

const model::diagnosis::Examiner& examiner();

}  // namespace locksmith::tests
