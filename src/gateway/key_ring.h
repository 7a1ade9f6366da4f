// The virtual keys as one immutable snapshot: found by the digest of what the client sent.
#pragma once

#include <memory>
#include <vector>

#include "model/tenant/virtual_key.h"
#include "store/account.h"

namespace locksmith::gateway {

struct KnownKey {
  model::tenant::VirtualKey key;
  std::shared_ptr<store::Account> account;
};

class KeyRing {
 public:
  explicit KeyRing(std::vector<KnownKey> keys);

  // nullptr where no key has this digest. The digest of a guess says nothing of a real one, so an early end of the search
  // betrays nothing; the match itself is compared in constant time. Valid as long as this ring.
  const KnownKey* find(const model::tenant::KeyDigest& digest) const;
  const std::vector<KnownKey>& keys() const { return keys_; }

 private:
  std::vector<KnownKey> keys_;
  std::vector<std::uint32_t> table_;  // open addressing, at most half full; index + 1 into keys_, 0 where empty
};

}  // namespace locksmith::gateway
