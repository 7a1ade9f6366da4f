// How much memory this process may have, and what happens when there is none: it sheds load, in two steps, before an allocation fails.
//
// A reserve of address space is set aside. An allocation that finds nothing gets half of it, and from then on Shortage::bodies says that
// no new bodies are taken; the next one gets the other half, and Shortage::connections says that no new connections are taken either. Only
// the third ends the process. restore() sets the reserve aside again once what was under way is over.
#pragma once

#include <cstdint>
#include <optional>

#include "vocabulary/bytes.h"

namespace locksmith::host {

enum class Shortage : std::uint8_t { none, bodies, connections };

// Once, before the first thread. Without it a failed allocation ends the process, as it does anywhere.
void set_memory_aside();
// Of any thread; costs a load.
Shortage memory_shortage();
// Gives free memory back to the kernel, and sets the reserve aside again where there is room. From one thread.
void restore_memory();
// Gives free memory back to the kernel where it is more than limits::kFreeMemory. From one thread; it stops allocations of the others for as
// long as it takes.
void give_memory_back();

// The least of what the limit of the address space (ulimit -v) leaves, of this control group's memory.max, and of the machine's memory;
// nothing where none of them can be read.
std::optional<ByteCount> memory_left();

}  // namespace locksmith::host
