#include <fmt/core.h>

#include "cli/command.h"

namespace locksmith::cli {

void add_version(const Command& root, Shell& shell) {
  const Command command = root.command("version", "Print the version");
  command.footer("Example:\n  locksmith version --json");
  command.run([&shell] {
    if (shell.json) {
      fmt::print("{{\"schema\":\"locksmith.version/1\",\"version\":\"{}\"}}\n", LOCKSMITH_VERSION);
    } else {
      fmt::print("locksmith {}\n", LOCKSMITH_VERSION);
    }
  });
}

}  // namespace locksmith::cli
