#include "cli/duration_text.h"

#include <charconv>
#include <chrono>

#include "model/credential/credential.h"

namespace locksmith::cli {

Result<Duration> parse_duration(const std::string& text, std::string_view example) {
  constexpr std::int64_t kLongest = 36'500;  // days: a hundred years
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::int64_t unit = rest + 1 != end ? 0 : *rest == 's' ? 1 : *rest == 'm' ? 60 : *rest == 'h' ? 3600 : *rest == 'd' ? 86400 : 0;
  if (error != std::errc() || unit == 0 || number <= 0 || number > kLongest * 86400 / unit) {
    return fail(FailureCode("duration_invalid"), "\"" + model::credential::redact(text) + "\" is no duration.",
                "Write a number and s, m, h or d: " + std::string(example), Blame::user);
  }
  return std::chrono::seconds(number * unit);
}

}  // namespace locksmith::cli
