#include "wire/http1/fields.h"

#include <algorithm>

namespace locksmith::wire::http1 {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<std::string_view> Fields::find(std::string_view name) const {
  for (const Field& field : *this) {
    if (same_name(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(*this, [name](const Field& field) { return same_name(field.name, name); }));
}

bool Fields::lists(std::string_view name, std::string_view element) const {
  for (const Field& field : *this) {
    if (!same_name(field.name, name)) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      if (same_name(trimmed(rest.substr(0, comma)), element)) return true;
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return false;
}

bool Fields::add(std::string_view name, std::string_view value) {
  if (size_ == fields_.size()) return false;
  fields_[size_++] = {name, value};
  return true;
}

}  // namespace locksmith::wire::http1
