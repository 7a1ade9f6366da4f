#include "doctor/intake/har_entries.h"

namespace locksmith::doctor::intake {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

}  // namespace

HarEntries::HarEntries(std::string_view text) : text_(text) {
  constexpr std::string_view kName = "\"entries\"";
  for (std::size_t at = text.find(kName); at != std::string_view::npos; at = text.find(kName, at + 1)) {
    std::size_t i = text.find_first_not_of(kSpace, at + kName.size());
    if (i == std::string_view::npos || text[i] != ':') continue;
    i = text.find_first_not_of(kSpace, i + 1);
    if (i == std::string_view::npos || text[i] != '[') continue;
    found_ = true;
    next_ = i + 1;
    return;
  }
}

bool HarEntries::next(std::string_view& entry) {
  if (!found_ || broken_off_) return false;
  at_ = text_.find_first_not_of(" \t\r\n,", next_);
  if (at_ == std::string_view::npos) {
    at_ = text_.size();
    broken_off_ = true;
    return false;
  }
  if (text_[at_] != '{') {
    next_ = text_.size();
    broken_off_ = text_[at_] != ']';
    return false;
  }
  std::size_t depth = 0;
  std::size_t i = at_;
  while (i < text_.size()) {
    i = text_.find_first_of("{}\"", i);
    if (i == std::string_view::npos) break;
    if (text_[i] == '{') {
      ++depth;
    } else if (text_[i] == '}') {
      if (--depth == 0) {
        next_ = i + 1;
        entry = text_.substr(at_, next_ - at_);
        return true;
      }
    } else {
      ++i;
      while (i < text_.size() && text_[i] != '"') i += text_[i] == '\\' ? 2U : 1U;
    }
    ++i;
  }
  broken_off_ = true;
  return false;
}

}  // namespace locksmith::doctor::intake
