// What a serving process gives up once it has started: other people's files, other programs, other processes' memory.
//
// Three locks, each of the kernel's own: the process's memory is not dumped and not readable by others of the same user;
// Landlock leaves it the named folders and what name look-ups and certificates need; a seccomp filter (call_filter.h) refuses
// every system call but those that serving makes. Sources: landlock(7), seccomp(2), prctl(2).
#pragma once

#include <string>
#include <vector>

namespace locksmith::host {

struct SandboxPaths {
  std::vector<std::string> read;   // files or folders, with all below them; those that are not there are left out
  std::vector<std::string> write;  // folders in which files may be made, changed and removed
};

// The first of the three alone: no core, and no other process of the same user reads this one's memory. For a command that handles found
// keys. False: the kernel refused.
bool keep_memory_private();

// Binds the calling thread and all that it starts from now on, so it comes before other threads; and after the loops and the
// listening sockets, because none can be made inside. There is no way back. Returns what could not be locked on this kernel,
// a sentence each; empty: everything.
std::vector<std::string> enter_sandbox(const SandboxPaths& paths);

// Tries what must fail inside: another's file, another program, another process, the kernel's own sockets, and calls of many
// kinds that serving does not make. Returns what was possible all the same, a word each; empty: nothing.
std::vector<std::string> try_to_leave_sandbox();

}  // namespace locksmith::host
