#include "store/choose_key.h"

namespace locksmith::store {

using model::tenant::KeyState;
using model::tenant::VirtualKey;

Result<VirtualKey> choose_key(const std::vector<VirtualKey>& candidates, std::string_view id_or_name, KeyState state) {
  const VirtualKey* by_id = nullptr;
  const VirtualKey* alive = nullptr;
  const VirtualKey* revoked = nullptr;
  bool ambiguous = false;
  for (const VirtualKey& key : candidates) {
    if (key.id.value() == id_or_name) {
      by_id = &key;
    } else if (key.state != KeyState::revoked) {
      ambiguous = alive != nullptr;
      alive = &key;
    } else if (!key.name.empty()) {
      revoked = &key;
    }
  }
  const VirtualKey* const chosen = by_id != nullptr ? by_id : alive != nullptr ? alive : revoked;
  if (chosen == nullptr) {
    return fail(FailureCode("key_not_found"), "No key has this id or name.", "See the keys there are: locksmith keys list", Blame::user);
  }
  if (chosen == alive && ambiguous) {
    return fail(FailureCode("key_name_ambiguous"), "Several keys have this name.", "Name the key by its id: locksmith keys list", Blame::user);
  }
  if (chosen->state == KeyState::revoked && state != KeyState::revoked) {
    return fail(FailureCode("key_revoked_for_good"), "The key " + chosen->id.value() + " is revoked, and a revoked key stays so.",
                "Make a new one: locksmith keys create", Blame::user);
  }
  return *chosen;
}

}  // namespace locksmith::store
