// The source tree as values: what every check of this folder reads.
//
// A check takes a Tree and returns what is wrong with it, so that its own test can hand it a small tree with
// one planted fault. Only read_tree() touches the disk.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace locksmith::tidy {

struct SourceFile {
  std::string path;  // from the root, with slashes: "src/wire/json/json.h"
  std::string text;

  std::string_view name() const;       // "json.h"
  std::string_view folder() const;     // "src/wire/json"; empty at the root
  std::string_view extension() const;  // ".h"; empty where there is none
  bool is_test() const;                // *_test.cc, or under tests/
};

using Tree = std::vector<SourceFile>;

struct Violation {
  std::string path;
  std::size_t line = 0;  // 0: the file as a whole
  std::string what;      // a sentence that says what to do instead
};

using Violations = std::vector<Violation>;

// Every text file below `root` but build folders, .git and node_modules, sorted by path. Binary files (with a
// NUL in their first 4 KiB) have an empty text.
Tree read_tree(const std::filesystem::path& root);

const SourceFile* find(const Tree& tree, std::string_view path);

// The lines of a text, without their line ends.
std::vector<std::string_view> lines_of(std::string_view text);

// "path:line: what", one a line: the message of a failed test.
std::string to_string(const Violations& violations);

// True where `folder` is `entry` or lies below it: ("model/evidence", "model").
bool is_in(std::string_view folder, std::string_view entry);

// The words of a text that is separated by blanks.
std::vector<std::string_view> words_of(std::string_view text);

}  // namespace locksmith::tidy
