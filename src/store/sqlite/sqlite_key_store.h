// Virtual keys in one SQLite file: written by `locksmith keys`, read by a gateway that runs beside it.
//
// WAL with synchronous=FULL: what was acknowledged survives a kill and a power cut. The file is made with mode 0600.
#pragma once

#include <memory>
#include <string>

#include "store/key_store.h"

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
  Result<std::vector<model::tenant::VirtualKey>> list() override;
  Result<model::tenant::VirtualKey> set_state(std::string_view id_or_name, model::tenant::KeyState state) override;
  Result<std::uint64_t> generation() override;

  // A disk of so many pages, for the tests of a full one.
  void limit_pages_for_test(int pages);

 private:
  explicit SqliteKeyStore(sqlite3* database) : database_(database) {}
  Result<void> prepare();
  Result<void> run(const char* sql);
  Result<std::vector<model::tenant::VirtualKey>> read(sqlite3_stmt* statement);
  std::unexpected<Failure> failure() const;

  sqlite3* database_;
  sqlite3_stmt* generation_ = nullptr;  // asked many times a second
};

}  // namespace locksmith::store::sqlite
