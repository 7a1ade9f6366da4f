#include "model/evidence/evidence.h"

#include <algorithm>

#include "vocabulary/text.h"

namespace locksmith::model::evidence {

const std::string* find_field(const Fields& fields, std::string_view name) {
  const auto same = [](char a, char b) { return lower_case(a) == lower_case(b); };
  for (const auto& [field, value] : fields) {
    if (std::ranges::equal(field, name, same)) return &value;
  }
  return nullptr;
}

}  // namespace locksmith::model::evidence
