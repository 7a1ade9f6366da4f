// ObjectStore and what lies around it: folders, alternates, names.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "scanner/git_pack.h"
#include "vocabulary/character.h"
#include "vocabulary/limits/scan.h"

namespace locksmith::scanner {
namespace {

constexpr int kDeepestChain = 4096;   // git's own bound on deltas upon deltas is 4095
constexpr int kMostAlternates = 5;    // git's own bound (objects/info/alternates of alternates)

std::string small_file(const std::string& path) {
  const MappedFile file(path);
  return std::string(file.bytes().substr(0, 1024 * 1024));
}

bool is_folder(const std::string& path) {
  struct stat about {};
  return stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}
bool is_file(const std::string& path) {
  struct stat about {};
  return stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode);
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(opendir(folder.c_str()), closedir);
  if (stream == nullptr) return names;
  while (const dirent* const entry = readdir(stream.get())) names.emplace_back(entry->d_name);
  std::ranges::sort(names);
  return names;
}

std::string beside(const std::string& folder, std::string_view path) { return path.starts_with('/') ? std::string(path) : folder + "/" + std::string(path); }

std::optional<ObjectType> type_named(std::string_view name) {
  if (name == "commit") return ObjectType::commit;
  if (name == "tree") return ObjectType::tree;
  if (name == "blob") return ObjectType::blob;
  if (name == "tag") return ObjectType::tag;
  return std::nullopt;
}

void add_alternates(std::vector<std::string>& folders, const std::string& folder, int depth) {
  if (std::ranges::find(folders, folder) != folders.end()) return;
  folders.push_back(folder);
  if (depth >= kMostAlternates) return;
  const std::string text = small_file(folder + "/info/alternates");
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty() && !line.starts_with('#')) add_alternates(folders, beside(folder, line), depth + 1);
  }
}

}  // namespace

std::string to_hex(const ObjectName& name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : name) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::optional<ObjectName> object_name(std::string_view hex) {
  ObjectName name{};
  if (hex.size() < 40 || !std::ranges::all_of(hex.substr(0, 40), is_hex_digit)) return std::nullopt;
  for (std::size_t i = 0; i < 20; ++i) name[i] = static_cast<std::uint8_t>(hex_value(hex[2 * i]) * 16 + hex_value(hex[2 * i + 1]));
  return name;
}

std::optional<std::string> find_git_folder(const std::string& folder) {
  const std::string own = folder + "/.git";
  if (is_folder(own)) return own;
  if (is_file(own)) {
    const std::string text = small_file(own);
    constexpr std::string_view kMark = "gitdir: ";
    if (text.starts_with(kMark)) return beside(folder, trimmed(std::string_view(text).substr(kMark.size())));
  }
  if (is_file(folder + "/HEAD") && is_folder(folder + "/objects")) return folder;
  return std::nullopt;
}

std::string common_folder(const std::string& git_folder) {
  const std::string text = small_file(git_folder + "/commondir");
  return text.empty() ? git_folder : beside(git_folder, trimmed(std::string_view(text)));
}

std::optional<ObjectName> resolve(const std::string& git_folder, const std::string& name) {
  std::string wanted = name;
  for (int link = 0; link < 5; ++link) {
    std::string text = small_file(git_folder + "/" + wanted);
    if (text.empty()) text = small_file(common_folder(git_folder) + "/" + wanted);
    if (text.starts_with("ref: ")) {
      wanted = std::string(trimmed(std::string_view(text).substr(5)));
      if (wanted.find("..") != std::string::npos) return std::nullopt;
      continue;
    }
    if (!text.empty()) return object_name(text);
    const std::string packed = small_file(common_folder(git_folder) + "/packed-refs");
    const std::size_t at = packed.find(" " + wanted + "\n");
    return at == std::string::npos || at < 40 ? std::nullopt : object_name(std::string_view(packed).substr(at - 40));
  }
  return std::nullopt;
}

Result<ObjectStore> ObjectStore::open(const std::string& folder) {
  const auto git = find_git_folder(folder);
  if (!git) return fail(FailureCode("not_a_repository"), folder + " is no git repository.", "Name its folder, or leave --git out.", Blame::user);
  ObjectStore store;
  store.git_folder_ = *git;
  const std::string common = common_folder(*git);
  std::string config = small_file(common + "/config");
  std::ranges::transform(config, config.begin(), lower_case);
  std::erase_if(config, is_blank);
  if (config.find("objectformat=sha256") != std::string::npos) {
    return fail(FailureCode("git_format_unsupported"), "The repository " + folder + " names its objects by SHA-256, which is not read.", "git log -p --all | locksmith scan - reads its text.", Blame::user);
  }
  add_alternates(store.object_folders_, common + "/objects", 0);
  for (const std::string& objects : store.object_folders_) {
    for (const std::string& name : names_in(objects + "/pack")) {
      if (!name.ends_with(".pack")) continue;
      auto pack = Pack::open(objects + "/pack/" + name.substr(0, name.size() - 5));
      if (pack) {
        store.packs_.push_back(std::move(*pack));
      } else {
        store.damaged_.push_back(pack.error().message);
      }
    }
  }
  return store;
}

void ObjectStore::each_loose(const std::function<void(const std::string&, const ObjectName&)>& loose) const {
  for (const std::string& objects : object_folders_) {
    for (const std::string& first : names_in(objects)) {
      if (first.size() != 2 || !is_hex_digit(first[0]) || !is_hex_digit(first[1])) continue;
      for (const std::string& rest : names_in(objects + "/" + first)) {
        if (const auto name = object_name(first + rest)) loose(objects + "/" + first + "/" + rest, *name);
      }
    }
  }
}

std::optional<Object> ObjectStore::read_loose(const std::string& path, Inflater& inflater) {
  const MappedFile file(path);
  auto whole = inflater.undo(file.bytes(), limits::kScanGitObject.value);
  if (!whole) return std::nullopt;
  const std::size_t blank = whole->find(' ');
  const std::size_t end = whole->find('\0');
  if (blank == std::string::npos || end == std::string::npos || end > 32) return std::nullopt;
  const auto type = type_named(std::string_view(*whole).substr(0, blank));
  if (!type) return std::nullopt;
  whole->erase(0, end + 1);
  return Object{*type, std::move(*whole)};
}

std::optional<Object> ObjectStore::read_packed(const Pack& pack, std::uint64_t offset, Inflater& inflater, int depth) const {
  // Down to what is stored whole, then up again.
  std::vector<PackEntry> chain;
  std::optional<Object> object;
  while (true) {
    const auto entry = pack.entry(offset);
    if (!entry || entry->size > limits::kScanGitObject.value || chain.size() >= kDeepestChain) return std::nullopt;
    if (entry->type <= 4) {
      object.emplace();
      object->type = static_cast<ObjectType>(entry->type);
      if (!inflater.undo(pack.packed(*entry), entry->size, object->bytes)) return std::nullopt;
      break;
    }
    chain.push_back(*entry);
    if (entry->type == 6) {
      offset = entry->base;
    } else if (const auto index = pack.find(entry->base_name)) {
      offset = pack.offset(*index);
    } else {
      // A base in another pack, which gc makes and fetch does not; more often than once, somebody made a loop.
      if (depth > 0) return std::nullopt;
      object = read_named(entry->base_name, inflater, depth + 1);
      if (!object) return std::nullopt;
      break;
    }
  }
  std::string delta;
  for (auto entry = chain.rbegin(); entry != chain.rend(); ++entry) {
    if (!inflater.undo(pack.packed(*entry), entry->size, delta)) return std::nullopt;
    auto made = apply_delta(object->bytes, delta, limits::kScanGitObject.value);
    if (!made) return std::nullopt;
    object->bytes = std::move(*made);
  }
  return object;
}

std::optional<Object> ObjectStore::read_named(const ObjectName& name, Inflater& inflater, int depth) const {
  for (const auto& pack : packs_) {
    if (const auto index = pack->find(name)) {
      if (auto object = read_packed(*pack, pack->offset(*index), inflater, depth)) return object;
    }
  }
  const std::string hex = to_hex(name);
  for (const std::string& objects : object_folders_) {
    const std::string path = objects + "/" + hex.substr(0, 2) + "/" + hex.substr(2);
    if (is_file(path)) return read_loose(path, inflater);
  }
  return std::nullopt;
}

}  // namespace locksmith::scanner
