#include "tree.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace locksmith::tidy {
namespace {

bool is_skipped(const std::string& name) {
  return name == ".git" || name == "node_modules" || name == "build" || name.starts_with("build-") ||
         name == ".cache";
}

}  // namespace

std::string_view SourceFile::name() const {
  return std::string_view(path).substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string_view SourceFile::folder() const {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string_view() : std::string_view(path).substr(0, slash);
}

std::string_view SourceFile::extension() const {
  const std::string_view base = name();
  const std::size_t dot = base.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : base.substr(dot);
}

bool SourceFile::is_test() const {
  return path.starts_with("tests/") || name().ends_with("_test.cc");
}

Tree read_tree(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  Tree tree;
  for (fs::recursive_directory_iterator entry(root), end; entry != end; ++entry) {
    if (entry->is_directory() && is_skipped(entry->path().filename().string())) {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file()) continue;
    std::ifstream in(entry->path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (text.substr(0, 4096).find('\0') != std::string::npos) text.clear();
    tree.push_back({fs::relative(entry->path(), root).generic_string(), std::move(text)});
  }
  std::ranges::sort(tree, {}, &SourceFile::path);
  return tree;
}

const SourceFile* find(const Tree& tree, std::string_view path) {
  const auto found = std::ranges::find(tree, path, &SourceFile::path);
  return found == tree.end() ? nullptr : &*found;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string to_string(const Violations& violations) {
  std::string out;
  for (const Violation& v : violations) {
    out += v.path;
    if (v.line != 0) out += ":" + std::to_string(v.line);
    out += ": " + v.what + "\n";
  }
  return out;
}

bool is_in(std::string_view folder, std::string_view entry) {
  return folder.starts_with(entry) && (folder.size() == entry.size() || folder[entry.size()] == '/');
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return words;
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

}  // namespace locksmith::tidy
