#include "serving/router.h"

#include <algorithm>

#include "vocabulary/assert.h"
#include "vocabulary/character.h"

namespace locksmith::serving {
namespace {

bool is_capture(std::string_view part) { return part.starts_with('{') && part.ends_with('}'); }

// RFC 3986's unreserved characters: those that nobody writes in another way. A dot alone leads elsewhere.
bool is_plain(std::string_view segment) {
  const auto unreserved = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; };
  return !segment.empty() && segment != "." && segment != ".." && std::ranges::all_of(segment, unreserved);
}

// The first segment behind the slash at the beginning, cut off.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool fits(std::string_view pattern, std::string_view path, std::array<std::string_view, kMostCaptured>& captured) {
  std::size_t count = 0;
  while (pattern.starts_with('/') && path.starts_with('/')) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view segment = take_segment(path);
    if (!is_plain(segment)) return false;
    if (is_capture(wanted)) {
      captured[count++] = segment;
    } else if (segment != wanted) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

bool is_method(const Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

}  // namespace

Router& Router::on(Route route) {
  LOCKSMITH_ASSERT(std::ranges::count(route.pattern, '{') <= static_cast<std::ptrdiff_t>(kMostCaptured));
  LOCKSMITH_ASSERT(std::ranges::none_of(routes_, [&](const Route& r) { return r.method == route.method && r.pattern == route.pattern; }));
  routes_.push_back(std::move(route));
  return *this;
}

Router::Found Router::find(std::string_view method, std::string_view path) const {
  Found found;
  for (const Route& route : routes_) {
    std::array<std::string_view, kMostCaptured> captured{};
    if (!fits(route.pattern, path, captured)) continue;
    if (is_method(route, method)) return {&route, captured, {}};
    found.allowed += (found.allowed.empty() ? "" : ", ") + (route.method == "GET" ? std::string("GET, HEAD") : route.method);
  }
  return found;
}

std::string Router::list() const {
  std::string out;
  for (const Route& route : routes_) out += route.method + " " + route.pattern + "\n";
  return out;
}

}  // namespace locksmith::serving
