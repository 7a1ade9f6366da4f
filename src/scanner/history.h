// All that a git repository holds: every object of every pack and every loose one, reachable or not, once each.
#pragma once

#include <functional>
#include <string>

#include "scanner/reading.h"
#include "vocabulary/failure.h"

namespace locksmith::scanner {

// Every blob, commit and tag of the repository at `folder`. What holds a key is then looked for in the trees, so that its places have
// paths and the commit that brought them: the oldest, by the committers' clocks. Costs 16 bytes of memory an object and 44 a commit.
Covered look_through_history(Scan& scan, const std::string& folder, std::size_t threads, const std::function<void(const Covered&)>& progress);

// What the index of the working tree at `folder` holds and its last commit does not.
Covered look_through_staged(Scan& scan, const std::string& folder);

// A repository without a working tree.
bool is_bare_repository(const std::string& folder);

// Where the hooks of the repository at `folder` are. Failure codes: not_a_repository, hooks_elsewhere (core.hooksPath is set).
Result<std::string> hooks_folder(const std::string& folder);

}  // namespace locksmith::scanner
