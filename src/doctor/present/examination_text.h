// An examination for people and for machines.
#pragma once

#include <string>
#include <vector>

#include "doctor/examination/examination.h"
#include "doctor/examination/judge.h"
#include "doctor/present/page.h"
#include "doctor/present/report.h"
#include "model/diagnosis/examine.h"

namespace locksmith::doctor::present {

// Before the probes: the machine, whose behaviour is followed, the credentials in the order in which they count.
void write_survey(Page& page, const survey::Survey& survey);

// The request that the client would make: its URL and headers, redacted, or why there is none.
void write_outgoing(Page& page, const survey::Outgoing& outgoing);

// One line a step, as it ends.
void write_tried(Page& page, const examination::Tried& tried);

// All that was looked at and tried: survey, request, steps, what was odd. For -v.
void write_examined(Page& page, const examination::Examination& examination);

// The verdict's first line alone.
void write_verdict_line(Page& page, const examination::Examination& examination, const model::diagnosis::Diagnosis& diagnosis, examination::Verdict verdict);

// The verdict, what to do, why, and what it rests on: at most 24 lines at 80 columns, the verdict first and the next command last.
void write_outcome(Page& page, const examination::Examination& examination, const model::diagnosis::Diagnosis& diagnosis,
                   examination::Verdict verdict);

// Another machine's run beside this one.
struct Comparison {
  std::string with;  // the file's name
  std::vector<Difference> differences;
};
void write_comparison(Page& page, const Comparison& comparison);

// One document: locksmith.doctor/1; with `compared` where a comparison was asked for.
std::string examination_json(const examination::Examination& examination, const model::diagnosis::Diagnosis& diagnosis,
                             examination::Verdict verdict, const Comparison* comparison = nullptr);

}  // namespace locksmith::doctor::present
