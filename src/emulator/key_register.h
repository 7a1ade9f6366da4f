// Keys that a test made known, with their state. Without any, every credential of the right shape is accepted.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "vocabulary/failure.h"
#include "wire/digest/sha256.h"
#include "wire/json/json.h"

namespace locksmith::emulator {

struct KnownKey {
  std::string state = "active";  // active, inactive, archived, expired: the last three look the same on the wire
  std::string workspace_id;      // empty: the default one
  std::string name;              // as the Console shows it
  std::string hint;              // partial_key_hint; computed where the key itself was given
};

class KeyRegister {
 public:
  // {"only_these": true, "keys": [{"credential" | "credential_sha256", "state", "workspace_id"}, …]}: replaces what was
  // known. Credentials are turned into digests here. Failure codes: scenario_invalid.
  Result<std::monostate> set(wire::json::Value document);
  void clear();

  // Null: not known.
  const KnownKey* find(const wire::digest::Sha256& credential) const;
  // The keys as the Admin API lists them (GET /v1/organizations/api_keys), version 2023-06-01.
  std::string list() const;
  bool only_these() const { return only_these_; }
  std::size_t size() const { return keys_.size(); }

 private:
  std::map<wire::digest::Sha256, KnownKey> keys_;
  bool only_these_ = false;
};

}  // namespace locksmith::emulator
