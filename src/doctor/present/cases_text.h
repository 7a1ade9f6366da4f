// Several failures of one input (a log, a HAR file, a script of curl commands), each with its diagnosis, for
// people and for machines.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/present/page.h"
#include "model/diagnosis/examine.h"
#include "model/diagnosis/verdict.h"
#include "model/evidence/evidence.h"
#include "wire/json/json.h"

namespace locksmith::doctor::present {

struct Case {
  model::evidence::Evidence evidence;
  model::diagnosis::Diagnosis diagnosis;
  model::diagnosis::Verdict verdict = model::diagnosis::Verdict::undetermined;
  std::uint64_t count = 1;           // how often it was seen
  std::string first, last;           // RFC 3339; empty where no time is known
  std::string where;                 // "line 4", "entry 3": of the first; for people
  std::uint64_t position = 0;        // the same as a number, from 1
  std::vector<std::string> remarks;  // for people: what was not judged
};

// The first of each cause in full, the others in a line; where there is one case only, that.
void write_cases(Page& page, std::span<const Case> cases);

// Members of an open object: "verdict", "causes" and "codes" (of all, each once, in the order of the cases),
// "diagnoses".
void write_cases(wire::json::Writer& out, std::span<const Case> cases, model::diagnosis::Verdict verdict);

}  // namespace locksmith::doctor::present
