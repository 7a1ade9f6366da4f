#include <gtest/gtest.h>

#include "store/key_store.h"

namespace locksmith::store {
namespace {

using model::tenant::KeyState;
using model::tenant::VirtualKey;

VirtualKey key(const char* id, const char* name) {
  VirtualKey key;
  key.id = model::tenant::VirtualKeyId(id);
  key.name = name;
  key.workspace = model::tenant::WorkspaceName("default");
  return key;
}

TEST(MemoryKeyStoreTest, ANameIsTakenUntilItsKeyIsRevoked) {
  MemoryKeyStore store;
  ASSERT_TRUE(store.add(key("1", "app")));
  EXPECT_EQ(store.add(key("2", "app")).error().code.name(), "key_name_taken");
  ASSERT_TRUE(store.set_state("app", KeyState::revoked));
  EXPECT_TRUE(store.add(key("2", "app")));
}

TEST(MemoryKeyStoreTest, EveryChangeHasANewGeneration) {
  MemoryKeyStore store;
  const std::uint64_t before = *store.generation();
  ASSERT_TRUE(store.add(key("1", "app")));
  const std::uint64_t added = *store.generation();
  EXPECT_NE(before, added);
  ASSERT_TRUE(store.set_state("1", KeyState::suspended));
  EXPECT_NE(*store.generation(), added);
}

TEST(MemoryKeyStoreTest, WhatCannotBeNamedIsRefused) {
  MemoryKeyStore store;
  ASSERT_TRUE(store.add(key("1", "")));
  ASSERT_TRUE(store.add(key("2", "")));
  EXPECT_EQ(store.set_state("nothing", KeyState::revoked).error().code.name(), "key_not_found");
  EXPECT_EQ(store.set_state("", KeyState::revoked).error().code.name(), "key_name_ambiguous");
}

TEST(MemoryKeyStoreTest, RevokedIsForGood) {
  MemoryKeyStore store;
  ASSERT_TRUE(store.add(key("1", "app")));
  ASSERT_TRUE(store.set_state("1", KeyState::revoked));
  EXPECT_EQ(store.set_state("1", KeyState::active).error().code.name(), "key_revoked_for_good");
  EXPECT_TRUE(store.set_state("1", KeyState::revoked));
}

}  // namespace
}  // namespace locksmith::store
