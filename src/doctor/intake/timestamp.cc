#include "doctor/intake/timestamp.h"

#include <algorithm>
#include <array>

#include "vocabulary/character.h"

namespace locksmith::doctor::intake {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;
using std::chrono::year_month_day;

// Reads from the front of a text; every step says whether it could.
class Front {
 public:
  explicit Front(std::string_view rest) : rest_(rest) {}
  std::string_view rest() const { return rest_; }

  bool number(std::size_t digits, int& out) {
    if (rest_.size() < digits) return false;
    out = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(rest_[i])) return false;
      out = out * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return true;
  }
  bool one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool month_name(int& out) {
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (rest_.size() < 3) return false;
    const std::size_t at = kMonths.find(rest_.substr(0, 3));
    if (at == std::string_view::npos || at % 3 != 0) return false;
    out = static_cast<int>(at / 3) + 1;
    rest_.remove_prefix(3);
    return true;
  }

 private:
  std::string_view rest_;
};

struct Parts {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int milliseconds = 0;
  std::optional<int> zone_minutes;
};

std::optional<Timestamp> timestamp_of(const Parts& p) {
  const year_month_day date{year{p.year}, month{static_cast<unsigned>(p.month)},
                            day{static_cast<unsigned>(p.day)}};
  if (!date.ok() || p.year < 1970 || p.year > 2200 || p.hour > 23 || p.minute > 59 || p.second > 60)
    return std::nullopt;
  Instant at = std::chrono::sys_days{date};
  at += std::chrono::hours{p.hour} + std::chrono::minutes{p.minute} + std::chrono::seconds{p.second} +
        std::chrono::milliseconds{p.milliseconds} - std::chrono::minutes{p.zone_minutes.value_or(0)};
  return Timestamp{at, p.zone_minutes.has_value(), true};
}

bool clock(Front& in, Parts& p) {
  return in.number(2, p.hour) && in.one_of(":") && in.number(2, p.minute) && in.one_of(":") &&
         in.number(2, p.second);
}

void fraction(Front& in, Parts& p) {
  Front ahead = in;
  if (!ahead.one_of(".,")) return;
  int digit = 0;
  int weight = 100;
  bool any = false;
  while (ahead.number(1, digit)) {
    p.milliseconds += digit * weight;
    weight /= 10;
    any = true;
  }
  if (any) in = ahead;
}

void zone(Front& in, Parts& p) {
  Front ahead = in;
  ahead.one_of(" ");
  if (ahead.rest().starts_with("UTC") || ahead.rest().starts_with("GMT")) {
    p.zone_minutes = 0;
    return;
  }
  if (ahead.one_of("Zz")) {
    p.zone_minutes = 0;
    return;
  }
  const bool minus = ahead.rest().starts_with('-');
  int hours = 0;
  int minutes = 0;
  if (!ahead.one_of("+-") || !ahead.number(2, hours)) return;
  ahead.one_of(":");
  if (!ahead.number(2, minutes) || hours > 14 || minutes > 59) return;
  p.zone_minutes = (minus ? -1 : 1) * (hours * 60 + minutes);
}

// 2026-11-25T17:47:55.123Z
std::optional<Timestamp> numeric(std::string_view text) {
  Front in(text);
  Parts p;
  if (!in.number(4, p.year) || !in.one_of("-/.") || !in.number(2, p.month) || !in.one_of("-/.") ||
      !in.number(2, p.day) || !in.one_of("T t_") || !clock(in, p)) {
    return std::nullopt;
  }
  fraction(in, p);
  zone(in, p);
  return timestamp_of(p);
}

// 25/Nov/2026:17:47:55 +0000 and 25 Nov 2026 17:47:55 GMT
std::optional<Timestamp> day_first(std::string_view text) {
  Front in(text);
  Parts p;
  if (!in.number(2, p.day) || !in.one_of("/ -") || !in.month_name(p.month) || !in.one_of("/ -") ||
      !in.number(4, p.year) || !in.one_of(": ") || !clock(in, p)) {
    return std::nullopt;
  }
  fraction(in, p);
  zone(in, p);
  return timestamp_of(p);
}

// Nov 25 17:47:55, and ctime's with the year behind it
std::optional<Timestamp> month_first(std::string_view text) {
  Front in(text);
  Parts p;
  if (!in.month_name(p.month) || !in.one_of(" ")) return std::nullopt;
  in.one_of(" ");
  if (!in.number(2, p.day) && !in.number(1, p.day)) return std::nullopt;
  if (!in.one_of(" ") || !clock(in, p)) return std::nullopt;
  fraction(in, p);
  const bool has_year = in.one_of(" ") && in.number(4, p.year) && p.year >= 1990;
  if (!has_year) p.year = 1972;  // a leap year, so that 29 February is a date
  auto stamp = timestamp_of(p);
  if (stamp) stamp->has_year = has_year;
  return stamp;
}

// 1795628875, 1795628875.123, 1795628875123
std::optional<Timestamp> since_1970(std::string_view text) {
  std::size_t digits = 0;
  std::int64_t value = 0;
  while (digits < text.size() && digits < 14 && is_digit(text[digits]))
    value = value * 10 + (text[digits++] - '0');
  constexpr std::int64_t kEarliest = 1000000000;  // 2001
  constexpr std::int64_t kLatest = 7000000000;    // 2191; nanoseconds reach until 2262
  const std::int64_t seconds = digits == 13 ? value / 1000 : value;
  if ((digits != 10 && digits != 13) || seconds < kEarliest || seconds > kLatest) return std::nullopt;
  const Instant at =
      digits == 10 ? Instant{std::chrono::seconds{value}} : Instant{std::chrono::milliseconds{value}};
  return Timestamp{at, true, true};
}

bool follows_time_name(std::string_view line, std::size_t at) {
  std::size_t end = at;
  while (end > 0 && std::string_view("\": =").find(line[end - 1]) != std::string_view::npos) --end;
  if (end == at) return false;
  std::size_t start = end;
  while (start > 0 && (is_lower(line[start - 1]) || line[start - 1] == '@')) --start;
  constexpr std::array<std::string_view, 6> kNames{"ts", "time", "timestamp", "@timestamp", "t", "epoch"};
  return std::ranges::find(kNames, line.substr(start, end - start)) != kNames.end();
}

}  // namespace

std::optional<Timestamp> find_timestamp(std::string_view line) {
  const std::size_t reach = std::min(line.size(), kStampReach);
  for (std::size_t i = 0; i + 10 <= line.size() && i < reach; ++i) {
    if (i != 0 && (is_digit(line[i - 1]) || is_letter(line[i - 1]))) continue;
    std::optional<Timestamp> found;
    if (is_digit(line[i])) {
      found = line[i + 2] == '/' || line[i + 2] == ' ' || line[i + 2] == '-' ? day_first(line.substr(i))
                                                                             : numeric(line.substr(i));
      if (!found && (i == 0 || (i == 1 && line[0] == '[') || follows_time_name(line, i)))
        found = since_1970(line.substr(i));
    } else if (is_upper(line[i])) {
      found = month_first(line.substr(i));
    }
    if (found) return found;
  }
  return std::nullopt;
}

bool begins_with_timestamp(std::string_view line) {
  if (line.starts_with('[') || line.starts_with('(') || line.starts_with('<')) line.remove_prefix(1);
  if (line.size() < 10) return false;
  if (is_digit(line[0]) && is_digit(line[1])) return find_timestamp(line.substr(0, 32)).has_value();
  // Jan 25 17:… and Wed Nov 25 17:…
  return line[3] == ' ' && is_upper(line[0]) && find_timestamp(line.substr(0, 32)).has_value();
}

Timestamp with_year(Timestamp stamp, Instant latest) {
  if (stamp.has_year) return stamp;
  const auto days = std::chrono::floor<std::chrono::days>(stamp.at);
  const Duration within = stamp.at - days;
  const year_month_day date{days};
  const year_month_day today{std::chrono::floor<std::chrono::days>(latest)};
  stamp.has_year = true;
  // A day of grace: the logger's zone is not known.
  for (int back = 0; back <= 8; ++back) {
    const year_month_day candidate{today.year() - std::chrono::years{back}, date.month(), date.day()};
    if (!candidate.ok()) continue;
    const Instant at = std::chrono::sys_days{candidate} + within;
    if (at <= latest + std::chrono::days{1}) {
      stamp.at = at;
      break;
    }
  }
  return stamp;
}

std::string shown(const Timestamp& stamp) {
  std::string text = to_rfc3339(stamp.at);
  if (!stamp.has_zone && text.ends_with('Z')) text.pop_back();
  return text;
}

}  // namespace locksmith::doctor::intake
