// A repository's objects as they lie in its packs and loose files, read here and not by a library: a scan wants every object once,
// in the order in which they are stored, and a base only as long as something is made from it.
//
// Formats: gitformat-pack(5) version 2, gitformat-index(5). Objects are named by SHA-1; repositories with SHA-256 are refused.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/inflater.h"
#include "vocabulary/failure.h"

namespace locksmith::scanner {

using ObjectName = std::array<std::uint8_t, 20>;
std::string to_hex(const ObjectName& name);
std::optional<ObjectName> object_name(std::string_view hex);

enum class ObjectType : std::uint8_t { commit = 1, tree = 2, blob = 3, tag = 4 };

struct Object {
  ObjectType type = ObjectType::blob;
  std::string bytes;
};

// A file that is mapped for reading; empty where it could not be.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

// How an object begins in a pack.
struct PackEntry {
  int type = 0;                  // ObjectType, or 6 (made from the object at `base`) or 7 (from the one named)
  std::uint64_t size = 0;        // of what is undone: the object, or the instructions to make it
  std::uint64_t base = 0;        // offset
  ObjectName base_name{};
  std::size_t data = 0;          // offset of the packed bytes
};

// A number in network order, as all of git's files have them; the caller knows that its bytes are there.
std::uint32_t big_endian(std::string_view bytes, std::size_t at, std::size_t size = 4);

class Pack {
 public:
  // Failure codes: git_pack_invalid.
  static Result<std::unique_ptr<Pack>> open(const std::string& path_without_ending);

  std::uint32_t count() const { return count_; }
  ObjectName name(std::uint32_t index) const;      // in the order of names
  std::uint64_t offset(std::uint32_t index) const;
  std::optional<std::uint32_t> find(const ObjectName& name) const;
  // Nothing: damaged.
  std::optional<PackEntry> entry(std::uint64_t offset) const;
  std::string_view packed(const PackEntry& entry) const { return pack_.bytes().substr(entry.data); }
  const std::string& path() const { return path_; }

 private:
  explicit Pack(const std::string& path);

  std::string path_;
  MappedFile index_, pack_;
  std::uint32_t count_ = 0;
};

// Makes an object from its base by the instructions of a pack's delta. Nothing: they are damaged, or it would be larger than `most`.
std::optional<std::string> apply_delta(std::string_view base, std::string_view delta, std::size_t most);

// All objects of a repository, also those of its alternates, by name.
class ObjectStore {
 public:
  // `folder` is the repository's working tree or the bare repository. Failure codes: not_a_repository, git_format_unsupported,
  // git_pack_invalid.
  static Result<ObjectStore> open(const std::string& folder);

  // Nothing: not there, damaged, or larger than limits::kScanGitObject.
  std::optional<Object> read(const ObjectName& name, Inflater& inflater) const { return read_named(name, inflater, 0); }
  const std::vector<std::unique_ptr<Pack>>& packs() const { return packs_; }
  // Files of loose objects, in all of its folders. The name is in the path.
  void each_loose(const std::function<void(const std::string& path, const ObjectName& name)>& loose) const;
  static std::optional<Object> read_loose(const std::string& path, Inflater& inflater);
  const std::string& git_folder() const { return git_folder_; }
  // Packs that could not be opened, a sentence each.
  const std::vector<std::string>& damaged() const { return damaged_; }

 private:
  std::optional<Object> read_named(const ObjectName& name, Inflater& inflater, int depth) const;
  std::optional<Object> read_packed(const Pack& pack, std::uint64_t offset, Inflater& inflater, int depth) const;

  std::string git_folder_;                  // the repository's own
  std::vector<std::string> object_folders_;
  std::vector<std::unique_ptr<Pack>> packs_;
  std::vector<std::string> damaged_;
};

// Where a repository's own files are: FOLDER/.git, what a .git file names, or FOLDER where it is bare. Nothing: no repository.
std::optional<std::string> find_git_folder(const std::string& folder);
// The folder that the repository of a linked working tree shares with the others; the folder itself where it has none.
std::string common_folder(const std::string& git_folder);
// What a name such as HEAD or refs/heads/main stands for. Nothing: nothing yet.
std::optional<ObjectName> resolve(const std::string& git_folder, const std::string& name);

}  // namespace locksmith::scanner
