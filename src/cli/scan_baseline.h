// A baseline: places of keys that are known and stay silent. Lines of "fingerprint path rule", sorted, without times and line
// numbers, so that two people's changes to it merge.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "scanner/findings.h"
#include "vocabulary/failure.h"

namespace locksmith::cli {

using Baseline = std::set<std::string>;

// Failure codes: those of reading a file, and baseline_invalid with the line.
Result<Baseline> read_baseline(const std::string& file);
std::string baseline_line(const scanner::Finding& finding, const scanner::Place& place);
// The file for these findings. An old file stays whole until the new one is.
Result<void> write_baseline(const std::string& file, const std::vector<scanner::Finding>& findings);
// Takes out of the findings what the baseline knows; returns how many places that were.
std::uint64_t leave_out_known(std::vector<scanner::Finding>& findings, const Baseline& baseline);

}  // namespace locksmith::cli
