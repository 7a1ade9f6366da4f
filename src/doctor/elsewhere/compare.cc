#include "doctor/elsewhere/compare.h"

#include <algorithm>
#include <array>
#include <string>

#include "doctor/survey/observe.h"

namespace locksmith::doctor::elsewhere {
namespace {

using survey::Held;
using survey::Origin;
using survey::Setting;
using survey::Survey;

// Settings whose difference changes where a request goes or whether it gets there.
constexpr std::array<std::string_view, 8> kSettings{
    "ANTHROPIC_BASE_URL", "ANTHROPIC_CUSTOM_HEADERS", "https_proxy",  "HTTPS_PROXY", "http_proxy",
    "HTTP_PROXY",         "NODE_EXTRA_CA_CERTS",      "SSL_CERT_FILE"};

const Held* variable_of(const Survey& survey, std::string_view name) {
  const auto found = std::ranges::find_if(survey.held, [&](const Held& h) {
    return h.origin == Origin::environment && h.variable == name && h.described.state != "unset";
  });
  return found == survey.held.end() ? nullptr : &*found;
}

std::string fingerprint(const Held& held) {
  if (held.value.empty()) return "empty";
  std::string text = std::to_string(held.value.size()) + " characters";
  if (!held.described.tail.empty()) text += ", …" + held.described.tail;
  return text;
}

const Setting* own_setting(const Survey& survey, std::string_view name) {
  const auto found = std::ranges::find_if(
      survey.settings, [&](const Setting& s) { return s.name == name && s.source == "env:" + s.name; });
  return found == survey.settings.end() ? nullptr : &*found;
}

void add(Survey& survey, std::string observation) {
  if (std::ranges::find(survey.observations, observation) == survey.observations.end())
    survey.observations.push_back(std::move(observation));
}

void compare_credentials(const Survey& here, const std::string& what, Survey& there) {
  for (const Held& mine : here.held) {
    if (mine.origin != Origin::environment || mine.value.empty()) continue;
    const Held* theirs = variable_of(there, mine.variable);
    if (theirs == nullptr || theirs->value.empty()) {
      there.remarks.push_back({mine.variable, "Set in this shell (" + fingerprint(mine) + "), " +
                                                  (theirs == nullptr ? "not set" : "empty") + " in " + what +
                                                  "."});
      if (!there.winner) add(there, "config.set-outside-process");
    } else if (!survey::same_value(mine, *theirs)) {
      there.remarks.push_back({mine.variable, "Two values: here " + fingerprint(mine) + "; in " + what + " " +
                                                  fingerprint(*theirs) + "."});
      add(there, "config.copies-differ");
    }
  }
  for (const Held& theirs : there.held) {
    if (theirs.origin != Origin::environment || theirs.value.empty() ||
        variable_of(here, theirs.variable) != nullptr)
      continue;
    there.remarks.push_back(
        {theirs.variable, "Set in " + what + " (" + fingerprint(theirs) + "), not in this shell."});
  }
}

void compare_settings(const Survey& here, const std::string& what, Survey& there) {
  for (const std::string_view name : kSettings) {
    const Setting* mine = own_setting(here, name);
    const Setting* theirs = own_setting(there, name);
    if (mine == nullptr && theirs == nullptr) continue;
    if (mine != nullptr && theirs != nullptr && mine->raw.equals(theirs->raw)) continue;
    const auto shown = [&](const Setting* setting) -> std::string {
      if (setting == nullptr) return "not set";
      return name == "ANTHROPIC_CUSTOM_HEADERS" ? std::to_string(setting->raw.size()) + " characters"
                                                : setting->value;
    };
    there.remarks.push_back(
        {std::string(name), "Here: " + shown(mine) + "; in " + what + ": " + shown(theirs) + "."});
  }
}

}  // namespace

void compare(const Survey& here, std::string_view what, Survey& there) {
  compare_credentials(here, std::string(what), there);
  compare_settings(here, std::string(what), there);
}

}  // namespace locksmith::doctor::elsewhere
