#include "doctor/intake/shell_words.h"

#include <algorithm>
#include <array>

#include "vocabulary/character.h"
#include "vocabulary/limits/input.h"

namespace locksmith::doctor::intake {
namespace {

// A carriage return stands before the line end of a pasted text.
bool is_blank(char c) {
  return locksmith::is_blank(c) || c == '\r';
}

// Curly quotes (UTF-8) and what closes each; people and word processors also close with the opening form.
constexpr std::array<std::string_view, 6> kCurly{"“", "”", "„", "‘", "’", "‚"};
constexpr std::size_t kCurlyBytes = 3;
constexpr std::size_t kLongestName = 200;  // of ${…}: what is longer was no variable

bool is_curly(std::string_view text, std::size_t i) {
  if (static_cast<unsigned char>(text[i]) != 0xE2) return false;
  return std::ranges::any_of(kCurly, [&](std::string_view c) { return text.substr(i, kCurlyBytes) == c; });
}
bool is_single_curly(std::string_view curly) {
  return curly == "‘" || curly == "’" || curly == "‚";
}

ShellKind kind_of(std::string_view text) {
  bool caret = text.find("^\"") != std::string_view::npos;
  bool backtick = text.find("$env:") != std::string_view::npos;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    std::size_t last = at;
    while (last > 0 && is_blank(text[last - 1])) --last;
    if (last == 0) continue;
    caret |= text[last - 1] == '^';
    backtick |= text[last - 1] == '`';
  }
  if (caret) return ShellKind::cmd;
  return backtick ? ShellKind::powershell : ShellKind::posix;
}

// cmd removes its carets before the program sees the line; between plain quotes a caret is a caret.
std::string without_carets(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '^' && !quoted && i + 1 < text.size()) {
      std::size_t next = i + 1;
      while (next < text.size() && is_blank(text[next])) ++next;
      if (next < text.size() && text[next] == '\n') {
        out += ' ';
        i = next;
        // Chrome writes a line end inside a value as ^ and two of them.
        continue;
      }
      out += text[++i];
      continue;
    }
    if (text[i] == '"') quoted = !quoted;
    out += text[i];
  }
  return out;
}

class ShellReader {
 public:
  ShellReader(std::string_view text, ShellKind kind) : text_(text) { result_.kind = kind; }

  ShellText run() {
    while (i_ < text_.size()) step();
    end_word();
    end_command();
    return std::move(result_);
  }

 private:
  ShellKind kind() const { return result_.kind; }
  bool posix() const { return kind() == ShellKind::posix; }
  char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  void step();
  bool step_continuation();
  void step_operator();
  void step_redirection();
  void here_document();
  void single_quoted();
  void double_quoted();
  void ansi_quoted();
  std::size_t ansi_escape(std::size_t i);
  void curly_quoted();
  void expansion();
  void percent_variable();
  void substitution(std::size_t open, char close);

  void put(char c) {
    in_word_ = true;
    if (skip_word_ == 0) word_.text += c;
  }
  void end_word();
  void end_command();
  void complain(std::string_view what) {
    if (!result_.complaint.empty()) return;
    const auto line =
        1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(std::min(i_, text_.size())),
                       '\n');
    result_.complaint = "Line " + std::to_string(line) + ": " + std::string(what);
  }

  std::string_view text_;
  std::size_t i_ = 0;
  ShellText result_;
  SimpleCommand command_;
  Word word_;
  bool in_word_ = false;
  int skip_word_ = 0;  // the next word is a redirection's target
  std::string delimiter_;
  bool strip_tabs_ = false;
  std::size_t words_ = 0;
};

void ShellReader::end_word() {
  if (!in_word_) return;
  in_word_ = false;
  if (skip_word_ != 0) {
    --skip_word_;
  } else if (words_ < limits::kCommandWords) {
    ++words_;
    command_.words.push_back(std::move(word_));
  }
  word_ = {};
}

void ShellReader::end_command() {
  skip_word_ = 0;
  if (!command_.words.empty()) result_.commands.push_back(std::move(command_));
  command_ = {};
}

bool ShellReader::step_continuation() {
  const char mark = posix() ? '\\' : kind() == ShellKind::powershell ? '`' : '\0';
  if (mark == '\0' || text_[i_] != mark) return false;
  // A blank behind the backslash breaks the line for a shell; what was meant is plain, and pages add such
  // blanks.
  std::size_t next = i_ + 1;
  while (next < text_.size() && is_blank(text_[next])) ++next;
  if (next >= text_.size()) {
    i_ = text_.size();
    return true;
  }
  if (text_[next] == '\n') {
    if (next > i_ + 1 &&
        text_.substr(i_ + 1, next - i_ - 1).find_first_not_of('\r') != std::string_view::npos) {
      complain("a blank stands behind the mark that continues the line, so the command ends there.");
    }
    i_ = next + 1;
    return true;
  }
  put(text_[i_ + 1]);
  word_.quoted = true;
  i_ += 2;
  return true;
}

void ShellReader::step() {
  const char c = text_[i_];
  if (c == '\n') {
    end_word();
    ++i_;
    if (!delimiter_.empty()) here_document();
    end_command();
  } else if (is_blank(c)) {
    end_word();
    ++i_;
  } else if (step_continuation()) {
    // taken
  } else if (c == '#' && !in_word_) {
    while (i_ < text_.size() && text_[i_] != '\n') ++i_;
  } else if (c == '\'' && (kind() != ShellKind::cmd || !in_word_)) {
    single_quoted();
  } else if (c == '"') {
    double_quoted();
  } else if (c == '$' && at(i_ + 1) == '\'' && posix()) {
    ansi_quoted();
  } else if (c == '$' && kind() != ShellKind::cmd) {
    expansion();
  } else if (c == '%' && kind() == ShellKind::cmd) {
    percent_variable();
  } else if (c == '`' && posix()) {
    substitution(i_ + 1, '`');
  } else if (is_curly(text_, i_)) {
    curly_quoted();
  } else if ((c == '|' || c == ';' || c == '&') && kind() != ShellKind::cmd) {
    step_operator();
  } else if (c == '<' || c == '>') {
    step_redirection();
  } else {
    put(c);
    ++i_;
  }
}

void ShellReader::step_operator() {
  end_word();
  // The rest of a here-document's first line belongs to other commands: its body comes behind the line.
  if (!delimiter_.empty()) {
    while (i_ < text_.size() && text_[i_] != '\n') ++i_;
    return;
  }
  ++i_;
  end_command();
}

void ShellReader::step_redirection() {
  // "2>file": the number belongs to the redirection. "<file>" of a placeholder is one word to people.
  if (text_[i_] == '<' && is_name_char(at(i_ + 1)) &&
      text_.substr(i_, 64).find('>') != std::string_view::npos) {
    const std::size_t close = text_.find('>', i_);
    while (i_ <= close) put(text_[i_++]);
    return;
  }
  const bool number =
      in_word_ && !word_.quoted && word_.text.size() == 1 && is_digit(word_.text[0]);
  if (number) {
    word_ = {};
    in_word_ = false;
  }
  end_word();
  if (text_.substr(i_, 2) == "<<" && at(i_ + 2) != '<') {
    i_ += 2;
    strip_tabs_ = at(i_) == '-';
    if (strip_tabs_) ++i_;
    while (is_blank(at(i_))) ++i_;
    std::string delimiter;
    while (i_ < text_.size() && !is_blank(text_[i_]) &&
           std::string_view("\n;|&<>").find(text_[i_]) == std::string_view::npos) {
      if (text_[i_] != '\'' && text_[i_] != '"' && text_[i_] != '\\') delimiter += text_[i_];
      ++i_;
    }
    delimiter_ = std::move(delimiter);
    return;
  }
  while (at(i_) == '<' || at(i_) == '>' || at(i_) == '&') ++i_;
  ++skip_word_;
}

void ShellReader::here_document() {
  bool found = false;
  command_.has_input = true;
  while (i_ < text_.size() && !found) {
    const std::size_t end = std::min(text_.find('\n', i_), text_.size());
    std::string_view line = text_.substr(i_, end - i_);
    i_ = std::min(end + 1, text_.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    while (strip_tabs_ && line.starts_with('\t')) line.remove_prefix(1);
    found = line == delimiter_;
    if (!found) command_.standard_input.append(line).append("\n");
  }
  if (!found) complain("the here-document never ends: its end mark is missing.");
  delimiter_.clear();
}

void ShellReader::single_quoted() {
  in_word_ = word_.quoted = true;
  word_.wrong_quotes |= kind() == ShellKind::cmd;
  const std::size_t open = i_++;
  while (i_ < text_.size()) {
    if (text_[i_] == '\'') {
      if (kind() == ShellKind::powershell && at(i_ + 1) == '\'') {
        put('\'');
        i_ += 2;
        continue;
      }
      ++i_;
      return;
    }
    put(text_[i_++]);
  }
  i_ = open;
  complain("the ' that opens there is never closed.");
  i_ = text_.size();
}

void ShellReader::double_quoted() {
  in_word_ = word_.quoted = true;
  const std::size_t open = i_++;
  const char escape = kind() == ShellKind::powershell ? '`' : '\\';
  while (i_ < text_.size()) {
    const char c = text_[i_];
    if (c == '"') {
      if (!posix() && at(i_ + 1) == '"') {  // "" within quotes is one quote for Windows programs
        put('"');
        i_ += 2;
        continue;
      }
      ++i_;
      return;
    }
    if (c == escape && i_ + 1 < text_.size()) {
      const char next = text_[i_ + 1];
      if (next == '\n') {
        i_ += 2;
      } else if (kind() == ShellKind::powershell || next == '"' ||
                 (posix() && (next == '\\' || next == '$' || next == '`'))) {
        put(next);
        i_ += 2;
      } else {
        put(c);
        ++i_;
      }
    } else if (c == '\\' && kind() == ShellKind::powershell && at(i_ + 1) == '"') {
      put('"');
      i_ += 2;
    } else if (c == '$' && kind() != ShellKind::cmd) {
      expansion();
    } else if (c == '%' && kind() == ShellKind::cmd) {
      percent_variable();
    } else if (c == '`' && posix()) {
      substitution(i_ + 1, '`');
    } else {
      put(c);
      ++i_;
    }
  }
  i_ = open;
  complain("the \" that opens there is never closed.");
  i_ = text_.size();
}

// One escape of $'…' whose backslash stands at i - 1; returns the index behind it.
std::size_t ShellReader::ansi_escape(std::size_t i) {
  constexpr std::string_view kLetters = "abefnrtv";
  constexpr std::string_view kMeanings = "\a\b\x1b\f\n\r\t\v";
  const char c = at(i);
  if (const std::size_t k = kLetters.find(c); c != '\0' && k != std::string_view::npos) {
    put(kMeanings[k]);
    return i + 1;
  }
  const auto digits = [&](std::size_t from, std::size_t most, unsigned base, unsigned& value) {
    std::size_t n = 0;
    for (value = 0; n < most; ++n) {
      const char d = at(from + n);
      const int digit = hex_value(d);
      if (digit < 0 || digit >= static_cast<int>(base)) break;
      value = value * base + static_cast<unsigned>(digit);
    }
    return n;
  };
  unsigned value = 0;
  std::size_t used = 0;
  if (c == 'x' && (used = digits(i + 1, 2, 16, value)) != 0) {
    put(static_cast<char>(value));
    return i + 1 + used;
  }
  if (is_digit(c) && c < '8') {
    used = digits(i, 3, 8, value);
    put(static_cast<char>(value));
    return i + used;
  }
  if ((c == 'u' || c == 'U') && (used = digits(i + 1, c == 'u' ? 4 : 8, 16, value)) != 0) {
    if (value < 0x80) {
      put(static_cast<char>(value));
    } else if (value < 0x800) {
      put(static_cast<char>(0xC0U | (value >> 6U)));
      put(static_cast<char>(0x80U | (value & 0x3FU)));
    } else {
      put(static_cast<char>(0xE0U | ((value >> 12U) & 0x0FU)));
      put(static_cast<char>(0x80U | ((value >> 6U) & 0x3FU)));
      put(static_cast<char>(0x80U | (value & 0x3FU)));
    }
    return i + 1 + used;
  }
  if (c == '\\' || c == '\'' || c == '"' || c == '?') {
    put(c);
    return i + 1;
  }
  put('\\');
  return i;
}

void ShellReader::ansi_quoted() {
  in_word_ = word_.quoted = true;
  const std::size_t open = i_;
  i_ += 2;
  while (i_ < text_.size()) {
    if (text_[i_] == '\'') {
      ++i_;
      return;
    }
    if (text_[i_] == '\\') {
      i_ = ansi_escape(i_ + 1);
    } else {
      put(text_[i_++]);
    }
  }
  i_ = open;
  complain("the $' that opens there is never closed.");
  i_ = text_.size();
}

void ShellReader::curly_quoted() {
  const std::string_view open = text_.substr(i_, kCurlyBytes);
  // An apostrophe inside a word is one.
  const bool single = is_single_curly(open);
  std::size_t close = std::string_view::npos;
  for (std::size_t k = i_ + kCurlyBytes; k < text_.size() && text_[k] != '\n'; ++k) {
    if (is_curly(text_, k) && is_single_curly(text_.substr(k, kCurlyBytes)) == single) {
      close = k;
      break;
    }
  }
  in_word_ = true;
  word_.wrong_quotes |= kind() != ShellKind::powershell;
  if (close == std::string_view::npos) {
    for (std::size_t k = 0; k < kCurlyBytes; ++k) put(text_[i_ + k]);
    i_ += kCurlyBytes;
    return;
  }
  word_.quoted = true;
  i_ += kCurlyBytes;
  while (i_ < close) {
    if (text_[i_] == '$' && kind() != ShellKind::cmd) {
      expansion();
    } else {
      put(text_[i_++]);
    }
  }
  i_ = close + kCurlyBytes;
}

void ShellReader::expansion() {
  const std::size_t start = i_;
  std::size_t k = i_ + 1;
  std::string name;
  if (at(k) == '(') {
    substitution(k + 1, ')');
    return;
  }
  if (at(k) == '{') {
    const std::size_t length = text_.substr(k, kLongestName).find('}');
    if (length == std::string_view::npos) {
      put(text_[i_++]);
      return;
    }
    std::size_t end = k + 1;
    if (text_.substr(end).starts_with("env:")) end += 4;
    const std::size_t name_start = end;
    while (is_name_char(at(end))) ++end;
    name = text_.substr(name_start, end - name_start);
    k += length + 1;
  } else {
    if (text_.substr(k, 4) == "env:") k += 4;
    const std::size_t name_start = k;
    while (is_name_char(at(k))) ++k;
    name = text_.substr(name_start, k - name_start);
  }
  if (name.empty()) {
    put(text_[i_++]);
    return;
  }
  if (skip_word_ == 0) word_.expansions.push_back({word_.text.size(), k - start, std::move(name)});
  while (i_ < k) put(text_[i_++]);
}

void ShellReader::percent_variable() {
  std::size_t k = i_ + 1;
  while (is_name_char(at(k))) ++k;
  if (k == i_ + 1 || at(k) != '%') {
    put(text_[i_++]);
    return;
  }
  if (skip_word_ == 0) {
    word_.expansions.push_back(
        {word_.text.size(), k + 1 - i_, std::string(text_.substr(i_ + 1, k - i_ - 1))});
  }
  while (i_ <= k) put(text_[i_++]);
}

// $(…) or `…`: kept as "$(…)", whatever stands in it.
void ShellReader::substitution(std::size_t open, char close) {
  std::size_t depth = 1;
  std::size_t k = open;
  for (; k < text_.size() && depth != 0; ++k) {
    if (text_[k] == close) {
      --depth;
    } else if (close == ')' && text_[k] == '(') {
      ++depth;
    }
  }
  if (depth != 0) {
    complain("the command substitution that opens there is never closed.");
    k = text_.size();
  }
  constexpr std::string_view kShown = "$(…)";
  if (skip_word_ == 0) word_.expansions.push_back({word_.text.size(), kShown.size(), ""});
  for (const char c : kShown) put(c);
  i_ = k;
}

}  // namespace

ShellText read_shell(std::string_view text) {
  const ShellKind kind = kind_of(text);
  if (kind != ShellKind::cmd) return ShellReader(text, kind).run();
  const std::string bare = without_carets(text);
  return ShellReader(bare, kind).run();
}

}  // namespace locksmith::doctor::intake
