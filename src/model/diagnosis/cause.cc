#include "model/diagnosis/cause.h"

#include <algorithm>
#include <vector>

#include "model/diagnosis/cause_list.h"
#include "vocabulary/assert.h"
#include "vocabulary/text.h"

namespace locksmith::model::diagnosis {

std::span<const CauseCode> cause_codes() { return kCauses; }

const CauseCode* find_cause(std::string_view name) {
  const auto* found = std::ranges::find(kCauses, name, &CauseCode::name);
  return found == std::end(kCauses) ? nullptr : found;
}

std::size_t cause_index(std::string_view name) {
  const CauseCode* found = find_cause(name);
  LOCKSMITH_ASSERT(found != nullptr);
  return static_cast<std::size_t>(found - kCauses);
}

std::span<const std::string_view> nearest_causes(std::string_view mistyped, std::span<std::string_view> room) {
  constexpr std::size_t kLongestName = 64;  // the quadratic distance is not for arbitrary input
  mistyped = mistyped.substr(0, kLongestName);
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (const CauseCode& code : kCauses) {
    const bool contains = !mistyped.empty() && code.name.find(mistyped) != std::string_view::npos;
    const std::size_t distance = contains ? 0 : edit_distance(mistyped, code.name);
    if (distance < mistyped.size() / 3 + 2) ranked.emplace_back(distance, code.name);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string_view>::first);
  const std::size_t count = std::min<std::size_t>({room.size(), 3, ranked.size()});
  for (std::size_t i = 0; i < count; ++i) room[i] = ranked[i].second;
  return room.first(count);
}

}  // namespace locksmith::model::diagnosis
