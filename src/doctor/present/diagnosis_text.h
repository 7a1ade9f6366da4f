// A diagnosis for people and for machines.
#pragma once

#include <string>

#include "doctor/present/page.h"
#include "model/diagnosis/examine.h"
#include "model/diagnosis/verdict.h"
#include "model/evidence/evidence.h"
#include "wire/json/json.h"

namespace locksmith::doctor::present {

// How much of each part there is room for.
struct Room {
  std::size_t reasons = 4;  // more do not convince more; --json has all
  std::size_t steps = 4;
  std::size_t others = 3;
  bool against = true;
  bool to_decide = true;
};

// The one line that stands for all of it: sign, word, cause, certainty and code; on two lines where it is too long for 79 columns.
void write_verdict(Page& page, const model::diagnosis::Finding& finding);

// The verdict, what to do and not to do, why, what else is possible, and how to tell them apart.
void write_diagnosis(Page& page, const model::diagnosis::Diagnosis& diagnosis, const model::evidence::Evidence& evidence);
// The parts of it, for who puts others between them.
void write_remedy(Page& page, const model::diagnosis::Finding& finding, const model::evidence::Evidence& evidence, const Room& room);
void write_reasons(Page& page, const model::diagnosis::Finding& finding, const Room& room);
void write_others(Page& page, const model::diagnosis::Diagnosis& diagnosis, const Room& room);
void write_more(Page& page, const model::diagnosis::Finding& finding);

// Members of an open object: "id", "verdict", "causes", "codes", and, where `whole`, "findings", "next_test".
void write_diagnosis(wire::json::Writer& out, const model::diagnosis::Diagnosis& diagnosis,
                     const model::evidence::Evidence& evidence, model::diagnosis::Verdict verdict, bool whole);

}  // namespace locksmith::doctor::present
