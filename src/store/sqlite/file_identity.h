// Whether a store's files are still those that were opened.
//
// SQLite goes on with what it opened, also when the path names another file since (a backup that was put back) or none. A revocation that
// is then written by the path is never seen. The journal and its index count too: whoever deletes them parts readers from writers.
#pragma once

#include <sys/types.h>

#include <array>
#include <string>

namespace locksmith::store::sqlite {

class StoreFiles {
 public:
  explicit StoreFiles(const std::string& path) : paths_{path, path + "-wal", path + "-shm"} {}

  // They are open.
  void remember();
  // Three stat(2), to be asked many times a second.
  bool are_the_same() const;

 private:
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;  // 0: there is none
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  static Identity identity_of(const std::string& path);

  std::array<std::string, 3> paths_;
  std::array<Identity, 3> opened_{};
};

}  // namespace locksmith::store::sqlite
