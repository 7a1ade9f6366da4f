// What the tests of the survey have in common: a machine that a test lays out, and the look at it.
#pragma once

#include <chrono>

#include "doctor/survey/fakes_for_tests.h"
#include "doctor/survey/survey.h"

namespace locksmith::doctor::survey {

class OnAMachine {
 protected:
  Survey look(ClientKind client) const { return take(environment, files, Instant(std::chrono::seconds(1'800'000'000)), client); }

  FakeEnvironment environment;
  FakeFiles files;
};

}  // namespace locksmith::doctor::survey
