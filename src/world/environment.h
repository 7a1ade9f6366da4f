// What a process is given: its environment variables, its place in the file system, who it runs as.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/secret.h"

namespace locksmith::world {

enum class Os { linux_os, macos, windows };

class Environment {
 public:
  virtual ~Environment() = default;
  // nullopt: not set. An empty Secret: set to the empty string; the two differ (evidence.md: state empty, unset).
  // A variable may hold a credential, so the value is a Secret until the caller knows better.
  virtual std::optional<Secret> variable(std::string_view name) const = 0;
  // The names of all variables, sorted, each once; at most limits::kEnvironmentNames.
  virtual std::vector<std::string> names() const = 0;
  virtual std::optional<std::string> home() const = 0;       // absent where the process has none
  virtual std::string working_directory() const = 0;
  virtual Os os() const = 0;
  virtual std::string os_description() const = 0;            // "Debian GNU/Linux 12 (bookworm), Linux 6.1 x86_64"
  virtual bool in_container() const = 0;
};

}  // namespace locksmith::world
