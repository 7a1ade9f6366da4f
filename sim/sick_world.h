// Sick worlds in virtual time: one or two faults drawn from a seed, the real doctor, the emulator, and what must be named.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/diagnosis/examine.h"
#include "vocabulary/instant.h"

namespace locksmith::sim {

struct Planted {
  std::string name;                 // of the fault
  std::vector<std::string> causes;  // any of them names it
};

struct SickWorld {
  std::vector<Planted> faults;      // none: a healthy world
  std::vector<std::string> named;   // causes in the doctor's order; empty where it calls the world healthy
  bool healthy = false;             // the doctor's verdict
  Duration took{};                  // virtual
};

// `faults` of them, 0 to 2; a pair is drawn so that neither hides the other whole. The same seed gives the same world and,
// the engine being deterministic, the same result.
SickWorld examine_world(std::uint64_t seed, std::size_t faults, const model::diagnosis::Examiner& examiner);

}  // namespace locksmith::sim
