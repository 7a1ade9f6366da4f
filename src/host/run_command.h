// A command of the user's, run by the shell with what it prints caught.
#pragma once

#include <atomic>
#include <string_view>
#include <vector>

#include "vocabulary/bytes.h"
#include "vocabulary/instant.h"
#include "vocabulary/secret.h"
#include "world/command_run.h"

namespace locksmith::host {

using world::CommandRun;

// Runs `command` by /bin/sh -c in this process's environment with `pairs` ("NAME=value", later ones win) over it, in a process
// group of its own that is killed when the deadline has passed, when it prints more than `most`, or when `stop` is set. It reads
// nothing, and what it writes to standard error goes nowhere: a secret may be in it. Blocks the calling thread.
CommandRun run_command(const Secret& command, const std::vector<Secret>& pairs, Duration deadline, ByteCount most, const std::atomic<bool>& stop);

}  // namespace locksmith::host
