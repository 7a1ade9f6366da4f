// Documents promise things: that a link leads somewhere, that a command works. Both are checked, so that a
// page cannot rot quietly.
//
// A command stands in a block that is fenced with ```sh and is then listed in tests/docs/commands.txt, which
// tests/docs/run_commands.sh runs. What is only to be read is fenced with ```text.
#include <algorithm>
#include <cctype>
#include <set>

#include "checks.h"

namespace locksmith::tidy {
namespace {

std::string without_code_spans(std::string_view line) {
  std::string out;
  bool code = false;
  for (const char c : line) {
    if (c == '`') code = !code;
    if (!code && c != '`') out += c;
  }
  return out;
}

// "docs/decisions" and "../failures.md" -> "docs/failures.md"; nullopt-like empty where it leaves the tree.
std::string resolve(std::string_view folder, std::string_view target) {
  std::vector<std::string_view> parts;
  const auto add = [&](std::string_view path) {
    while (!path.empty()) {
      const std::size_t end = std::min(path.find('/'), path.size());
      const std::string_view part = path.substr(0, end);
      path.remove_prefix(std::min(end + 1, path.size()));
      if (part == "..") {
        if (parts.empty()) return false;
        parts.pop_back();
      } else if (!part.empty() && part != ".") {
        parts.push_back(part);
      }
    }
    return true;
  };
  if (!add(folder) || !add(target)) return {};
  std::string out;
  for (std::string_view part : parts) out += (out.empty() ? "" : "/") + std::string(part);
  return out;
}

bool exists(const Tree& tree, std::string_view path) {
  return std::ranges::any_of(tree, [&](const SourceFile& file) { return is_in(file.path, path); });
}

struct Listed {
  std::string how;  // exit code, "ci", or "up" for a program that keeps running
  std::string command;
  std::size_t line = 0;
};

std::vector<Listed> listed_commands(const SourceFile& list, Violations& out) {
  std::vector<Listed> listed;
  std::size_t number = 0;
  for (std::string_view line : lines_of(list.text)) {
    ++number;
    if (line.empty() || line.starts_with("#")) continue;
    const std::size_t bar = line.find(" | ");
    const std::string how(line.substr(0, std::min(bar, line.size())));
    const bool exit_code =
        !how.empty() && std::ranges::all_of(how, [](char c) { return c >= '0' && c <= '9'; });
    if (bar == std::string_view::npos || !(exit_code || how == "ci" || how == "up")) {
      out.push_back({list.path, number, "expected \"EXIT | command\", \"up | command\" or \"ci | command\""});
      continue;
    }
    listed.push_back({how, std::string(line.substr(bar + 3)), number});
  }
  return listed;
}

bool is_read_by_users(const SourceFile& file) {
  return file.path == "README.md" || file.path == "HACKING.md" ||
         (file.folder() == "docs" && file.extension() == ".md");
}

}  // namespace

Violations check_links(const Tree& tree) {
  Violations out;
  for (const SourceFile& file : tree) {
    if (file.extension() != ".md") continue;
    bool fenced = false;
    std::size_t number = 0;
    for (std::string_view raw : lines_of(file.text)) {
      ++number;
      if (raw.find("```") != std::string_view::npos) fenced = !fenced;
      if (fenced) continue;
      const std::string line = without_code_spans(raw);
      for (std::size_t at = line.find("]("); at != std::string::npos; at = line.find("](", at + 1)) {
        const std::size_t end = line.find(')', at);
        if (end == std::string::npos) continue;
        std::string target = line.substr(at + 2, end - at - 2);
        target = target.substr(0, target.find('#'));
        if (target.empty() || target.find("://") != std::string::npos || target.starts_with("mailto:"))
          continue;
        const std::string path = resolve(file.folder(), target);
        if (path.empty() || !exists(tree, path)) {
          out.push_back({file.path, number, "the link to \"" + target + "\" leads nowhere"});
        }
      }
    }
  }
  return out;
}

Violations check_mentions(const Tree& tree) {
  Violations out;
  for (const SourceFile& file : tree) {
    if (file.path.starts_with("tests/tidy/") || file.extension() == ".jsonl") continue;
    std::size_t number = 0;
    for (std::string_view line : lines_of(file.text)) {
      ++number;
      for (std::size_t at = line.find("docs/"); at != std::string_view::npos;
           at = line.find("docs/", at + 1)) {
        if (at != 0 && (line[at - 1] == '/' || line[at - 1] == '.' ||
                        std::isalnum(static_cast<unsigned char>(line[at - 1])) != 0))
          continue;
        const std::string_view rest = line.substr(at);
        std::string_view path =
            rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-./"));
        while (path.ends_with('.')) path.remove_suffix(1);
        if (path.ends_with(".md") && find(tree, path) == nullptr) {
          out.push_back(
              {file.path, number,
               std::string(path) + " is named here and does not exist: write it, or name another page"});
        }
      }
    }
  }
  return out;
}

Violations check_commands(const Tree& tree) {
  Violations out;
  const SourceFile* list = find(tree, "tests/docs/commands.txt");
  if (list == nullptr)
    return {{"tests/docs/commands.txt", 0, "is missing: it lists every command of the documents"}};
  const std::vector<Listed> listed = listed_commands(*list, out);
  std::set<std::string> shown;
  for (const SourceFile& file : tree) {
    if (!is_read_by_users(file)) continue;
    bool in_sh = false;
    bool fenced = false;
    std::string command;
    std::size_t number = 0;
    for (std::string_view line : lines_of(file.text)) {
      ++number;
      const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
      const std::string_view text = line.substr(start);
      if (text.starts_with("```")) {
        if (!fenced && (text == "```bash" || text == "```shell" || text == "```console" || text == "```")) {
          out.push_back(
              {file.path, number, "fence what is run with ```sh and what is only read with ```text"});
        }
        fenced = !fenced;
        in_sh = fenced && text == "```sh";
        continue;
      }
      if (!in_sh || text.empty() || text.starts_with("#")) continue;
      if (text.ends_with("\\")) {
        command += std::string(text.substr(0, text.size() - 1));
        continue;
      }
      command += text;
      if (std::ranges::find(listed, command, &Listed::command) == listed.end()) {
        out.push_back({file.path, number,
                       "\"" + command +
                           "\" is not in tests/docs/commands.txt: list it with its exit code, or fence the "
                           "block with ```text"});
      }
      shown.insert(std::move(command));
      command.clear();
    }
  }
  const SourceFile* ci = find(tree, ".ci/run");
  for (const Listed& entry : listed) {
    if (!shown.contains(entry.command))
      out.push_back({list->path, entry.line, "no document shows this command: remove the line"});
    if (entry.how == "ci" && (ci == nullptr || ci->text.find(entry.command) == std::string::npos)) {
      out.push_back({list->path, entry.line, ".ci/run does not run this command"});
    }
  }
  return out;
}

}  // namespace locksmith::tidy
