#include "cli/fit_help.h"

#include <algorithm>

#include "vocabulary/text.h"

namespace locksmith::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kDescription = 30;  // the parser's column for them

std::size_t indentation(std::string_view line) {
  const bool described = line.size() > kDescription && line.substr(kDescription - 2, 2) == "  " && line[kDescription] != ' ';
  return described ? kDescription : std::min(line.find_first_not_of(' '), line.size());
}

// The last space at which the line can be broken so that it fits, else the first; npos where there is none.
std::size_t break_of(std::string_view line, std::size_t indent) {
  std::size_t best = std::string_view::npos;
  for (std::size_t at = line.find(' ', indent); at != std::string_view::npos; at = line.find(' ', at + 1)) {
    if (best != std::string_view::npos && count_characters(line.substr(0, at)) > kWidth) break;
    best = at;
  }
  return best;
}

void append_fitted(std::string_view line, std::string& out) {
  const std::size_t indent = indentation(line);
  std::string rest(line);
  while (count_characters(rest) > kWidth) {
    const std::size_t at = break_of(rest, indent);
    if (at == std::string_view::npos) break;
    out.append(rest, 0, at).append("\n");
    rest = std::string(indent, ' ') + rest.substr(at + 1);
  }
  out += rest;
}

}  // namespace

std::string fit_help(std::string_view help) {
  std::string out;
  while (!help.empty()) {
    const std::size_t end = std::min(help.find('\n'), help.size());
    const std::string_view line = help.substr(0, end);
    // An example is indented: broken, it would be no command any more.
    if (line.starts_with(' ') && indentation(line) < kDescription) {
      out += line;
    } else {
      append_fitted(line, out);
    }
    if (end < help.size()) out += '\n';
    help.remove_prefix(std::min(end + 1, help.size()));
  }
  return out;
}

}  // namespace locksmith::cli
