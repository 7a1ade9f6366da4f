#include "cli/scan_baseline.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/line_reader.h"
#include "cli/scan_output.h"
#include "cli/whole_file.h"
#include "vocabulary/character.h"
#include "vocabulary/limits/scan.h"

namespace locksmith::cli {

std::string baseline_line(const scanner::Finding& finding, const scanner::Place& place) {
  const std::string whole = place.inside.empty() ? place.path : place.path + "!" + place.inside;
  const std::string path = percent_escaped(whole, [](char c) { return !is_ascii(c) || (c > ' ' && c != '%' && c != '\x7f'); });
  return finding.fingerprint() + " " + path + " " + std::string(rule_of(finding));
}

Result<Baseline> read_baseline(const std::string& file) {
  auto text = read_whole(file, limits::kScanBaseline);
  if (!text) return std::unexpected(text.error());
  Baseline baseline;
  std::size_t number = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const bool good = std::ranges::count(line, ' ') == 2 && line.find(' ') == 16 && std::ranges::all_of(line.substr(0, 16), is_hex_digit);
    if (!good) {
      return fail(FailureCode("baseline_invalid"), fmt::format("{}:{}: a line of a baseline is \"fingerprint path rule\".", file, number),
                  "Write it anew: locksmith scan --write-baseline FILE", Blame::user);
    }
    baseline.emplace(line);
  }
  return baseline;
}

Result<void> write_baseline(const std::string& file, const std::vector<scanner::Finding>& findings) {
  Baseline lines;
  for (const scanner::Finding& finding : findings) {
    for (const scanner::Place& place : finding.places) lines.insert(baseline_line(finding, place));
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  if (!write_whole(file, text)) {
    return fail(FailureCode("baseline_not_written"), "The baseline " + file + " could not be written: " + std::strerror(errno) + ".",
                "Check the folder and the space there.", Blame::user);
  }
  return {};
}

std::uint64_t leave_out_known(std::vector<scanner::Finding>& findings, const Baseline& baseline) {
  std::uint64_t known = 0;
  for (scanner::Finding& finding : findings) {
    known += std::erase_if(finding.places, [&](const scanner::Place& place) { return baseline.contains(baseline_line(finding, place)); });
  }
  std::erase_if(findings, [](const scanner::Finding& finding) { return finding.places.empty(); });
  return known;
}

}  // namespace locksmith::cli
