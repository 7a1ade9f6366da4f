#include "cli/page_style.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "vocabulary/text.h"

namespace locksmith::cli {
namespace {

constexpr std::size_t kNarrowest = 40;
constexpr std::size_t kWidest = 100;  // longer lines are hard to read
constexpr std::size_t kUnknown = 80;

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::size_t width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) return std::clamp<std::size_t>(size.ws_col, kNarrowest, kWidest);
  const std::string_view text = variable("COLUMNS");
  std::size_t columns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
  const bool whole = !text.empty() && error == std::errc() && end == text.data() + text.size();
  return whole ? std::clamp(columns, kNarrowest, kWidest) : kUnknown;
}

// POSIX: the first of these that is set and not empty names the character set.
bool is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = lower_case(variable(name));
    if (!locale.empty()) return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace

doctor::present::Style page_style(const Shell& shell) {
  const bool plain = shell.plain || !variable("ACCESSIBLE").empty() || variable("TERM") == "dumb" || !is_utf8();
  return {.color = use_color(shell), .width = width(), .plain = plain};
}

}  // namespace locksmith::cli
