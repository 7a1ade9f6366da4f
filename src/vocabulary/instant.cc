#include "vocabulary/instant.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace locksmith::inline vocabulary {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct CivilTime {
  std::chrono::year_month_day date;
  std::chrono::weekday weekday;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;
};

CivilTime civil(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  return {std::chrono::year_month_day(day), std::chrono::weekday(day),
          std::chrono::hh_mm_ss<std::chrono::seconds>(std::chrono::floor<std::chrono::seconds>(instant - day))};
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string to_rfc3339(Instant instant) {
  const CivilTime t = civil(instant);
  char out[48];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02ld:%02ld:%02ldZ", static_cast<int>(t.date.year()),
                static_cast<unsigned>(t.date.month()), static_cast<unsigned>(t.date.day()), t.time.hours().count(),
                t.time.minutes().count(), t.time.seconds().count());
  return out;
}

std::string to_http_date(Instant instant) {
  const CivilTime t = civil(instant);
  char out[64];
  std::snprintf(out, sizeof out, "%s, %02u %s %04d %02ld:%02ld:%02ld GMT",
                kWeekdays[t.weekday.c_encoding()].data(), static_cast<unsigned>(t.date.day()),
                kMonths[static_cast<unsigned>(t.date.month()) - 1].data(), static_cast<int>(t.date.year()),
                t.time.hours().count(), t.time.minutes().count(), t.time.seconds().count());
  return out;
}

std::optional<Instant> from_http_date(std::string_view text) {
  // Wed, 25 Nov 2026 17:47:55 GMT
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return std::nullopt;
  const auto day = number(text.substr(5, 2));
  const auto year = number(text.substr(12, 4));
  const auto hour = number(text.substr(17, 2));
  const auto minute = number(text.substr(20, 2));
  const auto second = number(text.substr(23, 2));
  unsigned month = 0;
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (kMonths[i] == text.substr(8, 3)) month = i + 1;
  }
  if (!day || !year || !hour || !minute || !second || month == 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(month),
                                         std::chrono::day(*day)};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return Instant(std::chrono::sys_days(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

std::string to_words(Duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  char out[32];
  if (seconds >= 100) {
    std::snprintf(out, sizeof out, "%.0f s", seconds);
  } else if (seconds >= 1) {
    std::snprintf(out, sizeof out, "%.1f s", seconds);
  } else if (seconds >= 1e-3) {
    std::snprintf(out, sizeof out, "%.0f ms", seconds * 1e3);
  } else {
    std::snprintf(out, sizeof out, "%.0f µs", seconds * 1e6);
  }
  return out;
}

}  // namespace locksmith::inline vocabulary
