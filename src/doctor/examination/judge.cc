#include "doctor/examination/judge.h"

namespace locksmith::doctor::examination {

Verdict judge(const Examination& examination, const model::diagnosis::Diagnosis& diagnosis, bool offline) {
  if (examination.works) return examination.condition.empty() ? Verdict::healthy : Verdict::undetermined;
  if (!examination.missing.empty() && !examination.evidence.error.status) return Verdict::undetermined;
  // Of what was not answered as it should be nothing is healthy, whatever a status says.
  if (verdict_on(diagnosis, examination.evidence) != Verdict::problem) return Verdict::undetermined;
  // Without a request, a mere hint (two credentials set, a proxy configured) is no finding yet.
  const bool has_any = examination.survey.winner || examination.survey.overriding;
  if (offline && has_any && diagnosis.findings[0].certainty == model::diagnosis::Certainty::possible) return Verdict::undetermined;
  return Verdict::problem;
}

}  // namespace locksmith::doctor::examination
