// Durations as people write them: a number and one unit.
#pragma once

#include <string>
#include <string_view>

#include "vocabulary/failure.h"
#include "vocabulary/instant.h"

namespace locksmith::cli {

// "30s", "15m", "12h", "90d"; nothing else, because a date's time zone is easily mistaken. More than zero and at most a hundred
// years. `example` stands in the next step. Failure codes: duration_invalid.
Result<Duration> parse_duration(const std::string& text, std::string_view example);

}  // namespace locksmith::cli
