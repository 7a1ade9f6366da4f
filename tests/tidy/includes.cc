// Layers hold only where a machine says so: each #include of src/ is looked up in rings.h, and a broken ban
// prints its reason. The same table stands in src/README.md for readers, and the two are compared.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "checks.h"

namespace locksmith::tidy {
namespace {

struct Include {
  std::string_view header;
  bool quoted = false;
  std::size_t line = 0;
};

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> includes;
  std::size_t number = 0;
  for (std::string_view line : lines_of(file.text)) {
    ++number;
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos || line[start] != '#') continue;
    line.remove_prefix(start + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with("include")) continue;
    const std::size_t open = line.find_first_of("<\"");
    if (open == std::string_view::npos) continue;
    const bool quoted = line[open] == '"';
    const std::size_t close = line.find(quoted ? '"' : '>', open + 1);
    if (close == std::string_view::npos) continue;
    includes.push_back({line.substr(open + 1, close - open - 1), quoted, number});
  }
  return includes;
}

bool is_cpp(const SourceFile& file) {
  return file.extension() == ".cc" || file.extension() == ".h";
}

// "src/wire/json/json.h" -> "wire/json"; empty for what is not in a folder of src/.
std::string_view folder_in_src(const SourceFile& file) {
  const std::string_view folder = file.folder();
  return folder.starts_with("src/") ? folder.substr(4) : std::string_view();
}

const FolderRule* rule_of(std::string_view folder) {
  const auto found = std::ranges::find(kFolderRules, folder, &FolderRule::folder);
  return found == kFolderRules.end() ? nullptr : &*found;
}

bool allows(const FolderRule& rule, std::string_view folder) {
  if (rule.folder == folder) return true;
  return std::ranges::any_of(words_of(rule.may_include), [&](auto entry) { return is_in(folder, entry); });
}

const ForeignRule* foreign_rule(std::string_view header) {
  for (const ForeignRule& rule : kForeignRules) {
    const bool prefix = rule.pattern.ends_with('*');
    const std::string_view text = prefix ? rule.pattern.substr(0, rule.pattern.size() - 1) : rule.pattern;
    if (prefix ? header.starts_with(text) : header == text) return &rule;
  }
  return nullptr;
}

std::optional<std::string> foreign_fault(const SourceFile& file, std::string_view folder,
                                         std::string_view header) {
  const ForeignRule* rule = foreign_rule(header);
  if (rule == nullptr) {
    // <vector> and the like: the standard library's other headers are free.
    if (header.find_first_of("./") == std::string_view::npos) return std::nullopt;
    return "<" + std::string(header) +
           "> is unknown here. Add a row to kForeignRules in tests/tidy/rings.h that says where it "
           "may appear and why, and a paragraph to docs/dependencies.md";
  }
  if (file.is_test()) return std::nullopt;
  const std::string shown = "<" + std::string(header) + ">";
  if (header.starts_with("fmt/") && file.path.starts_with(kFmtFreeHeaders) && file.extension() == ".h") {
    return shown + " must not be in a header of the vocabulary: every file of the program would compile it";
  }
  if (rule->folders == "*") return std::nullopt;
  const bool here =
      std::ranges::any_of(words_of(rule->folders), [&](auto entry) { return is_in(folder, entry); });
  if (here && rule->cc_only && file.extension() != ".cc") {
    return shown +
           " may stand in .cc files only, because a header hands it on: " + std::string(rule->because);
  }
  if (here) return std::nullopt;
  const std::string where =
      rule->folders == "-" ? "in no folder of src/" : "in " + std::string(rule->folders) + " only";
  return shown + " may appear " + where + ": " + std::string(rule->because);
}

std::string add_a_row(std::string_view folder) {
  return "folder src/" + std::string(folder) +
         " is unknown. Add a row for it to kFolderRules in tests/tidy/rings.h and the "
         "same row and a paragraph to src/README.md: its ring, what it may include, and why nothing else";
}

}  // namespace

Violations check_includes(const Tree& tree) {
  Violations out;
  std::set<std::string_view> unknown;
  for (const SourceFile& file : tree) {
    const std::string_view folder = folder_in_src(file);
    if (folder.empty() || !is_cpp(file)) continue;
    const FolderRule* rule = rule_of(folder);
    if (rule == nullptr) {
      if (unknown.insert(folder).second) out.push_back({file.path, 0, add_a_row(folder)});
      continue;
    }
    for (const Include& include : includes_of(file)) {
      if (!include.quoted) {
        if (auto fault = foreign_fault(file, folder, include.header))
          out.push_back({file.path, include.line, *fault});
        continue;
      }
      const std::size_t slash = include.header.rfind('/');
      const std::string_view target = slash == std::string_view::npos ? "" : include.header.substr(0, slash);
      if (find(tree, "src/" + std::string(include.header)) == nullptr) {
        out.push_back({file.path, include.line,
                       "\"" + std::string(include.header) +
                           "\" is not in src/. Quotes are for our own headers, with their path "
                           "from src/; use <> for foreign ones"});
      } else if (!allows(*rule, target)) {
        out.push_back({file.path, include.line,
                       std::string(folder) + " may not include " + std::string(target) + ": " +
                           std::string(rule->because)});
      }
    }
  }
  return out;
}

Violations check_map(const Tree& tree) {
  const SourceFile* map = find(tree, "src/README.md");
  if (map == nullptr)
    return {{"src/README.md", 0, "is missing: it holds the map of the folders and the table of rings.h"}};
  Violations out;
  std::set<std::string> expected;
  for (const FolderRule& rule : kFolderRules) {
    std::string may;
    for (std::string_view word : words_of(rule.may_include))
      may += (may.empty() ? "" : ", ") + std::string(word);
    if (may.empty()) may = "nothing";
    expected.insert("| " + std::string(rule.folder) + " | " + std::string(rule.ring) + " | " + may + " | " +
                    std::string(rule.because) + " |");
  }
  std::set<std::string> found;
  std::size_t number = 0;
  bool in_table = false;
  for (std::string_view line : lines_of(map->text)) {
    ++number;
    if (line.starts_with("| folder | ring |")) {
      in_table = true;
      continue;
    }
    if (!line.starts_with("|")) in_table = false;
    if (!in_table || line.starts_with("| ---")) continue;
    if (!expected.contains(std::string(line))) {
      out.push_back({map->path, number, "this row is not in tests/tidy/rings.h: change both, or neither"});
    }
    found.insert(std::string(line));
  }
  for (const std::string& row : expected) {
    if (!found.contains(row)) out.push_back({map->path, 0, "lacks this row of tests/tidy/rings.h:\n" + row});
  }
  return out;
}

Violations check_rows(const Tree& tree) {
  Violations out;
  for (const FolderRule& rule : kFolderRules) {
    const bool exists = std::ranges::any_of(tree, [&](const SourceFile& file) { return is_in(folder_in_src(file), rule.folder); });
    if (!exists) out.push_back({"tests/tidy/rings.h", 0, "src/" + std::string(rule.folder) + " does not exist: a folder gets its row with its first file"});
  }
  return out;
}

Violations check_folders(const Tree& tree) {
  Violations out;
  std::map<std::string_view, std::vector<const SourceFile*>> folders;
  for (const SourceFile& file : tree) {
    if (!folder_in_src(file).empty() && is_cpp(file)) folders[folder_in_src(file)].push_back(&file);
  }
  for (const auto& [folder, files] : folders) {
    const std::string path = "src/" + std::string(folder) + "/CMakeLists.txt";
    const SourceFile* cmake = find(tree, path);
    const std::string call = "locksmith_folder(" + std::string(folder);
    const std::size_t at = cmake == nullptr ? std::string::npos : cmake->text.find(call);
    if (at == std::string::npos) {
      out.push_back({path, 0, "must say " + call + " …): a folder is a namespace is a target"});
    } else if (const FolderRule* rule = rule_of(folder)) {
      bool uses = false;
      const std::size_t start = at + call.size();
      const std::string arguments = cmake->text.substr(start, cmake->text.find(')', start) - start);
      for (std::string_view word : words_of(arguments)) {
        if (word == "USES" || word == "LINKS" || word == "SOURCES") {
          uses = word == "USES";
        } else if (uses && !allows(*rule, word)) {
          out.push_back({path, 0,
                         std::string(folder) + " may not use " + std::string(word) + ": " +
                             std::string(rule->because)});
        }
      }
    }

    const SourceFile* all = find(tree, "src/CMakeLists.txt");
    if (all != nullptr && all->text.find("add_subdirectory(" + std::string(folder) + ")") == std::string::npos) {
      out.push_back({all->path, 0, "does not add " + std::string(folder) + ": nobody builds or tests it"});
    }

    std::string name = "locksmith::";
    for (const char c : folder) name += c == '/' ? std::string("::") : std::string(1, c);
    if (is_in(folder, "vocabulary")) name.insert(name.find("vocabulary"), "inline ");
    for (const SourceFile* file : files) {
      if (file->name() == "main.cc") continue;
      bool opened = false;
      std::size_t number = 0;
      for (std::string_view line : lines_of(file->text)) {
        ++number;
        if (!line.starts_with("namespace locksmith")) continue;
        const std::string_view full = line.substr(10, line.find_first_of("{=", 10) - 10);
        const std::string_view used = full.substr(0, full.find_last_not_of(' ') + 1);
        const bool fits =
            used == name || used.starts_with(name + "::") || (file->is_test() && used == "locksmith");
        if (!fits) out.push_back({file->path, number, "must be in namespace " + name + ", the folder's own"});
        opened = true;
      }
      if (!opened) out.push_back({file->path, 0, "must be in namespace " + name + ", the folder's own"});
    }
  }
  return out;
}

Violations check_seam(const Tree& tree) {
  struct Ban {
    std::string_view text;
    std::string_view folders;
    std::string_view instead;
  };
  static constexpr Ban kBans[] = {
      {"_clock::now(", "host", "take a world::Clock, or the time as an argument"},
      {"getenv(", "host cli", "take a world::Environment"},
      {"clock_gettime(", "host", "take a world::Clock"},
      {"sleep_for(", "host", "ask the loop for a timer"},
      {"random_device", "host", "take chance from the world"},
      {"std::system(", "", "start no shell"},
      {"popen(", "", "start no shell"},
  };
  Violations out;
  for (const SourceFile& file : tree) {
    const std::string_view folder = folder_in_src(file);
    if (folder.empty() || !is_cpp(file) || file.is_test()) continue;
    std::size_t number = 0;
    for (std::string_view line : lines_of(file.text)) {
      ++number;
      const std::string_view code = line.substr(0, line.find("//"));
      for (const Ban& ban : kBans) {
        if (code.find(ban.text) == std::string_view::npos) continue;
        const bool here =
            std::ranges::any_of(words_of(ban.folders), [&](auto entry) { return is_in(folder, entry); });
        if (!here) {
          out.push_back({file.path, number,
                         std::string(ban.text) + " goes behind the seam: " + std::string(ban.instead)});
        }
      }
    }
  }
  return out;
}

}  // namespace locksmith::tidy
