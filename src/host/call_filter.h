// The system calls that a serving process makes, and the seccomp filter that refuses all others.
//
// It is a list of what is allowed, so that a call which nobody thought of, or which a later kernel brings, is refused without
// being named. Refused is an error and not the end: a C library that tries something new must not take a gateway down.
// Found with strace -f over the tests of operation and faults, on both loops, with and without sanitizers; what only a name
// look-up makes is added from the C library's sources. Source: seccomp(2).
#pragma once

namespace locksmith::host {

// Binds the calling thread and all that it starts from now on. False: this kernel or this architecture takes no filter.
// What must exist before: loops and listening sockets, because neither can be made afterwards.
bool filter_calls();

}  // namespace locksmith::host
