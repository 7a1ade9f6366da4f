// The verdict over an examination and its diagnosis: what the exit code says.
#pragma once

#include "doctor/examination/examination.h"
#include "model/diagnosis/examine.h"

namespace locksmith::doctor::examination {

// healthy: every request was answered as it should be, whatever hints the machine gives beside it.
Verdict judge(const Examination& examination, const model::diagnosis::Diagnosis& diagnosis, bool offline);

}  // namespace locksmith::doctor::examination
