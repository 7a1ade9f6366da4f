// Where virtual keys are kept. One process may write while another serves: the server asks generation() and reads anew
// when it changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/tenant/virtual_key.h"
#include "vocabulary/failure.h"

namespace locksmith::store {

// What list() found. A row that cannot be read as a key is left out, so that it stops nobody else's revocation; its key is then unknown,
// and so refused.
struct Listing {
  std::vector<model::tenant::VirtualKey> keys;  // the oldest first
  std::vector<std::string> damaged;             // ids of the rows that were left out
};

// One call at a time, from any thread.
class KeyStore {
 public:
  virtual ~KeyStore() = default;

  // Failure codes: key_name_taken (an active key of that name is in the workspace), store_unavailable, store_full.
  virtual Result<void> add(const model::tenant::VirtualKey& key) = 0;
  // Failure code: store_unavailable.
  virtual Result<Listing> list() = 0;
  // Names a key by its id or its name (choose_key.h). A revoked key stays so: what it was must not come back under its id.
  // A store that lies on a disk keeps space for suspending and revoking. Failure codes: key_not_found, key_name_ambiguous,
  // key_revoked_for_good, key_damaged, store_unavailable, store_full.
  virtual Result<model::tenant::VirtualKey> set_state(std::string_view id_or_name, model::tenant::KeyState state) = 0;
  // Another number whenever the keys may have changed; cheap, to be asked many times a second. Failure codes: store_unavailable,
  // store_replaced (what others write goes elsewhere and is not seen here).
  virtual Result<std::uint64_t> generation() = 0;
};

// The truth in memory: for tests, the simulation, and as the reference that other stores are held against.
class MemoryKeyStore final : public KeyStore {
 public:
  Result<void> add(const model::tenant::VirtualKey& key) override;
  Result<Listing> list() override;
  Result<model::tenant::VirtualKey> set_state(std::string_view id_or_name, model::tenant::KeyState state) override;
  Result<std::uint64_t> generation() override;

 private:
  std::vector<model::tenant::VirtualKey> keys_;
  std::uint64_t generation_ = 1;
};

}  // namespace locksmith::store
