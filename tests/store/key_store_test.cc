// The key stores: what all of them promise (key_store_contract.h), and what only a file can get wrong.
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "key_store_contract.h"
#include "store/sqlite/sqlite_key_store.h"

namespace locksmith::store {
namespace {

namespace fs = std::filesystem;
using sqlite::SqliteKeyStore;

class InMemory {
 public:
  KeyStore& store() { return store_; }

 private:
  MemoryKeyStore store_;
};

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "locksmith-store-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  std::string file() const { return (path_ / "keys.db").string(); }

 private:
  fs::path path_;
};

class InFile {
 public:
  InFile() : store_(std::move(SqliteKeyStore::open(folder_.file()).value())) {}
  KeyStore& store() { return *store_; }

 private:
  Folder folder_;
  std::unique_ptr<SqliteKeyStore> store_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, KeyStoreContract, InMemory);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, KeyStoreContract, InFile);

// As another program would: without a word of ours.
void run_sql(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
}

std::string code_of(const std::string& path) {
  const auto store = SqliteKeyStore::open(path);
  return store ? std::string("none") : std::string(store.error().code.name());
}

TEST(SqliteKeyStoreTest, WhatOneWritesTheOtherSees) {
  const Folder folder;
  const auto writer = SqliteKeyStore::open(folder.file());
  const auto reader = SqliteKeyStore::open(folder.file());
  ASSERT_TRUE(writer && reader);
  const std::uint64_t before = *(*reader)->generation();
  EXPECT_EQ(*(*reader)->generation(), before);
  ASSERT_TRUE((*writer)->add(contract_key("1", "app")));
  EXPECT_NE(*(*reader)->generation(), before);
  EXPECT_EQ((*reader)->list()->size(), 1U);
}

TEST(SqliteKeyStoreTest, AForeignOrBrokenFileIsLeftAlone) {
  const Folder folder;
  std::ofstream(folder.file()) << "this is no database, but it is long enough to be looked at as one, is it not?";
  EXPECT_EQ(code_of(folder.file()), "store_unavailable");
  EXPECT_EQ(code_of(folder.file() + "/missing/keys.db"), "store_unavailable");
  const Folder other;
  run_sql(other.file(), "CREATE TABLE notes(text)");
  EXPECT_EQ(code_of(other.file()), "store_foreign");
}

TEST(SqliteKeyStoreTest, ANewerVersionsFileIsLeftAlone) {
  const Folder folder;
  ASSERT_TRUE(SqliteKeyStore::open(folder.file()));
  run_sql(folder.file(), "PRAGMA user_version=99");
  EXPECT_EQ(code_of(folder.file()), "store_newer");
}

TEST(SqliteKeyStoreTest, AFullDiskChangesNothing) {
  const Folder folder;
  const auto store = SqliteKeyStore::open(folder.file());
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->add(contract_key("1", "app")));
  // max_page_count is SQLite's own way to be full; it belongs to a connection, so the store's limit is set for it.
  (*store)->limit_pages_for_test(4);
  Result<void> added;
  for (char id = '2'; id < 'z' && added; ++id) added = (*store)->add(contract_key(std::string(400, id).c_str(), ""));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code.name(), "store_full");
  EXPECT_TRUE((*store)->list());
}

TEST(SqliteKeyStoreTest, ADiskThatHasNoRoomForTheFilesBesideIsFullToo) {
  const Folder folder;
  ASSERT_TRUE((*SqliteKeyStore::open(folder.file()))->add(contract_key("1", "app")));
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit little{4096, before.rlim_max};  // the index of the journal needs 32 KiB
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
  const auto store = SqliteKeyStore::open(folder.file());
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code.name(), "store_full");
}

TEST(SqliteKeyStoreTest, ItSurvivesBeingOpenedAgain) {
  const Folder folder;
  ASSERT_TRUE((*SqliteKeyStore::open(folder.file()))->add(contract_key("1", "app")));
  EXPECT_EQ((*SqliteKeyStore::open(folder.file()))->list()->size(), 1U);
}

}  // namespace
}  // namespace locksmith::store
