// What a diagnosis comes to, in one word: the exit code and every face say the same.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/diagnosis/examine.h"
#include "model/evidence/evidence.h"

namespace locksmith::model::diagnosis {

enum class Verdict : std::uint8_t {
  healthy,       // the evidence tells of an answer as it should be
  undetermined,  // something failed, or nothing is known, and no cause can be named
  problem,       // a cause is named
};
std::string_view to_words(Verdict verdict);
// What to_words() wrote; anything else is undetermined.
Verdict verdict_named(std::string_view word);

// By the evidence alone. Pure. An examination that made requests of its own knows more: doctor/examination/judge.h.
Verdict verdict_on(const Diagnosis& diagnosis, const evidence::Evidence& evidence);

}  // namespace locksmith::model::diagnosis
