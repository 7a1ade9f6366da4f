// Which environment the doctor looks at: this shell's, or that of a process, a service or a container.
#pragma once

#include <cstdint>
#include <string>

#include "doctor/survey/survey.h"
#include "vocabulary/failure.h"
#include "vocabulary/instant.h"

namespace locksmith::cli {

struct Where {
  std::int64_t pid = 0;  // 0: not asked for
  std::string unit;      // a systemd unit's name or file
  std::string inspect;   // a file with what a container engine printed, or -
};

struct SurveyOfPlace {
  doctor::survey::Survey survey;
  bool is_reachable = true;  // false: a request from here would prove nothing
};

// Takes the survey there and sets it beside this shell's. Failure codes: those of doctor/elsewhere, and of
// reading a file.
Result<SurveyOfPlace> take_survey(const Where& where, Instant now, doctor::survey::ClientKind client);

}  // namespace locksmith::cli
