#include "scanner/history.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "scanner/archive.h"
#include "scanner/git_locate.h"
#include "scanner/git_pack.h"
#include "vocabulary/limits/scan.h"

namespace locksmith::scanner {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};
constexpr auto kProgressEvery = std::chrono::milliseconds(200);

// Of one pack: who is made from whom, so that each base is undone once and dropped when nothing more is made from it.
struct Forest {
  std::vector<std::uint32_t> first_child, next_sibling;  // by index in the pack
  std::vector<std::uint32_t> roots;
  std::vector<std::uint32_t> strangers;  // whose base is in another pack, or nowhere
};

Forest forest_of(const Pack& pack) {
  const std::uint32_t count = pack.count();
  Forest forest{std::vector<std::uint32_t>(count, kNone), std::vector<std::uint32_t>(count, kNone), {}, {}};
  std::vector<std::pair<std::uint64_t, std::uint32_t>> by_offset(count);
  for (std::uint32_t i = 0; i < count; ++i) by_offset[i] = {pack.offset(i), i};
  std::ranges::sort(by_offset);
  for (const auto& [offset, index] : by_offset) {
    const auto entry = pack.entry(offset);
    if (!entry) {
      forest.strangers.push_back(index);
      continue;
    }
    if (entry->type <= 4) {
      forest.roots.push_back(index);
      continue;
    }
    std::uint32_t base = kNone;
    if (entry->type == 6) {
      const auto at = std::ranges::lower_bound(by_offset, entry->base, {}, &std::pair<std::uint64_t, std::uint32_t>::first);
      if (at != by_offset.end() && at->first == entry->base) base = at->second;
    } else if (const auto found = pack.find(entry->base_name)) {
      base = *found;
    }
    if (base == kNone) {
      forest.strangers.push_back(index);
      continue;
    }
    forest.next_sibling[index] = forest.first_child[base];
    forest.first_child[base] = index;
  }
  return forest;
}

class History {
 public:
  History(Scan& scan, const ObjectStore& store, const std::string& folder) : scan_(scan), store_(store), folder_(folder) {}

  Covered run(std::size_t threads, const std::function<void(const Covered&)>& progress) {
    for (const std::string& damaged : store_.damaged()) scan_.findings.cannot_read(folder_, {}, damaged);
    for (const auto& pack : store_.packs()) {
      if (scan_.stop) break;
      const Forest forest = forest_of(*pack);
      std::atomic<std::size_t> next = 0;
      in_threads(threads, progress, [&](Worker& worker) {
        while (!scan_.stop.load(std::memory_order_relaxed)) {
          const std::size_t at = next++;
          if (at >= forest.roots.size() + forest.strangers.size()) return;
          if (at < forest.roots.size()) {
            tree_of_deltas(worker, *pack, forest, forest.roots[at]);
          } else {
            stranger(worker, *pack, forest, forest.strangers[at - forest.roots.size()]);
          }
          worker.share(*this);
        }
      });
      if (!scan_.stop && seen_in_pack_ != pack->count()) {
        scan_.findings.cannot_read(folder_, {}, std::to_string(pack->count() - seen_in_pack_) + " objects of a pack are damaged: git fsck says more");
      }
      seen_in_pack_ = 0;
    }
    std::vector<std::pair<std::string, ObjectName>> loose;
    store_.each_loose([&](const std::string& path, const ObjectName& name) { loose.emplace_back(path, name); });
    std::atomic<std::size_t> next = 0;
    in_threads(threads, progress, [&](Worker& worker) {
      for (std::size_t at = 0; (at = next++) < loose.size() && !scan_.stop.load(std::memory_order_relaxed);) {
        if (const auto object = ObjectStore::read_loose(loose[at].first, worker.inflater)) {
          one(worker, loose[at].second, object->type, object->bytes);
        } else {
          scan_.findings.cannot_read(loose[at].first, {}, "a damaged object");
        }
        worker.share(*this);
      }
    });
    return covered_;
  }

  std::vector<CommitSeen> take_commits() { return std::move(commits_); }

 private:
  struct Worker {
    explicit Worker(Scan& scan) : reading(scan) {}
    Reading reading;
    Inflater inflater;
    std::vector<CommitSeen> commits;
    std::uint64_t seen = 0;

    // Now and then, so that progress can be told.
    void share(History& history, bool always = false) {
      if (!always && reading.covered().objects < 256) return;
      const std::lock_guard lock(history.mutex_);
      history.covered_.add(std::exchange(reading.covered(), {}));
      history.seen_in_pack_ += std::exchange(seen, 0);
      history.commits_.insert(history.commits_.end(), commits.begin(), commits.end());
      commits.clear();
    }
  };

  template <class Work>
  void in_threads(std::size_t threads, const std::function<void(const Covered&)>& progress, Work work) {
    std::size_t running = threads;
    std::vector<std::jthread> all;
    for (std::size_t i = 0; i < threads; ++i) {
      all.emplace_back([&] {
        Worker worker(scan_);
        work(worker);
        worker.share(*this, true);
        const std::lock_guard lock(mutex_);
        --running;
        changed_.notify_all();
      });
    }
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kProgressEvery, [&] { return running == 0; })) {
      const Covered so_far = covered_;
      lock.unlock();
      if (progress) progress(so_far);
      lock.lock();
    }
  }

  void one(Worker& worker, const ObjectName& name, ObjectType type, const std::string& bytes) {
    ++worker.reading.covered().objects;
    if (type == ObjectType::tree) return;
    if (type == ObjectType::commit) {
      if (auto seen = read_commit(name, bytes)) worker.commits.push_back(*seen);
    }
    const char* const kind = type == ObjectType::blob ? "blob " : type == ObjectType::commit ? "commit " : "tag ";
    const Origin origin{folder_, kind + to_hex(name)};
    worker.reading.whole(origin, bytes);
    if (type == ObjectType::blob && is_archive(bytes)) unpack(worker.reading, origin, bytes);
  }

  struct Level {
    std::uint32_t child = kNone;  // the next to be made
    ObjectType type;
    std::string bytes;
  };

  // Depth first: what is held at one time is one line of bases.
  void tree_of_deltas(Worker& worker, const Pack& pack, const Forest& forest, std::uint32_t root) {
    const auto entry = pack.entry(pack.offset(root));
    Level level{forest.first_child[root], static_cast<ObjectType>(entry->type), {}};
    if (entry->size > limits::kScanGitObject.value || !worker.inflater.undo(pack.packed(*entry), entry->size, level.bytes)) return;
    descend(worker, pack, forest, root, std::move(level));
  }

  void stranger(Worker& worker, const Pack& pack, const Forest& forest, std::uint32_t index) {
    auto object = store_.read(pack.name(index), worker.inflater);
    if (object) descend(worker, pack, forest, index, {forest.first_child[index], object->type, std::move(object->bytes)});
  }

  void descend(Worker& worker, const Pack& pack, const Forest& forest, std::uint32_t index, Level first) {
    ++worker.seen;
    one(worker, pack.name(index), first.type, first.bytes);
    std::vector<Level> levels;
    std::uint64_t held = first.bytes.size();
    levels.push_back(std::move(first));
    std::string delta;
    while (!levels.empty() && !scan_.stop.load(std::memory_order_relaxed)) {
      Level& top = levels.back();
      if (top.child == kNone) {
        held -= top.bytes.size();
        levels.pop_back();
        continue;
      }
      const std::uint32_t child = std::exchange(top.child, forest.next_sibling[top.child]);
      const auto entry = pack.entry(pack.offset(child));
      if (!entry || entry->size > limits::kScanGitObject.value || !worker.inflater.undo(pack.packed(*entry), entry->size, delta)) continue;
      auto made = apply_delta(top.bytes, delta, limits::kScanGitObject.value);
      if (!made) continue;
      ++worker.seen;
      one(worker, pack.name(child), top.type, *made);
      if (forest.first_child[child] == kNone) continue;
      held += made->size();
      if (held > limits::kScanGitHeld.value) {
        scan_.findings.cannot_read(folder_, "blob " + to_hex(pack.name(child)), "objects made from it need more memory than a scan may take");
        held -= made->size();
        continue;
      }
      levels.push_back({forest.first_child[child], top.type, std::move(*made)});
    }
  }

  Scan& scan_;
  const ObjectStore& store_;
  const std::string folder_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Covered covered_;
  std::uint64_t seen_in_pack_ = 0;
  std::vector<CommitSeen> commits_;
};

}  // namespace

Covered look_through_history(Scan& scan, const std::string& folder, std::size_t threads, const std::function<void(const Covered&)>& progress) {
  const auto store = ObjectStore::open(folder);
  if (!store) {
    scan.findings.cannot_read(folder, {}, store.error().message);
    return {};
  }
  History history(scan, *store, folder);
  const Covered covered = history.run(threads, progress);
  locate(scan.findings, *store, folder, history.take_commits(), scan.stop);
  return covered;
}

bool is_bare_repository(const std::string& folder) {
  const auto git = find_git_folder(folder);
  return git && *git == folder;
}

}  // namespace locksmith::scanner
