// The real machine behind world::Environment and world::Files.
#pragma once

#include "world/environment.h"
#include "world/files.h"

namespace locksmith::host {

// Reads the process's environment as it was when asked. Not for use beside setenv() in another thread.
class RealEnvironment final : public world::Environment {
 public:
  std::optional<Secret> variable(std::string_view name) const override;
  std::vector<std::string> names() const override;
  std::optional<std::string> home() const override;
  std::string working_directory() const override;
  world::Os os() const override;
  std::string os_description() const override;
  bool in_container() const override;
};

// Regular files only: a device or a pipe would hang or never end.
class RealFiles final : public world::Files {
 public:
  Result<Secret> read(const std::string& path, ByteCount limit) const override;
  world::FileFacts facts(const std::string& path) const override;
  std::vector<std::string> list(const std::string& folder) const override;
  std::optional<std::string> link_target(const std::string& path) const override;
};

}  // namespace locksmith::host
