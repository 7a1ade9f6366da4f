#include "store/sqlite/file_identity.h"

#include <sys/stat.h>

namespace locksmith::store::sqlite {

StoreFiles::Identity StoreFiles::identity_of(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return {};
  return {facts.st_dev, facts.st_ino};
}

void StoreFiles::remember() {
  for (std::size_t i = 0; i < paths_.size(); ++i) opened_[i] = identity_of(paths_[i]);
}

bool StoreFiles::are_the_same() const {
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    if (identity_of(paths_[i]) != opened_[i]) return false;
  }
  return true;
}

}  // namespace locksmith::store::sqlite
