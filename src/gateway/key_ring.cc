#include "gateway/key_ring.h"

#include <bit>
#include <cstring>
#include <utility>

namespace locksmith::gateway {
namespace {

// SHA-256 spreads its inputs, so its first bytes are the hash.
std::size_t slot_of(const model::tenant::KeyDigest& digest) {
  std::uint64_t value = 0;
  std::memcpy(&value, digest.data(), sizeof value);
  return static_cast<std::size_t>(value);
}

bool equal(const model::tenant::KeyDigest& a, const model::tenant::KeyDigest& b) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace

KeyRing::KeyRing(std::vector<KnownKey> keys) : keys_(std::move(keys)), table_(std::bit_ceil(keys_.size() * 2 + 1)) {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    std::size_t slot = slot_of(keys_[i].key.digest) & mask;
    while (table_[slot] != 0) slot = (slot + 1) & mask;
    table_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

const KnownKey* KeyRing::find(const model::tenant::KeyDigest& digest) const {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t slot = slot_of(digest) & mask; table_[slot] != 0; slot = (slot + 1) & mask) {
    const KnownKey& known = keys_[table_[slot] - 1];
    if (equal(known.key.digest, digest)) return &known;
  }
  return nullptr;
}

}  // namespace locksmith::gateway
