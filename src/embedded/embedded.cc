#include "embedded/embedded.h"

namespace locksmith::embedded {

// Written at build time by cmake/Embed.cmake.
extern const EmbeddedFile kCausePages[];
extern const std::size_t kCausePages_count;
extern const EmbeddedFile kDataFiles[];
extern const std::size_t kDataFiles_count;

std::span<const EmbeddedFile> cause_pages() { return {kCausePages, kCausePages_count}; }
std::span<const EmbeddedFile> data_files() { return {kDataFiles, kDataFiles_count}; }

std::string_view find(std::span<const EmbeddedFile> files, std::string_view name) {
  for (const EmbeddedFile& file : files) {
    if (file.name == name) return file.text;
  }
  return {};
}

}  // namespace locksmith::embedded
