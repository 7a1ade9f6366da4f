#include "wire/http1/fields.h"

#include <algorithm>

namespace locksmith::wire::http1 {

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
    bool found = false;
    for_each_element(field.value, [&](std::string_view listed) { found |= same_name(listed, element); });
    if (found) return true;
  }
  return false;
}

bool Fields::add(std::string_view name, std::string_view value) {
  if (size_ == fields_.size()) return false;
  fields_[size_++] = {name, value};
  return true;
}

}  // namespace locksmith::wire::http1
