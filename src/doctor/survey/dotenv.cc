#include "doctor/survey/dotenv.h"

#include <algorithm>
#include <optional>

#include "vocabulary/character.h"
#include "vocabulary/limits/input.h"

namespace locksmith::doctor::survey {
namespace {

bool is_name_char(char c, Dotenv dialect) {
  if (dialect != Dotenv::shell && (c == '.' || c == '-')) return true;
  return locksmith::is_name_char(c);
}

// fish: set -gx NAME value; csh: setenv NAME value
std::string_view without_words(std::string_view line, Dotenv dialect) {
  if (dialect == Dotenv::docker) return line;
  for (const std::string_view word :
       {"export ", "set -x ", "set -gx ", "set -Ux ", "setenv ", "declare -x ", "typeset -x "}) {
    if (line.starts_with(word)) return trimmed_left(line.substr(word.size()), is_blank);
    if (dialect != Dotenv::shell) break;  // libraries know export only
  }
  return line;
}

std::string_view shell_value(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'')) {
    const std::size_t end = value.find(value.front(), 1);
    const std::string_view behind = end == std::string_view::npos ? "" : trimmed_left(value.substr(end + 1), is_blank);
    const bool only_comment =
        behind.empty() || behind.starts_with('#') || behind.starts_with(';') || behind == "\r";
    if (end != std::string_view::npos && only_comment) return value.substr(1, end - 1);
    return value;  // an open quote stays: it goes out as part of the credential
  }
  return trimmed_right(value.substr(0, value.find(" #")), is_blank);
}

// The end of a quoted text that starts at text[0], or npos: a backslash takes the quote's meaning.
std::size_t closing_quote(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[0]) {
      return i;
    }
  }
  return std::string_view::npos;
}

std::string with_line_breaks(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 'n' || next == 'r') {
      out += next == 'n' ? '\n' : '\r';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string_view unquoted(std::string_view line, Dotenv dialect) {
  if (dialect == Dotenv::node) return trimmed_right(line.substr(0, line.find('#')), is_blank);
  if (line.starts_with('#')) return {};
  return trimmed_right(line.substr(0, std::min(line.find(" #"), line.find("\t#"))), is_blank);
}

// A value as a library reads it. `rest` is what stands behind the equals sign, to the end of the file; what
// was read is cut off. nullopt: the library does not take this line.
std::optional<std::string> library_value(std::string_view& rest, Dotenv dialect) {
  const std::string_view value = trimmed_left(rest, is_blank);
  const char first = value.empty() ? '\0' : value[0];
  const bool quoted = first == '"' || first == '\'' || (first == '`' && dialect == Dotenv::node);
  const std::size_t close = quoted ? closing_quote(value) : std::string_view::npos;
  if (close == std::string_view::npos)
    return std::string(unquoted(value.substr(0, value.find('\n')), dialect));
  const std::string_view behind = value.substr(close + 1);
  const std::string_view tail = trimmed_left(behind.substr(0, behind.find('\n')), is_blank);
  if (!tail.empty() && !tail.starts_with('#') && dialect == Dotenv::python) return std::nullopt;
  rest = behind;
  const std::string_view inner = value.substr(1, close - 1);
  return first == '"' ? with_line_breaks(inner) : std::string(inner);
}

class Lines {
 public:
  Lines(std::string_view text, Dotenv dialect) : rest_(text), dialect_(dialect) {}

  std::vector<Assignment> run() {
    while (!rest_.empty() && found_.size() < limits::kEntriesPerFile) {
      ++number_;
      read_line();
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
    }
    return std::move(found_);
  }

 private:
  void read_line() {
    const std::string_view line = trimmed_left(rest_.substr(0, rest_.find('\n')), is_blank);
    if (line.empty() || line.front() == '#') return;
    const std::string_view bare = without_words(line, dialect_);
    const bool by_library = dialect_ == Dotenv::node || dialect_ == Dotenv::python;
    std::size_t name_end = 0;
    while (name_end < bare.size() && is_name_char(bare[name_end], dialect_)) ++name_end;
    std::size_t equals = name_end;
    while (by_library && equals < bare.size() && is_blank(bare[equals])) ++equals;
    if (name_end == 0 || equals == bare.size()) return;
    const bool fish = dialect_ == Dotenv::shell && bare[equals] == ' ' && bare.data() != line.data();
    if (bare[equals] != '=' && !fish) return;
    const std::string_view name = bare.substr(0, name_end);
    const std::string_view value = bare.substr(equals + 1);
    if (by_library) return read_library_value(name, value);
    put(name, dialect_ == Dotenv::shell ? shell_value(trimmed_left(value, is_blank)) : value, number_);
  }

  void read_library_value(std::string_view name, std::string_view value) {
    const std::size_t line = number_;
    rest_.remove_prefix(static_cast<std::size_t>(value.data() - rest_.data()));
    const std::string_view before = rest_;
    auto text = library_value(rest_, dialect_);
    const std::string_view read = before.substr(0, before.size() - rest_.size());
    number_ += static_cast<std::size_t>(std::ranges::count(read, '\n'));
    if (!text) return;
    put(name, *text, line);
    wipe(text->data(), text->size());
  }

  void put(std::string_view name, std::string_view value, std::size_t line) {
    const auto same = std::ranges::find(found_, name, &Assignment::name);
    if (same == found_.end()) return found_.push_back({std::string(name), Secret(value), line});
    same->value = Secret(value);
    same->line = line;
  }

  std::string_view rest_;
  Dotenv dialect_;
  std::size_t number_ = 0;
  std::vector<Assignment> found_;
};

// Line ends of all kinds as \n. Docker knows no other than \n and \r\n.
std::string with_plain_line_ends(std::string_view text, Dotenv dialect) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      plain += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      plain += dialect == Dotenv::docker ? '\r' : '\n';
    }
  }
  return plain;
}

}  // namespace

bool looks_like_text(std::string_view text) {
  const std::string_view head = text.substr(0, 4096);
  if (head.find('\0') != std::string_view::npos) return false;
  const auto control = std::ranges::count_if(head, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\x1b' && c != '\f';
  });
  return control * 20 <= static_cast<std::ptrdiff_t>(head.size());
}

// npm dotenv takes it for white space, as JavaScript does.
bool keeps_byte_order_mark(Dotenv dialect) {
  return dialect == Dotenv::node_itself || dialect == Dotenv::python || dialect == Dotenv::docker;
}

std::vector<Assignment> read_assignments(std::string_view text, Dotenv dialect) {
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
    // The line break stays, so that lines are counted right.
    if (keeps_byte_order_mark(dialect)) text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
  if (dialect == Dotenv::none) return {};
  if (dialect == Dotenv::node_itself) dialect = Dotenv::node;
  if (dialect == Dotenv::shell) return Lines(text, dialect).run();
  std::string plain = with_plain_line_ends(text, dialect);
  auto found = Lines(plain, dialect).run();
  wipe(plain.data(), plain.size());
  return found;
}

}  // namespace locksmith::doctor::survey
