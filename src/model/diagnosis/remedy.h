// What to do now: exact steps for a cause, graded by who may take them, and what not to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/diagnosis/examine.h"
#include "model/evidence/evidence.h"

namespace locksmith::model::diagnosis {

enum class Grade : std::uint8_t {
  safe,        // changes nothing, or only what the user's own shell forgets
  ask_first,   // changes a file, an account or a running service
  only_human,  // needs a judgement, a login or money
};
std::string_view to_words(Grade grade);  // "safe", "ask first", "only a human"

struct Step {
  Grade grade = Grade::safe;
  std::string text;     // one sentence
  std::string command;  // to run as it is, or empty; placeholders are in CAPITALS
  std::string place;    // where the mend belongs: "env:NAME", "file:PATH", "unit NAME"; empty: not known
};

struct Remedy {
  std::vector<Step> steps;   // in order; of the evidence's operating system where they differ
  std::string_view do_not;   // what people do that makes it worse, or empty
};

// The steps for a finding, with the names of the evidence (variable, file, base URL) filled in. Pure.
Remedy remedy(const CauseCode& code, const evidence::Evidence& evidence);

}  // namespace locksmith::model::diagnosis
