#include "store/sqlite/sqlite_key_store.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "store/choose_key.h"

namespace locksmith::store::sqlite {

using model::tenant::KeyState;
using model::tenant::VirtualKey;

namespace {

constexpr int kApplication = 0x4c6b736d;  // "Lksm": PRAGMA application_id, so that no other database is taken for ours
constexpr int kVersion = 1;               // PRAGMA user_version
constexpr int kBusyMilliseconds = 5000;   // another writer holds the file; its transactions take milliseconds

constexpr const char* kSchema =
    "CREATE TABLE keys("
    "  id TEXT PRIMARY KEY,"
    "  name TEXT NOT NULL,"
    "  workspace TEXT NOT NULL,"
    "  digest BLOB NOT NULL UNIQUE,"
    "  tail TEXT NOT NULL,"
    "  state TEXT NOT NULL,"
    "  created_ns INTEGER NOT NULL,"
    "  expires_ns INTEGER"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX keys_name ON keys(workspace, name) WHERE name <> '' AND state <> 'revoked';";

constexpr const char* kColumns = "SELECT id, name, workspace, digest, tail, state, created_ns, expires_ns FROM keys ";

// One statement, finalized at its end.
class Statement {
 public:
  Statement(sqlite3* database, const std::string& sql) {
    sqlite3_prepare_v2(database, sql.c_str(), static_cast<int>(sql.size()), &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& text(int place, std::string_view value) {
    sqlite3_bind_text(statement_, place, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Statement& blob(int place, const model::tenant::KeyDigest& value) {
    sqlite3_bind_blob(statement_, place, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Statement& number(int place, std::int64_t value) {
    sqlite3_bind_int64(statement_, place, value);
    return *this;
  }
  int step() { return statement_ == nullptr ? SQLITE_ERROR : sqlite3_step(statement_); }
  sqlite3_stmt* get() { return statement_; }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

std::string text_of(sqlite3_stmt* statement, int column) {
  const auto* const bytes = sqlite3_column_text(statement, column);
  return bytes == nullptr ? std::string()
                          : std::string(reinterpret_cast<const char*>(bytes),
                                        static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

Instant instant_of(sqlite3_stmt* statement, int column) { return Instant(Duration(sqlite3_column_int64(statement, column))); }

bool read_row(sqlite3_stmt* statement, VirtualKey& key) {
  key.id = model::tenant::VirtualKeyId(text_of(statement, 0));
  key.name = text_of(statement, 1);
  key.workspace = model::tenant::WorkspaceName(text_of(statement, 2));
  const auto* const digest = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, 3));
  if (digest == nullptr || sqlite3_column_bytes(statement, 3) != static_cast<int>(key.digest.size())) return false;
  std::copy(digest, digest + key.digest.size(), key.digest.begin());
  key.tail = text_of(statement, 4);
  const auto state = model::tenant::key_state(text_of(statement, 5));
  if (!state) return false;
  key.state = *state;
  key.created = instant_of(statement, 6);
  if (sqlite3_column_type(statement, 7) != SQLITE_NULL) key.expires = instant_of(statement, 7);
  return true;
}

std::unexpected<Failure> full() {
  return fail(FailureCode("store_full"), "The disk that holds the store is full; nothing was changed.", "Free some space, then try again.", Blame::outside);
}

std::unexpected<Failure> unavailable(std::string why) {
  return fail(FailureCode("store_unavailable"), "The store cannot be used: " + std::move(why) + ".",
              "Check the path, its folder and their permissions.", Blame::outside);
}

// SQLite says SQLITE_FULL of the database alone; of the files beside it, only that they cannot be written or made longer.
bool disk_is_full(sqlite3* database) {
  const int error = sqlite3_extended_errcode(database);
  if ((error & 0xff) == SQLITE_FULL || error == SQLITE_IOERR_SHMSIZE) return true;
  const int system = sqlite3_system_errno(database);
  return (error & 0xff) == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT);
}

}  // namespace

std::unexpected<Failure> SqliteKeyStore::failure() const {
  if (disk_is_full(database_)) return full();
  return unavailable(sqlite3_errmsg(database_));
}

Result<void> SqliteKeyStore::run(const char* sql) {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return {};
}

// Where the disk is full not even the index of the journal can be made, which every use needs.
Result<std::unique_ptr<SqliteKeyStore>> SqliteKeyStore::open(const std::string& path) {
  auto store = try_open(path);
  if (!store && store.error().code == FailureCode("store_full")) {
    Reserve(path).release();
    store = try_open(path);
  }
  if (store) (*store)->reserve_.fill();
  return store;
}

Result<std::unique_ptr<SqliteKeyStore>> SqliteKeyStore::try_open(const std::string& path) {
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
                                     nullptr);
  if (result != SQLITE_OK) {
    const std::string why = database == nullptr ? "out of memory" : sqlite3_errmsg(database);
    sqlite3_close(database);
    return unavailable(why);
  }
  std::unique_ptr<SqliteKeyStore> store(new SqliteKeyStore(database, path));
  if (auto done = store->prepare(); !done) return std::unexpected(std::move(done.error()));
  return store;
}

Result<void> SqliteKeyStore::prepare() {
  sqlite3_busy_timeout(database_, kBusyMilliseconds);
  for (const char* const sql : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA trusted_schema=OFF",
                                "PRAGMA cell_size_check=ON", "BEGIN IMMEDIATE"}) {
    if (auto done = run(sql); !done) return done;
  }
  const auto number_of = [this](const char* sql) {
    Statement statement(database_, sql);
    return statement.step() == SQLITE_ROW ? sqlite3_column_int(statement.get(), 0) : -1;
  };
  const int application = number_of("PRAGMA application_id");
  const int version = number_of("PRAGMA user_version");
  const int tables = number_of("SELECT count(*) FROM sqlite_schema");
  if (application != kApplication && tables != 0) {
    return fail(FailureCode("store_foreign"), "The file is a database of another program.", "Name another path for the store.",
                Blame::user);
  }
  if (version > kVersion) {
    return fail(FailureCode("store_newer"), "The store was made by a newer version of this program.",
                "Use that version, or name another path for the store.", Blame::user);
  }
  if (tables == 0) {
    const std::string mark = "PRAGMA application_id=" + std::to_string(kApplication) + ";PRAGMA user_version=" + std::to_string(kVersion);
    if (auto done = run(kSchema); !done) return done;
    if (auto done = run(mark.c_str()); !done) return done;
  }
  if (auto done = run("COMMIT"); !done) return done;
  if (sqlite3_prepare_v3(database_, "PRAGMA data_version", -1, SQLITE_PREPARE_PERSISTENT, &generation_, nullptr) != SQLITE_OK) {
    return failure();
  }
  files_.remember();  // the journal and its index were opened by the transaction
  return {};
}

SqliteKeyStore::~SqliteKeyStore() {
  sqlite3_finalize(generation_);
  sqlite3_close(database_);
}

Result<void> SqliteKeyStore::add(const VirtualKey& key) {
  // A new key must not use up what is kept for ending others.
  if (!reserve_.fill()) return full();
  Statement statement(database_, "INSERT INTO keys VALUES(?,?,?,?,?,?,?,?)");
  statement.text(1, key.id.value()).text(2, key.name).text(3, key.workspace.value()).blob(4, key.digest).text(5, key.tail);
  statement.text(6, name(key.state)).number(7, key.created.time_since_epoch().count());
  if (key.expires) statement.number(8, key.expires->time_since_epoch().count());
  const int result = statement.step();
  if (result == SQLITE_DONE) return {};
  if (sqlite3_extended_errcode(database_) == SQLITE_CONSTRAINT_UNIQUE) {
    return fail(FailureCode("key_name_taken"), "Another key of this workspace is already named \"" + key.name + "\".",
                "Choose another name, or revoke that key first.", Blame::user);
  }
  return failure();
}

Result<Listing> SqliteKeyStore::read(sqlite3_stmt* statement) {
  Listing listing;
  int result = SQLITE_ERROR;
  while (statement != nullptr && (result = sqlite3_step(statement)) == SQLITE_ROW) {
    VirtualKey key;
    if (read_row(statement, key)) {
      listing.keys.push_back(std::move(key));
    } else {
      listing.damaged.push_back(key.id.value());
    }
  }
  if (result != SQLITE_DONE) return failure();
  return listing;
}

Result<Listing> SqliteKeyStore::list() {
  Statement statement(database_, std::string(kColumns) + "ORDER BY created_ns, id");
  return read(statement.get());
}

Result<VirtualKey> SqliteKeyStore::set_state(std::string_view id_or_name, KeyState state) {
  auto result = try_set_state(id_or_name, state);
  const bool full = !result && result.error().code == FailureCode("store_full");
  if (!full || state == KeyState::active) return result;
  reserve_.release();
  result = try_set_state(id_or_name, state);
  reserve_.fill();
  return result;
}

Result<VirtualKey> SqliteKeyStore::try_set_state(std::string_view id_or_name, KeyState state) {
  if (auto done = run("BEGIN IMMEDIATE"); !done) return std::unexpected(std::move(done.error()));
  auto result = change(id_or_name, state);
  if (result) {
    if (auto ended = run("COMMIT"); !ended) result = std::unexpected(std::move(ended.error()));
  }
  if (!result && sqlite3_get_autocommit(database_) == 0) static_cast<void>(run("ROLLBACK"));
  return result;
}

Result<VirtualKey> SqliteKeyStore::change(std::string_view id_or_name, KeyState state) {
  Statement find(database_, std::string(kColumns) + "WHERE id=?1 OR name=?1 ORDER BY created_ns, id");
  find.text(1, id_or_name);
  auto found = read(find.get());
  if (!found) return std::unexpected(std::move(found.error()));
  if (found->keys.empty() && !found->damaged.empty()) {
    return fail(FailureCode("key_damaged"), "What the store holds of this key is damaged, so every gateway refuses the key.",
                "Make a new one: locksmith keys create");
  }
  auto chosen = choose_key(found->keys, id_or_name, state);
  if (!chosen) return chosen;
  Statement change(database_, "UPDATE keys SET state=? WHERE id=?");
  change.text(1, name(state)).text(2, chosen->id.value());
  if (change.step() != SQLITE_DONE) return failure();
  chosen->state = state;
  return chosen;
}

void SqliteKeyStore::limit_pages_for_test(int pages) {
  static_cast<void>(run(("PRAGMA max_page_count=" + std::to_string(pages)).c_str()));
}

Result<std::uint64_t> SqliteKeyStore::generation() {
  if (!files_.are_the_same()) {
    return fail(FailureCode("store_replaced"), "The store's file was replaced or deleted; what is written to it now is not seen here.",
                "Restart the gateway, which then reads the file that is there.", Blame::outside);
  }
  sqlite3_reset(generation_);
  if (sqlite3_step(generation_) != SQLITE_ROW) return failure();
  // data_version tells of other connections' commits, total_changes of our own.
  const auto others = static_cast<std::uint64_t>(sqlite3_column_int64(generation_, 0));
  sqlite3_reset(generation_);
  return (others << 32) | static_cast<std::uint32_t>(sqlite3_total_changes(database_));
}

}  // namespace locksmith::store::sqlite
