#include "doctor/survey/machine.h"

namespace locksmith::doctor::survey {

std::optional<Secret> Machine::read(const std::string& path, ByteCount limit,
                                    std::vector<Remark>& remarks) const {
  auto content = files.read(path, limit);
  if (content) return std::move(*content);
  if (content.error().code.name() != "file_not_found")
    remarks.push_back({shown(path), content.error().message});
  return std::nullopt;
}

std::string Machine::shown(const std::string& path) const {
  const std::string here = environment.working_directory() + "/";
  if (here.size() > 1 && path.starts_with(here)) return path.substr(here.size());
  const auto home = environment.home();
  if (home && home->size() > 1 && path.starts_with(*home + "/")) return "~" + path.substr(home->size());
  return path;
}

std::string Machine::text_of(std::string_view variable) const {
  const auto value = environment.variable(variable);
  return value ? std::string(value->reveal()) : std::string();
}

}  // namespace locksmith::doctor::survey
