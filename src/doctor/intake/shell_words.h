// A command line as it was pasted, taken apart as its shell would, and never executed.
//
// Three shells are told apart by what only they write: cmd's ^ and PowerShell's backtick at line ends, else
// POSIX (Shell Command Language, "Quoting"). Variables and command substitutions are not expanded but noted,
// because only the user's shell knows their values. Curly quotes, which a word processor makes of straight
// ones, and single quotes in cmd are taken for the quotes that were meant, and noted: their shell does not
// take them so, and it is what went wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace locksmith::doctor::intake {

enum class ShellKind : std::uint8_t { posix, cmd, powershell };

struct Expansion {
  std::size_t at = 0;    // in Word::text
  std::size_t size = 0;  // of the name as written there: "$NAME", "${NAME}", "%NAME%"
  std::string name;      // "NAME"; empty for a command substitution
};

struct Word {
  std::string text;                   // without its quotes; what would be expanded stands in it as written
  std::vector<Expansion> expansions;  // none for a '$NAME' in single quotes: that stays as it is
  bool quoted = false;  // some part was quoted: such a word is never an operator or an assignment's name
  bool wrong_quotes = false;  // curly quotes, or ' in cmd: meant as quotes, and none for this shell
};

struct SimpleCommand {
  std::vector<Word> words;
  std::string standard_input;  // of a here-document
  bool has_input = false;
};

struct ShellText {
  ShellKind kind = ShellKind::posix;
  std::vector<SimpleCommand> commands;  // in order, without empty ones; redirections are gone
  std::string complaint;  // the first thing that no shell would accept, with its line; empty: none
};

// Linear. At most limits::kCommandWords words are kept.
ShellText read_shell(std::string_view text);

}  // namespace locksmith::doctor::intake
