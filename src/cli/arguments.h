// What may stand on the command line: commands, their options, and where each value goes.
//
// The parser is CLI11, which is header-only: each file that includes it takes 13 s to compile with sanitizers, so that
// arguments.cc alone does. Help, completions and manual pages are made from the same tree (describe()).
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace locksmith::cli {

// A handle to an option or argument of a command; lives as long as the CommandLine.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option& takes(std::string_view type_name);  // what the help calls the value: FILE, IP:PORT
  Option& required();
  Option& shows_default();                    // the help tells the value that it has now
  Option& one_of(std::initializer_list<const char*> words);
  Option& between(int least, int most);
  Option& positive();
  Option& one_each();                         // of a list: one value a flag, so that it never eats an argument
  Option& excludes(Option& other);
  Option& hidden();                           // not in the help

 private:
  CLI::Option* option_;
};

// A handle to a command; lives as long as the CommandLine.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  Command command(std::string_view name, std::string_view about) const;
  // `names` is "--name", or "NAME" for an argument that stands without a flag. The value is kept in `into`, which must
  // outlive the CommandLine.
  Option option(std::string_view names, std::string& into, std::string_view help) const;
  Option option(std::string_view names, std::optional<std::string>& into, std::string_view help) const;
  Option option(std::string_view names, std::vector<std::string>& into, std::string_view help) const;
  Option option(std::string_view names, std::int64_t& into, std::string_view help) const;
  Option option(std::string_view names, int& into, std::string_view help) const;
  Option on_value(std::string_view names, std::function<void(const std::string&)> take, std::string_view help) const;
  Option flag(std::string_view names, bool& into, std::string_view help) const;
  Option on_flag(std::string_view names, std::function<void()> take, std::string_view help) const;
  // Everything behind `--` goes there, as it stands.
  void rest(std::vector<std::string>& into, std::string_view type_name) const;

  void footer(std::string_view text) const;
  void needs_command() const;
  void run(std::function<void()> action) const;
  bool given(std::string_view name) const;  // of an option: it stood on the command line

 private:
  CLI::App* app_;
};

// The tree for those who describe it: completions, manual pages, "did you mean".
struct OptionDescription {
  std::vector<std::string> names;  // "--json"; an argument's one name has no dashes
  std::string value;               // its type's name; empty: a flag
  std::string help;
  std::vector<std::string> words;  // of one_of()
  bool is_argument() const { return !names.front().starts_with('-'); }
};
struct CommandDescription {
  std::string name, about, footer;
  std::vector<OptionDescription> options;
  std::vector<CommandDescription> commands;
};

class CommandLine {
 public:
  CommandLine(std::string_view about, std::string_view name);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command root() const;
  CommandDescription describe() const;

  enum class Outcome : std::uint8_t { ran, nothing, help, wrong };
  struct Parsed {
    Outcome outcome = Outcome::ran;
    std::string text;  // the help that was asked for, or what is wrong
  };
  // Runs the command that the words name; exceptions of its action pass through. `nothing`: they name none.
  Parsed parse(std::vector<std::string> words);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace locksmith::cli
