// Names of causes in the code: one that is not in the list does not compile.
#pragma once

#include <cstddef>
#include <string_view>

#include "model/diagnosis/cause_list.h"

namespace locksmith::model::diagnosis {

consteval bool is_listed(std::string_view name) {
  for (const CauseCode& code : kCauses) {
    if (code.name == name) return true;
  }
  return false;
}

// Never defined: its name is what the compiler prints.
void no_such_cause_in_cause_list();

// A cause or a finer code. From literals only; what comes as text at run time is looked up by find_cause().
class CauseName {
 public:
  constexpr CauseName() = default;  // none
  template <std::size_t N>
  consteval CauseName(const char (&name)[N]) : name_(name, N - 1) {
    if (!is_listed(name_)) no_such_cause_in_cause_list();
  }
  constexpr operator std::string_view() const { return name_; }
  constexpr std::string_view text() const { return name_; }
  friend constexpr bool operator==(std::string_view text, CauseName name) { return text == name.name_; }
  friend constexpr bool operator==(CauseName, CauseName) = default;

 private:
  std::string_view name_;
};

// One or several, separated by single spaces.
class CauseNames {
 public:
  template <std::size_t N>
  consteval CauseNames(const char (&names)[N]) : names_(names, N - 1) {
    for (std::string_view rest = names_; !rest.empty();) {
      const std::string_view name = rest.substr(0, rest.find(' '));
      if (!is_listed(name)) no_such_cause_in_cause_list();
      rest.remove_prefix(name.size() == rest.size() ? name.size() : name.size() + 1);
    }
  }
  constexpr operator std::string_view() const { return names_; }

 private:
  std::string_view names_;
};

}  // namespace locksmith::model::diagnosis
