// An examination for people and for machines.
#pragma once

#include <string>

#include "doctor/examination/examination.h"
#include "doctor/examination/judge.h"
#include "doctor/present/page.h"
#include "model/diagnosis/examine.h"

namespace locksmith::doctor::present {

// Before the probes: the machine, whose behaviour is followed, the credentials in the order in which they count.
void write_survey(Page& page, const survey::Survey& survey);

// The request that the client would make: its URL and headers, redacted, or why there is none.
void write_outgoing(Page& page, const survey::Outgoing& outgoing);

// One line a step, as it ends.
void write_tried(Page& page, const examination::Tried& tried);

// After the probes: what was odd, then the verdict.
void write_outcome(Page& page, const examination::Examination& examination, const model::diagnosis::Diagnosis& diagnosis,
                   examination::Verdict verdict);

// One document: locksmith.doctor/1.
std::string examination_json(const examination::Examination& examination, const model::diagnosis::Diagnosis& diagnosis,
                             examination::Verdict verdict);

}  // namespace locksmith::doctor::present
