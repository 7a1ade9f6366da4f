// The observations of the evidence document: facts that a person can answer with yes or that a probe measured.
#pragma once

#include <span>
#include <string_view>

namespace locksmith::model::evidence {

struct Observation {
  std::string_view name;      // "works.curl"
  std::string_view holds_when;  // for a report: "the same request succeeds with curl"
};

// All known ones, in the order of docs/evidence.md. An unknown observation is kept and shown, and decides nothing.
std::span<const Observation> observations();

}  // namespace locksmith::model::evidence
