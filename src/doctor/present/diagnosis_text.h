// A diagnosis for people and for machines.
#pragma once

#include <string>

#include "doctor/present/page.h"
#include "model/diagnosis/examine.h"
#include "model/evidence/evidence.h"
#include "wire/json/json.h"

namespace locksmith::doctor::present {

// The headline, why, what to do, what else is possible, and how to tell them apart.
void write_diagnosis(Page& page, const model::diagnosis::Diagnosis& diagnosis, const model::evidence::Evidence& evidence);

// Members of an open object: "id", "verdict", "causes", "codes", and, where `whole`, "findings", "next_test".
// `verdict` is problem, healthy or undetermined.
void write_diagnosis(wire::json::Writer& out, const model::diagnosis::Diagnosis& diagnosis,
                     const model::evidence::Evidence& evidence, std::string_view verdict, bool whole);

}  // namespace locksmith::doctor::present
