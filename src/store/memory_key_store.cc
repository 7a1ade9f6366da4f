#include <algorithm>

#include "store/key_store.h"

namespace locksmith::store {

using model::tenant::KeyState;
using model::tenant::VirtualKey;

Result<void> MemoryKeyStore::add(const VirtualKey& key) {
  const bool taken = !key.name.empty() && std::ranges::any_of(keys_, [&](const VirtualKey& other) {
    return other.name == key.name && other.workspace == key.workspace && other.state != KeyState::revoked;
  });
  if (taken) {
    return fail(FailureCode("key_name_taken"), "Another key of this workspace is already named \"" + key.name + "\".",
                "Choose another name, or revoke that key first.", Blame::user);
  }
  keys_.push_back(key);
  ++generation_;
  return {};
}

Result<std::vector<VirtualKey>> MemoryKeyStore::list() {
  return keys_;
}

Result<VirtualKey> MemoryKeyStore::set_state(std::string_view id_or_name, KeyState state) {
  std::vector<VirtualKey*> found;
  for (VirtualKey& key : keys_) {
    if (key.id.value() == id_or_name) {
      found = {&key};
      break;
    }
    if (key.name == id_or_name && key.state != KeyState::revoked) found.push_back(&key);
  }
  if (found.empty()) {
    return fail(FailureCode("key_not_found"), "No key has this id or name.", "See the keys there are: locksmith keys list",
                Blame::user);
  }
  if (found.size() > 1) {
    return fail(FailureCode("key_name_ambiguous"), "Several keys have this name.",
                "Name the key by its id: locksmith keys list", Blame::user);
  }
  if (found.front()->state == KeyState::revoked && state != KeyState::revoked) {
    return fail(FailureCode("key_revoked_for_good"), "A revoked key stays revoked.",
                "Make a new one: locksmith keys create", Blame::user);
  }
  found.front()->state = state;
  ++generation_;
  return *found.front();
}

Result<std::uint64_t> MemoryKeyStore::generation() {
  return generation_;
}

}  // namespace locksmith::store
