// What a scan has found, and what it could not look into. One for a whole scan, filled by all of its threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding/find.h"
#include "wire/digest/sha256.h"

namespace locksmith::scanner {

// Where a key stands. Paths are as they were given or found: bytes, not for a terminal.
struct Place {
  std::string path;                  // of the file; "-" for standard input; of a repository, its folder
  std::string inside;                // "" or what leads to it within the file: "layer.tar!app/.env", "blob 2f4a…"
  std::uint64_t offset = 0;          // bytes from the beginning of what `inside` names, or of the file
  std::uint64_t line = 0, column = 0;  // from 1; 0: binary, or not known
  std::string carrier;               // how it was undone: "base64 gzip"
  std::string commit, author, date;  // of a repository's history, where it is known: the oldest with this file and this key
  std::int64_t committed = 0;        // by that commit's clock, seconds since 1970
  std::uint64_t later_versions = 0;  // of the same file that have the key too
};

struct Finding {
  wire::digest::Sha256 digest{};
  model::credential::Shape shape = model::credential::Shape::unknown;
  model::finding::Grade grade = model::finding::Grade::canonical;
  std::string hint;                  // the provider's own short form, never more
  Secret key;                        // only where keys are kept, to ask the API about them
  std::vector<Place> places;         // in order
  std::uint64_t more_places = 0;     // beyond limits::kScanPlaces
  std::string fingerprint() const;   // 16 hexadecimal digits of the digest: names the key and opens nothing
};

struct Unread {
  std::string path, inside;
  std::string why;                   // "Permission denied", "encrypted", "more than 1 GiB unpacked"
};

// What was looked at.
struct Covered {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;           // unpacked ones too
  std::uint64_t archives = 0;
  std::uint64_t packed = 0;          // archives that were not unpacked because that was not wanted
  std::uint64_t objects = 0;         // of repositories
  std::uint64_t repositories = 0;    // seen whose history was not asked for
  std::uint64_t allowed = 0;         // keys in lines that say locksmith:allow
  std::uint64_t placeholders = 0;
  void add(const Covered& other);
};

class Findings {
 public:
  explicit Findings(bool keep_keys) : keep_keys_(keep_keys) {}

  // Any thread. `found.key` must not be empty.
  void add(const model::finding::Found& found, Place place);
  void cannot_read(std::string path, std::string inside, std::string why);
  std::size_t keys_so_far() const;
  // Every place there is, to add to what is known of it. No other thread may be at work.
  void each_place(const std::function<void(Place&)>& change);

  // After all threads have ended: one a key, ordered by its first place. A place in an archive's bytes is left out where the same key
  // was found in its entries.
  std::vector<Finding> take();
  std::vector<Unread> take_unread(std::uint64_t& more);

 private:
  bool keep_keys_;
  mutable std::mutex mutex_;
  std::map<wire::digest::Sha256, Finding> by_digest_;
  std::vector<Unread> unread_;
  std::uint64_t more_unread_ = 0;
};

}  // namespace locksmith::scanner
