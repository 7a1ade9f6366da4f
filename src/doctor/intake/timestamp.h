// The time that a log line or a HAR entry carries, in the forms that loggers write. A line without one is no
// fault.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/instant.h"

namespace locksmith::doctor::intake {

struct Timestamp {
  Instant at;
  bool has_zone = false;  // false: the logger wrote no zone, so `at` is its wall clock read as UTC
  bool has_year = true;   // false: syslog's form; `at` is in the year 1970
};

// The first time in the first kStampReach bytes: RFC 3339 and its kin (2026-11-25T17:47:55.123+01:00, with a
// blank, a comma or slashes too), nginx access logs (25/Nov/2026:17:47:55 +0000), syslog (Nov 25 17:47:55),
// ctime and HTTP dates, and seconds or milliseconds since 1970 where they begin the line or follow a name
// such as "ts".
inline constexpr std::size_t kStampReach = 256;
std::optional<Timestamp> find_timestamp(std::string_view line);

// True where the line begins with one, as the first line of a log entry does. Cheap.
bool begins_with_timestamp(std::string_view line);

// A time without a year, put into the last year in which it is not after `latest`.
Timestamp with_year(Timestamp stamp, Instant latest);

// "2026-11-25T17:47:55Z"; without the Z where the zone is not known.
std::string shown(const Timestamp& stamp);

}  // namespace locksmith::doctor::intake
