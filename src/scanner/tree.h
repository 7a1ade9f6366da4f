// Files and folders, by several threads. Symbolic links within folders are not followed; file systems that hold no files of anybody
// (proc, sysfs and their kind) are left out.
//
// It asks the kernel itself and not through world: on a tree of small files the calls are all there is to its time.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "scanner/reading.h"

namespace locksmith::scanner {

struct TreeOptions {
  std::size_t threads = 1;
};

// Looks through all of `paths`; "-" is standard input. `progress` is called by this thread about five times a second. Folders that are
// repositories are added to `repositories`.
Covered look_through(Scan& scan, const std::vector<std::string>& paths, const TreeOptions& options, const std::function<void(const Covered&)>& progress,
                     std::vector<std::string>& repositories);

}  // namespace locksmith::scanner
