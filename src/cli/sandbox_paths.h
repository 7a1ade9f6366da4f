// What a serving gateway reads and writes, for the sandbox that it enters.
#pragma once

#include "cli/serve_configuration.h"
#include "host/sandbox.h"

namespace locksmith::cli {

// Folders rather than files, because a renewed file is a new one under an old name.
host::SandboxPaths sandbox_paths(const ServeFlags& flags, const ServeOptions& options);

}  // namespace locksmith::cli
