#include <fmt/core.h>

#include "cli/command.h"

namespace locksmith::cli {

void add_version(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand("version", "Print the version");
  command->footer("Example:\n  locksmith version --json");
  command->callback([&shell] {
    if (shell.json) {
      fmt::print("{{\"schema\":\"locksmith.version/1\",\"version\":\"{}\"}}\n", LOCKSMITH_VERSION);
    } else {
      fmt::print("locksmith {}\n", LOCKSMITH_VERSION);
    }
  });
}

}  // namespace locksmith::cli
