// Reading files, bounded: what the doctor may see of a machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vocabulary/bytes.h"
#include "vocabulary/failure.h"
#include "vocabulary/secret.h"

namespace locksmith::world {

struct FileFacts {
  bool exists = false;
  bool is_regular = false;
  ByteCount size;
  std::uint32_t mode = 0;  // POSIX permission bits
  bool owned_by_us = true;
};

class Files {
 public:
  virtual ~Files() = default;

  // Failure codes: file_not_found, file_unreadable (permission, symlink loop, directory, device), file_too_large.
  // The whole content, at most `limit`; it may hold credentials and so is a Secret.
  virtual Result<Secret> read(const std::string& path, ByteCount limit) const = 0;
  virtual FileFacts facts(const std::string& path) const = 0;

  // Names in a folder, sorted, at most limits::kEntriesPerFile; none where it is missing or may not be read.
  virtual std::vector<std::string> list(const std::string&) const { return {}; }
  // Where a symbolic link leads; nullopt where it is none or may not be read.
  virtual std::optional<std::string> link_target(const std::string&) const { return std::nullopt; }
};

}  // namespace locksmith::world
