// Of the scan for keys.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vocabulary/bytes.h"

namespace locksmith::inline vocabulary::limits {

inline constexpr std::size_t kScanPart = 1024 * 1024;        // bytes looked at together: the kernel copies fastest in parts of this size
inline constexpr int kScanArchiveDepth = 5;                  // archives within archives: an image's layer with a package with a wheel has three
inline constexpr ByteCount kScanArchiveInMemory = 16_MiB;    // an archive within an archive that must be sought in; larger ones only as they come
// Unpacked of one file at most: this, and so many times its size. A bomb of 42 kB holds 4.5 PB; real archives hold 20 times their size.
inline constexpr ByteCount kScanUnpacked = 1_GiB;
inline constexpr std::uint64_t kScanUnpackedTimes = 100;
inline constexpr std::size_t kScanFolderDepth = 512;         // folders within folders: a path of 4,096 bytes has no more that are of use
inline constexpr std::size_t kScanPlaces = 1000;             // of one key; how many more there are is counted
inline constexpr std::size_t kScanKeys = 10000;              // different ones; a tree with more is a test of a scanner
inline constexpr std::size_t kScanUnread = 1000;             // what could not be read, by name; how many more there are is counted
inline constexpr std::size_t kScanThreads = 64;              // the disk or the memory is the bound long before
inline constexpr ByteCount kScanGitObject = 1_GiB;           // one object of a repository: it is in memory whole
inline constexpr ByteCount kScanGitHeld = 512_MiB;           // objects in memory at the same time because others are made from them
inline constexpr ByteCount kScanBaseline = 16_MiB;           // a baseline: some 100,000 lines

}  // namespace locksmith::inline vocabulary::limits
