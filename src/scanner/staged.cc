// What the next commit adds: the index against the tree of the last one (gitformat-index(5), versions 2 to 4).
#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "scanner/archive.h"
#include "scanner/git_locate.h"
#include "scanner/git_pack.h"
#include "scanner/history.h"
#include "vocabulary/character.h"

namespace locksmith::scanner {
namespace {

constexpr std::size_t kStat = 40;  // of an entry: what stat(2) said, before the object's name
constexpr std::size_t kFlags = 60;

struct IndexEntry {
  std::string path;
  ObjectName object{};
  bool is_file = false;  // or a link: its target is text
};

// Nothing: the index is damaged or of a version that is not known.
std::optional<std::vector<IndexEntry>> read_index(std::string_view bytes) {
  if (bytes.size() < 12 || !bytes.starts_with("DIRC")) return std::nullopt;
  const std::uint32_t version = big_endian(bytes, 4);
  const std::uint32_t count = big_endian(bytes, 8);
  if (version < 2 || version > 4) return std::nullopt;
  std::vector<IndexEntry> entries;
  std::size_t at = 12;
  std::string path;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (at + kFlags + 4 > bytes.size()) return std::nullopt;
    IndexEntry entry;
    const std::uint32_t mode = big_endian(bytes, at + 24) >> 12U;
    entry.is_file = mode == 8 || mode == 10;
    std::memcpy(entry.object.data(), bytes.data() + at + kStat, 20);
    std::size_t name = at + kFlags + 2;
    if (version >= 3 && (big_endian(bytes, at + kFlags, 2) & 0x4000U) != 0) name += 2;
    if (version == 4) {
      // Of the path before it, so many characters are taken off its end.
      std::uint64_t cut = 0;
      unsigned char byte = 128;
      for (int first = 1; (byte & 128U) != 0; first = 0) {
        if (name >= bytes.size() || cut > (1U << 20U)) return std::nullopt;
        byte = static_cast<unsigned char>(bytes[name++]);
        cut = first != 0 ? byte & 127U : ((cut + 1) << 7U | (byte & 127U));
      }
      if (cut > path.size()) return std::nullopt;
      path.resize(path.size() - cut);
    } else {
      path.clear();
    }
    const std::size_t end = bytes.find('\0', name);
    if (end == std::string_view::npos) return std::nullopt;
    path += bytes.substr(name, end - name);
    at = version == 4 ? end + 1 : at + ((end - at) / 8 + 1) * 8;
    entry.path = path;
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Names of all blobs of a commit, as bytes.
class Known {
 public:
  Known(const ObjectStore& store, Inflater& inflater) : store_(store), inflater_(inflater) {}

  void add_tree(const ObjectName& name, int depth) {
    const auto object = store_.read(name, inflater_);
    if (!object || object->type != ObjectType::tree || depth > 256) return;
    std::string_view bytes = object->bytes;
    while (const auto entry = next_entry(bytes)) {
      if (entry->is_tree) {
        add_tree(entry->object, depth + 1);
      } else {
        blobs_.insert(std::string(entry->object.begin(), entry->object.end()));
      }
    }
  }
  bool has(const ObjectName& name) const { return blobs_.contains(std::string(name.begin(), name.end())); }

 private:
  const ObjectStore& store_;
  Inflater& inflater_;
  std::unordered_set<std::string> blobs_;
};

}  // namespace

Covered look_through_staged(Scan& scan, const std::string& folder) {
  const auto store = ObjectStore::open(folder);
  if (!store) {
    scan.findings.cannot_read(folder, {}, store.error().message);
    return {};
  }
  const MappedFile file(store->git_folder() + "/index");
  if (file.bytes().empty()) return {};
  const auto entries = read_index(file.bytes());
  if (!entries) {
    scan.findings.cannot_read(store->git_folder() + "/index", {}, "a damaged index, or a version that is not known");
    return {};
  }
  Inflater inflater;
  Known known(*store, inflater);
  if (const auto head = resolve(store->git_folder(), "HEAD")) {
    const auto object = store->read(*head, inflater);
    const auto commit = object ? read_commit(*head, object->bytes) : std::nullopt;
    if (commit) known.add_tree(commit->tree, 0);
  }
  Reading reading(scan);
  for (const IndexEntry& entry : *entries) {
    if (scan.stop.load(std::memory_order_relaxed)) break;
    if (!entry.is_file || known.has(entry.object)) continue;
    const auto object = store->read(entry.object, inflater);
    if (!object) {
      scan.findings.cannot_read(entry.path, {}, "its object is damaged or missing: git fsck says more");
      continue;
    }
    ++reading.covered().files;
    const Origin origin{entry.path, {}};
    reading.whole(origin, object->bytes);
    if (is_archive(object->bytes)) unpack(reading, origin, object->bytes);
  }
  return reading.covered();
}

Result<std::string> hooks_folder(const std::string& folder) {
  const auto git = find_git_folder(folder);
  if (!git) return fail(FailureCode("not_a_repository"), folder + " is no git repository.", "Run it in the repository's own folder.", Blame::user);
  const std::string common = common_folder(*git);
  std::string config(MappedFile(common + "/config").bytes());
  std::ranges::transform(config, config.begin(), lower_case);
  if (config.find("hookspath") != std::string::npos) {
    return fail(FailureCode("hooks_elsewhere"), "This repository's hooks are in another folder (core.hooksPath).", "Add this line to the pre-commit hook there: locksmith scan --staged || exit 1", Blame::user);
  }
  return common + "/hooks";
}

}  // namespace locksmith::scanner
