// From an object's name to where it stood: its path, and the commit that brought it.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/findings.h"
#include "scanner/git_pack.h"

namespace locksmith::scanner {

struct CommitSeen {
  ObjectName name{};
  ObjectName tree{};
  std::int64_t committed = 0;  // seconds since 1970, by the committer's clock
};
// Nothing: no commit is written like this.
std::optional<CommitSeen> read_commit(const ObjectName& name, std::string_view bytes);

struct TreeEntry {
  bool is_tree = false;
  std::string_view name;
  ObjectName object{};
};
// The next entry of a tree, which is taken off `bytes`. Nothing: the end, or damaged.
std::optional<TreeEntry> next_entry(std::string_view& bytes);

// Gives the places of blobs and commits in `folder` their paths, commits, authors and dates. A blob that no commit leads to keeps its
// name, and says that it is unreachable.
void locate(Findings& findings, const ObjectStore& store, const std::string& folder, std::vector<CommitSeen> commits, const std::atomic<bool>& stop);

}  // namespace locksmith::scanner
