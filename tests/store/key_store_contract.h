// What every key store promises: one suite, run on each. `Make` is a type with `KeyStore& store()`.
#pragma once

#include <gtest/gtest.h>

#include "store/key_store.h"

namespace locksmith::store {

using model::tenant::KeyState;
using model::tenant::VirtualKey;

inline VirtualKey contract_key(const char* id, const char* name) {
  VirtualKey key;
  key.id = model::tenant::VirtualKeyId(id);
  key.name = name;
  key.workspace = model::tenant::WorkspaceName("default");
  key.digest[0] = static_cast<std::uint8_t>(id[0]);
  return key;
}

template <class Make>
class KeyStoreContract : public testing::Test {
 protected:
  Make make;
};
TYPED_TEST_SUITE_P(KeyStoreContract);

TYPED_TEST_P(KeyStoreContract, ANameIsTakenUntilItsKeyIsRevoked) {
  KeyStore& store = this->make.store();
  ASSERT_TRUE(store.add(contract_key("1", "app")));
  EXPECT_EQ(store.add(contract_key("2", "app")).error().code.name(), "key_name_taken");
  ASSERT_TRUE(store.set_state("app", KeyState::revoked));
  EXPECT_TRUE(store.add(contract_key("2", "app")));
}

TYPED_TEST_P(KeyStoreContract, EveryChangeHasANewGeneration) {
  KeyStore& store = this->make.store();
  const std::uint64_t before = *store.generation();
  ASSERT_TRUE(store.add(contract_key("1", "app")));
  const std::uint64_t added = *store.generation();
  EXPECT_NE(before, added);
  ASSERT_TRUE(store.set_state("1", KeyState::suspended));
  EXPECT_NE(*store.generation(), added);
}

TYPED_TEST_P(KeyStoreContract, WhatCannotBeNamedIsRefused) {
  KeyStore& store = this->make.store();
  ASSERT_TRUE(store.add(contract_key("1", "")));
  ASSERT_TRUE(store.add(contract_key("2", "")));
  EXPECT_EQ(store.set_state("nothing", KeyState::revoked).error().code.name(), "key_not_found");
  EXPECT_EQ(store.set_state("", KeyState::revoked).error().code.name(), "key_name_ambiguous");
}

TYPED_TEST_P(KeyStoreContract, RevokedIsForGood) {
  KeyStore& store = this->make.store();
  ASSERT_TRUE(store.add(contract_key("1", "app")));
  ASSERT_TRUE(store.set_state("1", KeyState::revoked));
  EXPECT_EQ(store.set_state("1", KeyState::active).error().code.name(), "key_revoked_for_good");
  EXPECT_TRUE(store.set_state("1", KeyState::revoked));
}

TYPED_TEST_P(KeyStoreContract, ANameMeansTheLivingKeyAndElseTheNewestRevokedOne) {
  KeyStore& store = this->make.store();
  for (const char* const id : {"1", "2"}) {
    VirtualKey key = contract_key(id, "app");
    key.created = Instant(std::chrono::seconds(id[0]));
    ASSERT_TRUE(store.add(key));
    ASSERT_EQ(store.set_state("app", KeyState::revoked)->id.value(), id);
  }
  EXPECT_EQ(store.set_state("app", KeyState::revoked)->id.value(), "2") << "once more is no mistake";
  for (const KeyState state : {KeyState::active, KeyState::suspended}) {
    EXPECT_EQ(store.set_state("app", state).error().code.name(), "key_revoked_for_good");
  }
  ASSERT_TRUE(store.add(contract_key("3", "app")));
  EXPECT_EQ(store.set_state("app", KeyState::suspended)->id.value(), "3");
  EXPECT_EQ(store.set_state("nobody", KeyState::revoked).error().code.name(), "key_not_found");
}

TYPED_TEST_P(KeyStoreContract, WhatWasAddedIsListedWhole) {
  KeyStore& store = this->make.store();
  VirtualKey added = contract_key("1", "a name with 'quotes' and \xc3\xa9");
  added.tail = "wxyz";
  added.created = Instant(1234567890123456789ns);
  added.expires = Instant(2234567890123456789ns);
  ASSERT_TRUE(store.add(added));
  ASSERT_TRUE(store.add(contract_key("2", "")));
  const auto listing = store.list();
  ASSERT_TRUE(listing);
  const auto& keys = listing->keys;
  ASSERT_EQ(keys.size(), 2U);
  const VirtualKey& first = keys.at(0).id.value() == "1" ? keys.at(0) : keys.at(1);
  EXPECT_EQ(first.name, added.name);
  EXPECT_EQ(first.digest, added.digest);
  EXPECT_EQ(first.tail, added.tail);
  EXPECT_EQ(first.created, added.created);
  EXPECT_EQ(first.expires, added.expires);
  EXPECT_EQ(first.state, KeyState::active);
}

REGISTER_TYPED_TEST_SUITE_P(KeyStoreContract, ANameIsTakenUntilItsKeyIsRevoked, EveryChangeHasANewGeneration,
                            WhatCannotBeNamedIsRefused, RevokedIsForGood, ANameMeansTheLivingKeyAndElseTheNewestRevokedOne, WhatWasAddedIsListedWhole);

}  // namespace locksmith::store
