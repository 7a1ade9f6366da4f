// What stands around an error and decides as much as the error: variables that somebody printed or set, settings that they
// showed, the place where the program ran, the headers of an answer. Read line by line, from transcripts and from logs.
//
// Who pastes hides their key: with stars, dots, x or a word. Such a value says that something is set and, by its beginning, of
// which kind; never that the key itself is masked, cut or a placeholder.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/evidence/evidence.h"

namespace locksmith::doctor::intake {

class Surroundings {
 public:
  // From where a NAME=value comes.
  enum class Source { shell, dotenv, settings, ci };

  // A line that shows something by itself: "ANTHROPIC_BASE_URL=…", "- Terminal: ssh-session", "cf-mitigated: challenge".
  void line(std::string_view line, Source source = Source::shell);
  // A command: what it sets stands anywhere in it.
  void command(std::string_view command);

  // A variable's value as it was set or printed; an empty one was shown to be empty.
  void variable(std::string_view name, std::string_view value, Source source);
  // The length that a credential in a variable was measured to have.
  void measured_length(std::string_view name, std::size_t bytes);
  // A listing of the environment showed none of Claude's variables.
  void no_variable_listed() { none_listed_ = true; }
  void observe(std::string_view fact);

  bool empty() const;
  // Adds what was seen; what the evidence has already stays.
  void add_to(model::evidence::Evidence& evidence) const;

 private:
  struct Variable {
    std::string name;
    Source source;
    model::evidence::Credential credential;  // of credentials only; described, never kept
    std::string value;                       // of settings only; shown
  };
  void assignment(std::string_view line, Source source, bool anywhere);
  bool header_field(std::string_view line);
  void place(std::string_view line);

  std::vector<Variable> credentials_;
  std::vector<Variable> settings_;
  std::vector<std::string> observations_;
  std::string os_, provider_;
  model::evidence::Fields headers_;
  bool in_head_ = false;  // the lines behind a status line
  bool none_listed_ = false;
};

}  // namespace locksmith::doctor::intake
