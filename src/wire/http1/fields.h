// Field lines in the order and the letters in which they came.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "vocabulary/character.h"
#include "vocabulary/limits/http.h"

namespace locksmith::wire::http1 {

struct Field {
  std::string_view name;   // as sent
  std::string_view value;  // without the white space around it
};

// ASCII letters of either case are equal; nothing else is folded.
inline bool same_name(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto a = static_cast<unsigned char>(left[i]);
    const auto b = static_cast<unsigned char>(right[i]);
    if (a == b) continue;
    // Letters of either case differ in this one bit; so do some signs, which are no letters.
    if ((a ^ b) != 0x20 || (a | 0x20) < 'a' || (a | 0x20) > 'z') return false;
  }
  return true;
}

// Calls visit(std::string_view) for every element of a comma-separated list, in order; empty ones are passed over (RFC 9110
// section 5.6.1.2), without the white space around it (OWS, section 5.6.3).
template <class Visit>
void for_each_element(std::string_view list, Visit&& visit) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (const std::string_view element = trimmed(list.substr(0, comma), is_blank); !element.empty()) visit(element);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

// The fields of one head. Fixed in size so that filling it never allocates; views into the bytes that were parsed.
class Fields {
 public:
  const Field* begin() const { return fields_.data(); }
  const Field* end() const { return fields_.data() + size_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Field& operator[](std::size_t index) const { return fields_[index]; }

  // The first field of that name. Absent differs from empty.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  // True where one of the fields of that name lists the element (comma-separated, case-insensitive): "Connection: close".
  bool lists(std::string_view name, std::string_view element) const;

  void clear() { size_ = 0; }
  // False when full (limits::kHeaderFields).
  bool add(std::string_view name, std::string_view value);

 private:
  std::array<Field, limits::kHeaderFields> fields_;
  std::size_t size_ = 0;
};

}  // namespace locksmith::wire::http1
