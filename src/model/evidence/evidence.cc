#include "model/evidence/evidence.h"

#include <algorithm>

namespace locksmith::model::evidence {

const std::string* find_field(const Fields& fields, std::string_view name) {
  const auto same = [](char a, char b) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return low(a) == low(b);
  };
  for (const auto& [field, value] : fields) {
    if (std::ranges::equal(field, name, same)) return &value;
  }
  return nullptr;
}

}  // namespace locksmith::model::evidence
