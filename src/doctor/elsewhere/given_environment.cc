#include "doctor/elsewhere/elsewhere.h"

#include "vocabulary/limits/input.h"

namespace locksmith::doctor::elsewhere {

void GivenEnvironment::set(std::string_view name, std::string_view value) {
  variables_.insert_or_assign(std::string(name), Secret(value));
}

void GivenEnvironment::set(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals != std::string_view::npos && equals != 0)
    set(assignment.substr(0, equals), assignment.substr(equals + 1));
}

void GivenEnvironment::unset(std::string_view name) {
  if (const auto found = variables_.find(name); found != variables_.end()) variables_.erase(found);
}

std::optional<Secret> GivenEnvironment::variable(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? std::nullopt : std::optional(found->second.duplicate());
}

std::vector<std::string> GivenEnvironment::names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : variables_) {
    if (names.size() < limits::kEnvironmentNames) names.push_back(name);
  }
  return names;
}

std::optional<std::string> GivenEnvironment::home() const {
  const auto home = variable("HOME");
  return home && !home->empty() ? std::optional(std::string(home->reveal())) : std::nullopt;
}

Result<Secret> NoFiles::read(const std::string&, ByteCount) const {
  return fail(FailureCode("file_not_found"), "There is no such file.");
}

world::FileFacts NoFiles::facts(const std::string&) const {
  return {};
}

}  // namespace locksmith::doctor::elsewhere
