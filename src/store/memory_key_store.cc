#include <algorithm>
#include <iterator>

#include "store/choose_key.h"
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

Result<Listing> MemoryKeyStore::list() {
  return Listing{keys_, {}};
}

Result<VirtualKey> MemoryKeyStore::set_state(std::string_view id_or_name, KeyState state) {
  std::vector<VirtualKey> candidates;
  std::ranges::copy_if(keys_, std::back_inserter(candidates), [&](const VirtualKey& key) { return key.id.value() == id_or_name || key.name == id_or_name; });
  const auto chosen = choose_key(candidates, id_or_name, state);
  if (!chosen) return chosen;
  VirtualKey& key = *std::ranges::find(keys_, chosen->id, &VirtualKey::id);
  key.state = state;
  ++generation_;
  return key;
}

Result<std::uint64_t> MemoryKeyStore::generation() {
  return generation_;
}

}  // namespace locksmith::store
