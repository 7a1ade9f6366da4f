// How many descriptors this process may have open, and has.
#pragma once

#include <optional>

namespace locksmith::host {

// The most that may be open at a time, after the soft limit was raised to the hard one. The soft one is 1024 on most systems, for
// the sake of programs that call select(); this one does not.
int raise_descriptor_limit();

// The number of the next one; nothing where no more may be open. The kernel gives the lowest that is free, so at least as many are
// open.
std::optional<int> next_descriptor();

}  // namespace locksmith::host
