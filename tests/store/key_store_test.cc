// The key stores: what all of them promise (key_store_contract.h), and what only a file can get wrong.
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "key_store_contract.h"
#include "store/sqlite/sqlite_key_store.h"
#include "vocabulary/limits/serving.h"

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
  EXPECT_EQ((*reader)->list()->keys.size(), 1U);
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

// What somebody may do to a store's files while a gateway has them open. After each, what is written by the path goes elsewhere.
struct Exchange {
  const char* name;
  void (*exchange)(const std::string& file);
};
const Exchange kExchanges[] = {
    {"deleted", [](const std::string& file) { fs::remove(file); }},
    {"all deleted",
     [](const std::string& file) {
       for (const char* const end : {"", "-wal", "-shm"}) fs::remove(file + end);
     }},
    {"a backup renamed into its place",
     [](const std::string& file) {
       fs::copy_file(file, file + ".backup");
       fs::rename(file + ".backup", file);
     }},
    {"moved away and made anew",
     [](const std::string& file) {
       fs::rename(file, file + ".old");
       std::ofstream(file).flush();
     }},
    {"journal deleted", [](const std::string& file) { fs::remove(file + "-wal"); }},
    {"index of the journal deleted", [](const std::string& file) { fs::remove(file + "-shm"); }},
};

TEST(SqliteKeyStoreTest, WhoeverHasItOpenLearnsThatItsFilesWereExchanged) {
  for (const Exchange& one : kExchanges) {
    const Folder folder;
    const auto reader = SqliteKeyStore::open(folder.file());
    ASSERT_TRUE(reader);
    ASSERT_TRUE((*SqliteKeyStore::open(folder.file()))->add(contract_key("1", "app")));
    ASSERT_TRUE((*reader)->generation()) << one.name;
    one.exchange(folder.file());
    const auto generation = (*reader)->generation();
    ASSERT_FALSE(generation) << one.name;
    EXPECT_EQ(generation.error().code.name(), "store_replaced") << one.name;
  }
}

TEST(SqliteKeyStoreTest, WhatIsPutBackIsTheSameAgain) {
  const Folder folder;
  const auto reader = SqliteKeyStore::open(folder.file());
  fs::rename(folder.file(), folder.file() + ".away");
  ASSERT_FALSE((*reader)->generation());
  fs::rename(folder.file() + ".away", folder.file());
  EXPECT_TRUE((*reader)->generation());
}

// Every way in which a row that SQLite takes is no key.
TEST(SqliteKeyStoreTest, ADamagedRowIsSkippedAndStopsNoOther) {
  for (const char* const damage : {"digest=x'00'", "digest=zeroblob(0)", "digest=zeroblob(33)", "state='activ'", "state=''", "state='REVOKED'"}) {
    const Folder folder;
    const auto store = SqliteKeyStore::open(folder.file());
    ASSERT_TRUE((*store)->add(contract_key("1", "hurt")) && (*store)->add(contract_key("2", "app")));
    run_sql(folder.file(), ("UPDATE keys SET " + std::string(damage) + " WHERE id='1'").c_str());
    const auto listing = (*store)->list();
    ASSERT_TRUE(listing) << damage;
    EXPECT_EQ(listing->damaged, std::vector<std::string>{"1"}) << damage;
    ASSERT_EQ(listing->keys.size(), 1U) << damage;
    EXPECT_TRUE((*store)->set_state("app", KeyState::revoked)) << damage;
    EXPECT_EQ((*store)->set_state("1", KeyState::revoked).error().code.name(), "key_damaged") << damage;
  }
}

TEST(SqliteKeyStoreTest, SpaceForRevocationsIsTakenFromTheDisk) {
  const Folder folder;
  const auto store = SqliteKeyStore::open(folder.file());
  struct stat facts {};
  ASSERT_EQ(stat((folder.file() + "-reserve").c_str(), &facts), 0);
  EXPECT_GE(facts.st_blocks * 512, static_cast<off_t>(limits::kStoreReserve.value));
  EXPECT_EQ(facts.st_mode & 077, 0U);
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
  EXPECT_EQ((*SqliteKeyStore::open(folder.file()))->list()->keys.size(), 1U);
}

}  // namespace
}  // namespace locksmith::store
