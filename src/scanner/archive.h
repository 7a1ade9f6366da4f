// Archives and compressed files, entry by entry, as deep as they are packed into each other (libarchive). Nothing is written anywhere.
#pragma once

#include <cstdint>
#include <string_view>

#include "scanner/reading.h"

namespace locksmith::scanner {

// Whether bytes that begin so are an archive or compressed: by its mark, never by a name.
bool is_archive(std::string_view beginning);

// Where an archive comes from. `seek` may be empty; then formats that have their table at the end cannot be read.
struct ArchiveSource {
  Source read;
  std::function<std::int64_t(std::int64_t offset, int whence)> seek;
};

// Looks through all entries. What is encrypted, damaged or beyond the bounds is told to the findings. `packed` is the size of what is
// unpacked, for the bound on bombs; 0: not known.
void unpack(Reading& reading, const Origin& origin, const ArchiveSource& source, std::uint64_t packed);
// The same for an archive in memory.
void unpack(Reading& reading, const Origin& origin, std::string_view bytes);

}  // namespace locksmith::scanner
