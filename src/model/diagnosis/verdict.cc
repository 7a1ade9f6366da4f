#include "model/diagnosis/verdict.h"

namespace locksmith::model::diagnosis {

std::string_view to_words(Verdict verdict) {
  switch (verdict) {
    case Verdict::healthy:
      return "healthy";
    case Verdict::problem:
      return "problem";
    case Verdict::undetermined:
      break;
  }
  return "undetermined";
}

Verdict verdict_named(std::string_view word) {
  for (const Verdict verdict : {Verdict::healthy, Verdict::problem}) {
    if (word == to_words(verdict)) return verdict;
  }
  return Verdict::undetermined;
}

Verdict verdict_on(const Diagnosis& diagnosis, const evidence::Evidence& evidence) {
  if (!diagnosis.findings.empty()) return Verdict::problem;
  const auto& e = evidence.error;
  const bool tells_of_failure = !e.text.empty() || !e.type.empty() || !e.transport.empty();
  return e.status.value_or(0) / 100 == 2 && !tells_of_failure ? Verdict::healthy : Verdict::undetermined;
}

}  // namespace locksmith::model::diagnosis
