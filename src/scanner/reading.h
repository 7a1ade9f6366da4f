// Looking through bytes as they come: a file, an entry of an archive, an object of a repository, standard input.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "scanner/findings.h"
#include "scanner/inflater.h"
#include "scanner/sources.h"

namespace locksmith::scanner {

// What all threads of one scan share.
struct Scan {
  Findings& findings;
  std::atomic<bool>& stop;        // set from outside, by Ctrl-C: what is under way ends soon
  bool placeholders = false;      // these are counted too
  bool unpacks = true;            // false: archives are looked at as bytes, and counted as left out
};

// What its bytes belong to.
struct Origin {
  std::string path;
  std::string inside;
};

// A part of a longer file: its source begins `skip` bytes before the part, at `base`, and goes on behind `end`, which are positions
// in the file. Keys that begin in the part are looked for, and lines are not counted.
struct Part {
  std::uint64_t base = 0;
  std::size_t skip = 0;
  std::uint64_t end = 0;
};

// What was read of a file before the rest is. False: it is not to be read here.
using First = std::function<bool(std::string_view)>;

// A thread's own: its buffer and its counts. Not shared.
class Reading {
 public:
  explicit Reading(Scan& scan);

  // All of a source, in pieces that overlap, so that its length does not matter. `first` is called with what was read first: all of a
  // small source, a piece of a longer one. It may look for an archive's mark.
  void all_of(const Origin& origin, const Source& source, const First& first = {});
  void part_of(const Origin& origin, const Source& source, const Part& part);
  // Of bytes that are in memory.
  void whole(const Origin& origin, std::string_view bytes);

  // Of a file's or an entry's name, which may be a key. Costs nothing where it is shorter than one.
  void name_of(const Origin& origin, std::string_view name);

  Covered& covered() { return covered_; }
  Scan& scan() { return scan_; }
  Inflater& inflater() { return inflater_; }

 private:
  void pieces(const Origin& origin, const Source& source, const Part& part, bool counts_lines, const First& first);
  // `lines`: line ends before `bytes`; -1: its lines are not counted.
  void look(const Origin& origin, std::string_view bytes, std::size_t begin, std::size_t end, std::uint64_t base, std::int64_t lines);

  Scan& scan_;
  Covered covered_;
  Inflater inflater_;
  std::unique_ptr<char[]> buffer_;
};

}  // namespace locksmith::scanner
