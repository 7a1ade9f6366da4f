// Virtual keys in one SQLite file: written by `locksmith keys`, read by a gateway that runs beside it.
//
// WAL with synchronous=FULL: what was acknowledged survives a kill and a power cut. The file is made with mode 0600. Beside it lies
// FILE-reserve, space that is given back to the disk when a key cannot be revoked for want of it (decision 10).
#pragma once

#include <memory>
#include <string>

#include "store/key_store.h"
#include "store/sqlite/file_identity.h"
#include "store/sqlite/reserve.h"

struct sqlite3;
struct sqlite3_stmt;

namespace locksmith::store::sqlite {

class SqliteKeyStore final : public KeyStore {
 public:
  // Makes the file and its tables where there are none. Failure codes: store_unavailable (with the reason), store_full,
  // store_foreign (a database of something else), store_newer (made by a newer version).
  static Result<std::unique_ptr<SqliteKeyStore>> open(const std::string& path);
  ~SqliteKeyStore() override;

  Result<void> add(const model::tenant::VirtualKey& key) override;
  Result<Listing> list() override;
  Result<model::tenant::VirtualKey> set_state(std::string_view id_or_name, model::tenant::KeyState state) override;
  Result<std::uint64_t> generation() override;

  // A disk of so many pages, for the tests of a full one.
  void limit_pages_for_test(int pages);

 private:
  SqliteKeyStore(sqlite3* database, const std::string& path) : database_(database), files_(path), reserve_(path) {}
  static Result<std::unique_ptr<SqliteKeyStore>> try_open(const std::string& path);
  Result<void> prepare();
  Result<void> run(const char* sql);
  Result<Listing> read(sqlite3_stmt* statement);
  Result<model::tenant::VirtualKey> try_set_state(std::string_view id_or_name, model::tenant::KeyState state);
  Result<model::tenant::VirtualKey> change(std::string_view id_or_name, model::tenant::KeyState state);
  std::unexpected<Failure> failure() const;

  sqlite3* database_;
  StoreFiles files_;
  Reserve reserve_;
  sqlite3_stmt* generation_ = nullptr;  // asked many times a second
};

}  // namespace locksmith::store::sqlite
