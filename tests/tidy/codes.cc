// Every code has one life: it is listed, explained, emitted and tested. A code that misses one of the four is
// either a promise that nobody keeps or an error that nobody can look up.
#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "checks.h"

namespace locksmith::tidy {
namespace {

// The string literals that follow `before` in the text: FailureCode("x") with before = FailureCode(.
std::vector<std::pair<std::string_view, std::size_t>> literals_after(std::string_view text,
                                                                     std::string_view before) {
  std::vector<std::pair<std::string_view, std::size_t>> found;
  for (std::size_t at = text.find(before); at != std::string_view::npos; at = text.find(before, at + 1)) {
    std::size_t open = at + before.size();
    while (open < text.size() && std::isspace(static_cast<unsigned char>(text[open])) != 0) ++open;
    if (open >= text.size() || text[open] != '"') continue;
    const std::size_t close = text.find('"', open + 1);
    if (close == std::string_view::npos) continue;
    const auto line = static_cast<std::size_t>(std::ranges::count(text.substr(0, at), '\n')) + 1;
    found.emplace_back(text.substr(open + 1, close - open - 1), line);
  }
  return found;
}

bool names_word(std::string_view text, std::string_view word) {
  const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool starts = at == 0 || !part(text[at - 1]);
    const std::size_t end = at + word.size();
    if (starts && (end == text.size() || !part(text[end]))) return true;
  }
  return false;
}

struct Cause {
  std::string name;
  std::string title;
};

// Reads {"name", "title", side} entries of cause_list.h.
std::vector<Cause> causes_of(const SourceFile& source) {
  std::vector<Cause> causes;
  for (const auto& [name, line] : literals_after(source.text, "{")) {
    const std::size_t after = static_cast<std::size_t>(name.data() - source.text.data()) + name.size() + 1;
    std::string_view rest = std::string_view(source.text).substr(after);
    const std::size_t open = rest.find_first_not_of(", \n");
    if (rest.empty() || rest[0] != ',' || open == std::string_view::npos || rest[open] != '"') continue;
    const std::size_t close = rest.find('"', open + 1);
    if (close == std::string_view::npos) continue;
    causes.push_back({std::string(name), std::string(rest.substr(open + 1, close - open - 1))});
  }
  return causes;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

bool is_numbered(std::string_view line) {
  const std::size_t end = line.find_first_not_of("0123456789");
  return end != 0 && end != std::string_view::npos && line.substr(end).starts_with(". ");
}

constexpr std::size_t kPageWidth = 78;
constexpr std::string_view kSections[] = {
    "How the API reports it", "How to confirm it", "How to fix it", "What not to do",
    "How to prevent it",      "Finer codes",       "Sources"};

}  // namespace

Violations check_failure_codes(const Tree& tree, std::span<const std::string_view> untested) {
  Violations out;
  std::map<std::string, Violation, std::less<>> emitted;  // code -> where
  for (const SourceFile& file : tree) {
    if (!file.path.starts_with("src/") || file.is_test()) continue;
    for (const auto& [code, line] : literals_after(file.text, "FailureCode("))
      emitted.try_emplace(std::string(code), Violation{file.path, line, ""});
  }

  const SourceFile* list = find(tree, "docs/failures.md");
  if (list == nullptr)
    return {
        {"docs/failures.md", 0, "is missing: it lists every failure code with its meaning and next step"}};
  std::map<std::string, std::size_t, std::less<>> listed;  // code -> line
  std::string previous;
  std::string current;
  bool has_meaning = false;
  bool has_next = false;
  const auto finish = [&](std::size_t line) {
    if (current.empty()) return;
    if (!has_meaning) out.push_back({list->path, line, current + " has no sentence that says what it means"});
    if (!has_next)
      out.push_back({list->path, line, current + " has no line that starts with \"Next step:\""});
    if (!previous.empty() && previous >= current)
      out.push_back({list->path, line, current + " is not in alphabetical order"});
    previous = current;
  };
  std::size_t number = 0;
  for (std::string_view line : lines_of(list->text)) {
    ++number;
    if (line.starts_with("## ")) {
      finish(listed.empty() ? 0 : listed[current]);
      current = std::string(line.substr(3));
      has_meaning = has_next = false;
      if (!listed.try_emplace(current, number).second)
        out.push_back({list->path, number, current + " is listed twice"});
    } else if (line.starts_with("Next step:") && line.size() > 12) {
      has_next = true;
    } else if (!line.empty()) {
      has_meaning = true;
    }
  }
  finish(listed.empty() ? 0 : listed[current]);

  const auto is_tested = [&](std::string_view code) {
    return std::ranges::any_of(tree, [&](const SourceFile& file) {
      return file.is_test() && !file.path.starts_with("tests/tidy/") && names_word(file.text, code);
    });
  };
  const auto excused = [&](std::string_view code) {
    return std::ranges::find(untested, code) != untested.end();
  };
  for (const auto& [code, place] : emitted) {
    if (!listed.contains(code)) {
      out.push_back({place.path, place.line,
                     "failure code " + code + " has no section in docs/failures.md: add \"## " + code +
                         "\", what it means, and a line \"Next step: …\""});
    }
    if (!is_tested(code) && !excused(code)) {
      out.push_back(
          {place.path, place.line, "no test names the failure code " + code + ": provoke it in a *_test.cc"});
    }
  }
  for (const auto& [code, line] : listed) {
    if (!emitted.contains(code))
      out.push_back({list->path, line, code + " is emitted nowhere in src/: remove its section"});
  }
  for (std::string_view code : untested) {
    if (!emitted.contains(code) || is_tested(code)) {
      out.push_back({"tests/tidy/untested_failures.txt", 0,
                     std::string(code) + " needs no excuse any more: remove its line"});
    }
  }
  return out;
}

Violations check_page_form(const SourceFile& page) {
  Violations out;
  std::size_t next_section = 0;
  std::string_view section;
  bool fenced = false;
  bool tagged_or_numbered = false;
  bool paragraph = false;
  std::size_t number = 0;
  const auto finish = [&] {
    if ((section == "How to fix it" || section == "How to confirm it") && !tagged_or_numbered) {
      out.push_back({page.path, number, "\"" + std::string(section) + "\" has no steps"});
    }
  };
  for (std::string_view line : lines_of(page.text)) {
    ++number;
    if (line.find_first_not_of(' ') != std::string_view::npos &&
        line.substr(line.find_first_not_of(' ')).starts_with("```")) {
      fenced = !fenced;
      continue;
    }
    const bool heading = !fenced && line.starts_with("#");
    if (!heading && characters(line) > kPageWidth &&
        line.find(' ', line.find_first_not_of(" -")) != std::string_view::npos) {
      out.push_back({page.path, number, "longer than 78 characters: explain prints it in a terminal"});
    }
    if (fenced) continue;
    if (line.starts_with("## ")) {
      finish();
      section = line.substr(3);
      tagged_or_numbered = false;
      if (!paragraph && next_section == 0)
        out.push_back({page.path, number,
                       "a paragraph that says what the cause means belongs before the first section"});
      while (next_section < std::size(kSections) && kSections[next_section] != section &&
             kSections[next_section] == "Finer codes") {
        ++next_section;  // the one section that a page may do without
      }
      if (next_section >= std::size(kSections) || kSections[next_section] != section) {
        out.push_back(
            {page.path, number,
             "section \"" + std::string(section) + "\" is out of place; expected \"" +
                 std::string(next_section < std::size(kSections) ? kSections[next_section] : "none") + "\""});
        return out;  // every later section would be out of place too
      }
      ++next_section;
    } else if (line.starts_with("### ") && section != "Finer codes") {
      out.push_back({page.path, number, "a finer code stands outside \"Finer codes\""});
    } else if (section.empty() && !line.empty() && !line.starts_with("#")) {
      paragraph = true;
    } else if (section == "How to fix it" && line.starts_with("- ")) {
      tagged_or_numbered = true;
      const std::string_view item = line.substr(2);
      if (!item.starts_with("[safe] ") && !item.starts_with("[ask first] ") &&
          !item.starts_with("[only a human] ")) {
        out.push_back(
            {page.path, number, "each step of a fix starts with [safe], [ask first] or [only a human]"});
      }
    } else if (section == "How to confirm it" && is_numbered(line)) {
      tagged_or_numbered = true;
    }
  }
  finish();
  if (fenced) out.push_back({page.path, number, "a code fence is not closed"});
  if (next_section != std::size(kSections)) {
    out.push_back({page.path, 0, "section \"" + std::string(kSections[next_section]) + "\" is missing"});
  }
  return out;
}

Violations check_cause_pages(const Tree& tree) {
  const SourceFile* source = find(tree, "src/model/diagnosis/cause_list.h");
  if (source == nullptr) return {{"src/model/diagnosis/cause_list.h", 0, "is missing: it lists the causes"}};
  Violations out;
  std::map<std::string, std::string, std::less<>> headings;  // heading a page must have -> page
  std::set<std::string, std::less<>> pages;
  for (const Cause& cause : causes_of(*source)) {
    const std::string top = cause.name.substr(0, cause.name.find('.'));
    const std::string page = "docs/causes/" + top + ".md";
    pages.insert(page);
    headings.emplace((cause.name == top ? "# " : "### ") + cause.name + ": " + cause.title, page);
  }
  if (headings.empty())
    return {{source->path, 0, "no cause was found in it: the check reads {\"name\", \"title\", side}"}};

  for (const SourceFile& file : tree) {
    if (!file.path.starts_with("docs/causes/") || file.extension() != ".md") continue;
    if (!pages.contains(file.path)) {
      out.push_back({file.path, 0, "is the page of no cause in cause_list.h"});
      continue;
    }
    const Violations form = check_page_form(file);
    out.insert(out.end(), form.begin(), form.end());
    bool fenced = false;
    std::size_t number = 0;
    for (std::string_view line : lines_of(file.text)) {
      ++number;
      if (line.find("```") != std::string_view::npos) fenced = !fenced;
      if (fenced || !(line.starts_with("# ") || line.starts_with("### "))) continue;
      const auto found = headings.find(line);
      if (found == headings.end() || found->second != file.path) {
        out.push_back({file.path, number,
                       "this heading is no name and title of cause_list.h: \"" + std::string(line) + "\""});
      } else {
        headings.erase(found);
      }
    }
  }
  for (const auto& [heading, page] : headings)
    out.push_back({page, 0, "lacks the heading \"" + heading + "\""});
  return out;
}

Violations check_cause_rules(const Tree& tree, std::span<const std::string_view> without_rule) {
  const SourceFile* source = find(tree, "src/model/diagnosis/cause_list.h");
  if (source == nullptr) return {{"src/model/diagnosis/cause_list.h", 0, "is missing: it lists the causes"}};
  std::set<std::string_view> concluded;  // every word of every literal in the rules' tables
  for (const SourceFile& file : tree) {
    if (!file.path.starts_with("src/model/diagnosis/rules_")) continue;
    std::string_view rest = file.text;
    for (std::size_t open = rest.find('"'); open != std::string_view::npos; open = rest.find('"')) {
      std::size_t close = rest.find('"', open + 1);
      while (close != std::string_view::npos && rest[close - 1] == '\\') close = rest.find('"', close + 1);
      if (close == std::string_view::npos) break;
      for (std::string_view word : words_of(rest.substr(open + 1, close - open - 1))) concluded.insert(word);
      rest.remove_prefix(close + 1);
    }
  }
  Violations out;
  for (const Cause& cause : causes_of(*source)) {
    const bool excused = std::ranges::find(without_rule, cause.name) != without_rule.end();
    if (!concluded.contains(cause.name) && !excused) {
      out.push_back({source->path, 0,
                     "no rule in rules_*.cc concludes " + cause.name + ": nobody will ever be told it"});
    } else if (concluded.contains(cause.name) && excused) {
      out.push_back(
          {"tests/tidy/causes_without_rule.txt", 0, cause.name + " has a rule now: remove its line"});
    }
  }
  for (std::string_view name : without_rule) {
    const auto causes = causes_of(*source);
    if (std::ranges::find(causes, name, &Cause::name) == causes.end()) {
      out.push_back(
          {"tests/tidy/causes_without_rule.txt", 0, std::string(name) + " is no cause: remove its line"});
    }
  }
  return out;
}

Violations check_faults(const Tree& tree) {
  const SourceFile* data = find(tree, "data/faults.json");
  const SourceFile* source = find(tree, "src/model/diagnosis/cause_list.h");
  if (data == nullptr) return {{"data/faults.json", 0, "is missing: it lists the emulator's faults"}};
  Violations out;
  std::set<std::string_view> faults{"list"};  // --fault list prints them
  for (const auto& [name, line] : literals_after(data->text, "\"name\":")) faults.insert(name);
  if (faults.size() == 1)
    return {{data->path, 0, "no fault was found in it: the check reads \"name\": \"…\""}};
  const std::vector<Cause> causes = source == nullptr ? std::vector<Cause>() : causes_of(*source);
  for (const auto& [cause, line] : literals_after(data->text, "\"cause\":")) {
    if (std::ranges::find(causes, cause, &Cause::name) == causes.end()) {
      out.push_back({data->path, line, std::string(cause) + " is no cause of cause_list.h"});
    }
  }
  for (const SourceFile& file : tree) {
    if (file.extension() != ".md") continue;
    std::size_t number = 0;
    for (std::string_view line : lines_of(file.text)) {
      ++number;
      for (std::size_t at = line.find("--fault "); at != std::string_view::npos;
           at = line.find("--fault ", at + 1)) {
        const std::string_view rest = line.substr(at + 8);
        const std::string_view name =
            rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"));
        if (!name.empty() && !faults.contains(name)) {
          out.push_back({file.path, number,
                         "the emulator knows no fault " + std::string(name) + " (data/faults.json)"});
        }
      }
    }
  }
  return out;
}

Violations check_explained(const Tree& tree) {
  const SourceFile* source = find(tree, "src/model/diagnosis/cause_list.h");
  if (source == nullptr) return {{"src/model/diagnosis/cause_list.h", 0, "is missing: it lists the causes"}};
  const std::vector<Cause> causes = causes_of(*source);
  constexpr std::string_view kSaid = "locksmith explain ";
  Violations out;
  for (const SourceFile& file : tree) {
    if (file.path.starts_with("tests/tidy/")) continue;
    const bool words = file.extension() == ".md" ||
                       (file.extension() == ".cc" && file.path.starts_with("src/")) ||
                       file.extension() == ".json";
    if (!words) continue;
    std::size_t number = 0;
    for (std::string_view line : lines_of(file.text)) {
      ++number;
      for (std::size_t at = line.find(kSaid); at != std::string_view::npos; at = line.find(kSaid, at + 1)) {
        const std::string_view rest = line.substr(at + kSaid.size());
        std::string_view name =
            rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_."));
        while (name.ends_with('.')) name.remove_suffix(1);
        // A name has an underscore or is one of the short ones in code spans; other words are ordinary
        // English.
        const bool is_name =
            name.find('_') != std::string_view::npos || rest.substr(name.size()).starts_with('`');
        if (!name.empty() && is_name && std::ranges::find(causes, name, &Cause::name) == causes.end()) {
          out.push_back(
              {file.path, number, std::string(name) + " is no cause: locksmith explain has no page for it"});
        }
      }
    }
  }
  return out;
}

}  // namespace locksmith::tidy
