// Text files of the repository that travel inside the binary: the pages of the causes, the dated data files.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace locksmith::embedded {

struct EmbeddedFile {
  std::string_view name;  // base name: "key_missing.md"
  std::string_view text;
};

// docs/causes/*.md, sorted by name.
std::span<const EmbeddedFile> cause_pages();
// data/*, sorted by name.
std::span<const EmbeddedFile> data_files();

// The text of one file, empty where there is none of that name.
std::string_view find(std::span<const EmbeddedFile> files, std::string_view name);

}  // namespace locksmith::embedded
