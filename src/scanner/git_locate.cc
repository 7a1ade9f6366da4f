#include "scanner/git_locate.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <unordered_set>
#include <utility>

#include "vocabulary/character.h"
#include "vocabulary/instant.h"

namespace locksmith::scanner {
namespace {

constexpr int kDeepestTree = 256;

struct HashName {
  std::size_t operator()(const ObjectName& name) const {
    std::size_t value = 0;
    std::memcpy(&value, name.data(), sizeof value);
    return value;
  }
};

// The line of a commit that begins so, without that.
std::string_view field(std::string_view commit, std::string_view begins) {
  while (!commit.empty() && commit.front() != '\n') {
    const std::size_t end = std::min(commit.find('\n'), commit.size());
    const std::string_view line = commit.substr(0, end);
    if (line.starts_with(begins)) return line.substr(begins.size());
    commit.remove_prefix(std::min(end + 1, commit.size()));
  }
  return {};
}

// "Name <mail> 1700000000 +0100"
std::int64_t time_of(std::string_view person) {
  const std::size_t at = person.rfind("> ");
  std::int64_t seconds = 0;
  if (at != std::string_view::npos) std::from_chars(person.data() + at + 2, person.data() + person.size(), seconds);
  return seconds;
}
std::string name_of(std::string_view person) { return std::string(person.substr(0, std::min(person.find('>') + 1, person.size()))); }

struct Stood {
  std::string path;
  ObjectName commit{};
};

class Search {
 public:
  Search(const ObjectStore& store, const std::atomic<bool>& stop, std::map<ObjectName, Stood>& wanted) : store_(store), stop_(stop), wanted_(wanted) {}

  // Trees that were seen in an older commit hold nothing new.
  void tree(const ObjectName& name, const ObjectName& commit, const std::string& path, int depth) {
    if (left_ == 0 || depth > kDeepestTree || stop_.load(std::memory_order_relaxed) || !seen_.insert(name).second) return;
    const auto object = store_.read(name, inflater_);
    if (!object || object->type != ObjectType::tree) return;
    std::string_view bytes = object->bytes;
    while (const auto entry = next_entry(bytes)) {
      const std::string below = path.empty() ? std::string(entry->name) : path + "/" + std::string(entry->name);
      if (entry->is_tree) {
        tree(entry->object, commit, below, depth + 1);
      } else if (const auto found = wanted_.find(entry->object); found != wanted_.end() && found->second.path.empty()) {
        found->second = {below, commit};
        --left_;
      }
    }
  }
  bool is_over() const { return left_ == 0 || stop_.load(std::memory_order_relaxed); }
  void count() { left_ = wanted_.size(); }

 private:
  const ObjectStore& store_;
  const std::atomic<bool>& stop_;
  std::map<ObjectName, Stood>& wanted_;
  Inflater inflater_;
  std::unordered_set<ObjectName, HashName> seen_;
  std::size_t left_ = 0;
};

// What stands at `path` below a tree.
std::optional<ObjectName> at_path(const ObjectStore& store, Inflater& inflater, ObjectName tree, std::string_view path) {
  while (true) {
    const auto object = store.read(tree, inflater);
    if (!object || object->type != ObjectType::tree) return std::nullopt;
    const std::string_view name = path.substr(0, path.find('/'));
    std::string_view bytes = object->bytes;
    auto entry = next_entry(bytes);
    while (entry && entry->name != name) entry = next_entry(bytes);
    if (!entry) return std::nullopt;
    if (name.size() == path.size()) return entry->object;
    path.remove_prefix(name.size() + 1);
    tree = entry->object;
  }
}

// Clocks are not exact: commits of one second, or of two machines, may be in the wrong order. As long as a parent has the blob at the same
// path, the parent is the older one.
void step_back(const ObjectStore& store, Inflater& inflater, const ObjectName& blob, Stood& stood) {
  constexpr int kFarthest = 1000;
  for (int step = 0; step < kFarthest; ++step) {
    const auto object = store.read(stood.commit, inflater);
    if (!object) return;
    std::string_view rest = object->bytes;
    bool moved = false;
    while (!moved && !rest.empty() && rest.front() != '\n') {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      const auto parent = line.starts_with("parent ") ? object_name(line.substr(7)) : std::nullopt;
      const auto commit = parent ? store.read(*parent, inflater) : std::nullopt;
      const auto seen = commit ? read_commit(*parent, commit->bytes) : std::nullopt;
      if (!seen || at_path(store, inflater, seen->tree, stood.path) != blob) continue;
      stood.commit = *parent;
      moved = true;
    }
    if (!moved) return;
  }
}

// "blob 2f4a…!entry" -> the object, and what is behind it.
std::optional<ObjectName> object_in(std::string_view inside, std::string_view kind) {
  if (!inside.starts_with(kind)) return std::nullopt;
  return object_name(inside.substr(kind.size()));
}

}  // namespace

std::optional<CommitSeen> read_commit(const ObjectName& name, std::string_view bytes) {
  const auto tree = object_name(field(bytes, "tree "));
  if (!tree) return std::nullopt;
  return CommitSeen{name, *tree, time_of(field(bytes, "committer "))};
}

std::optional<TreeEntry> next_entry(std::string_view& bytes) {
  const std::size_t blank = bytes.find(' ');
  const std::size_t end = bytes.find('\0');
  if (blank == std::string_view::npos || end == std::string_view::npos || blank > end || bytes.size() - end < 21) return std::nullopt;
  TreeEntry entry;
  entry.is_tree = bytes.substr(0, blank) == "40000";
  entry.name = bytes.substr(blank + 1, end - blank - 1);
  std::memcpy(entry.object.data(), bytes.data() + end + 1, 20);
  bytes.remove_prefix(end + 21);
  return entry;
}

void locate(Findings& findings, const ObjectStore& store, const std::string& folder, std::vector<CommitSeen> commits, const std::atomic<bool>& stop) {
  std::map<ObjectName, Stood> wanted;
  findings.each_place([&](Place& place) {
    if (place.path != folder) return;
    if (const auto blob = object_in(place.inside, "blob ")) wanted.emplace(*blob, Stood{});
  });
  std::ranges::sort(commits, {}, [](const CommitSeen& c) { return std::pair(c.committed, c.name); });
  Search search(store, stop, wanted);
  search.count();
  for (const CommitSeen& commit : commits) {
    if (search.is_over()) break;
    search.tree(commit.tree, commit.name, {}, 0);
  }
  Inflater inflater;
  for (auto& [blob, stood] : wanted) {
    if (!stood.path.empty()) step_back(store, inflater, blob, stood);
  }
  findings.each_place([&](Place& place) {
    if (place.path != folder) return;
    std::optional<ObjectName> commit = object_in(place.inside, "commit ");
    if (const auto blob = object_in(place.inside, "blob ")) {
      const Stood& stood = wanted[*blob];
      if (stood.path.empty()) {
        place.inside += " (in no commit)";
      } else {
        // "blob ", 40 digits, and where the blob is an archive, "!" and the entry.
        place.inside = place.inside.size() > 46 ? place.inside.substr(46) : "";
        place.path = folder == "." ? stood.path : folder + "/" + stood.path;
        commit = stood.commit;
      }
    }
    if (!commit) return;
    const auto object = store.read(*commit, inflater);
    if (!object) return;
    place.commit = to_hex(*commit);
    const std::string_view author = field(object->bytes, "author ");
    place.committed = time_of(field(object->bytes, "committer "));
    place.author = name_of(author);
    place.date = to_rfc3339(Instant(std::chrono::seconds(time_of(author)))).substr(0, 10);
  });
}

}  // namespace locksmith::scanner
