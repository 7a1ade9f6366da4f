// A machine for tests: variables and files that a test lays out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "world/environment.h"
#include "world/files.h"

namespace locksmith::doctor::survey {

class FakeEnvironment : public world::Environment {
 public:
  std::map<std::string, std::string, std::less<>> variables;
  std::optional<std::string> home_folder = "/home/ada";
  world::Os system = world::Os::linux_os;

  std::optional<Secret> variable(std::string_view name) const override {
    if (name == "HOME" && home_folder) return Secret(*home_folder);
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return Secret(found->second);
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const auto& [name, value] : variables) all.push_back(name);
    return all;
  }
  std::optional<std::string> home() const override { return home_folder; }
  std::string working_directory() const override { return "/home/ada/project"; }
  world::Os os() const override { return system; }
  std::string os_description() const override { return "Testix 1"; }
  bool in_container() const override { return false; }
};

class FakeFiles : public world::Files {
 public:
  std::map<std::string, std::string> content;
  std::map<std::string, std::uint32_t> modes;
  std::map<std::string, std::string> broken;  // path to message
  std::map<std::string, std::string> links;

  Result<Secret> read(const std::string& path, ByteCount limit) const override {
    if (const auto found = broken.find(path); found != broken.end()) {
      return fail(FailureCode("file_unreadable"), found->second);
    }
    const auto found = content.find(path);
    if (found == content.end()) return fail(FailureCode("file_not_found"), "There is no such file.");
    if (found->second.size() > limit.value)
      return fail(FailureCode("file_too_large"), "This file is too large.");
    return Secret(found->second);
  }
  world::FileFacts facts(const std::string& path) const override {
    world::FileFacts facts;
    facts.exists = content.contains(path);
    facts.is_regular = facts.exists;
    const auto mode = modes.find(path);
    facts.mode = mode == modes.end() ? 0600 : mode->second;
    return facts;
  }
  std::vector<std::string> list(const std::string& folder) const override {
    std::vector<std::string> names;
    for (const auto& [path, text] : content) {
      if (path.starts_with(folder + "/") && path.find('/', folder.size() + 1) == std::string::npos) {
        names.push_back(path.substr(folder.size() + 1));
      }
    }
    return names;
  }
  std::optional<std::string> link_target(const std::string& path) const override {
    const auto found = links.find(path);
    return found == links.end() ? std::nullopt : std::optional(found->second);
  }
};

inline std::string fake_key(char fill = 'a') {
  return "sk-ant-api03-" + std::string(93, fill) + "AA";
}
inline std::string fake_token(char fill = 'a') {
  return "sk-ant-oat01-" + std::string(93, fill) + "AA";
}

}  // namespace locksmith::doctor::survey
