// The facts of the evidence document that a survey shows: "config.two-credentials", "launched.ssh", …
// (docs/evidence.md).
#pragma once

#include "doctor/survey/survey.h"
#include "world/environment.h"

namespace locksmith::doctor::survey {

// Adds to survey.observations, sorted and each once. The survey is resolved by then. Pure but for the
// environment.
void observe(Survey& survey, const world::Environment& environment);

// Sorted, and each once.
void settle_observations(Survey& survey);

// Whether two entries hold the same credential, whatever stands around it.
bool same_value(const Held& a, const Held& b);

}  // namespace locksmith::doctor::survey
