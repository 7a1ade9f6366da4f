// Space on the store's disk that is kept for revocations: a file beside the store, given back to the disk when a revocation needs it.
#pragma once

#include <cstdint>
#include <string>

namespace locksmith::store::sqlite {

class Reserve {
 public:
  explicit Reserve(const std::string& store) : path_(store + "-reserve") {}

  // Takes limits::kStoreReserve from the disk, or as much of it as there is. What is held already counts. True where it is whole.
  bool fill() const;
  void release() const;

 private:
  std::string path_;
};

}  // namespace locksmith::store::sqlite
