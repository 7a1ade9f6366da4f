#include "doctor/survey/printed_key.h"

#include <algorithm>
#include <optional>
#include <string>

#include "doctor/survey/header_text.h"

namespace locksmith::doctor::survey {
namespace {

using End = world::CommandRun::End;

std::optional<std::size_t> index_in_use(const Survey& survey) {
  for (const auto& index : {survey.winner, survey.second}) {
    if (index && survey.held[*index].origin == Origin::helper) return index;
  }
  return std::nullopt;
}

// Empty where the output is a credential; else what is wrong, for people.
std::string wrong_with(const world::CommandRun& run) {
  switch (run.end) {
    case End::exited:
      break;
    case End::not_started:
      return "it could not be started";
    case End::too_late:
      return "it did not end in time and was stopped";
    case End::too_long:
      return "it printed more than any credential is long, and was stopped";
    case End::stopped:
      return "it was interrupted";
  }
  if (run.exit_code != 0) return "it ended with exit code " + std::to_string(run.exit_code);
  const std::string_view line = trimmed_by_javascript(run.printed.reveal());
  if (line.empty()) return "it printed nothing";
  if (line.find_first_of("\r\n") != std::string_view::npos) return "it printed more than one line";
  return "";
}

}  // namespace

const Held* helper_in_use(const Survey& survey) {
  const auto index = index_in_use(survey);
  return index ? &survey.held[*index] : nullptr;
}

std::vector<Secret> helper_environment(const Survey& survey) {
  std::vector<Secret> pairs;
  for (const Assignment& one : survey.settings_environment) {
    std::string pair = one.name + "=" + std::string(one.value.reveal());
    pairs.emplace_back(pair);
    wipe(pair.data(), pair.size());
  }
  std::ranges::reverse(pairs);
  return pairs;
}

void take_helper(Survey& survey, const world::CommandRun& run) {
  const auto index = index_in_use(survey);
  if (!index) return;
  Held* const held = &survey.held[*index];
  held->ran = true;
  const std::string wrong = wrong_with(run);
  std::string note = held->described.note;
  if (const std::size_t at = note.find("; not run"); at != std::string::npos) note.erase(at, 9);
  if (!wrong.empty()) {
    held->described.note = note + "; it was run: " + wrong;
    if (run.end != End::stopped) survey.observations.emplace_back("config.helper-failed");
    return;
  }
  const bool used = held->described.used.value_or(false);
  held->value = Secret(trimmed_by_javascript(run.printed.reveal()));
  held->described = describe_value(held->described.source, held->value.reveal());
  held->described.used = used;
  held->described.note = note + "; it was run";
}

}  // namespace locksmith::doctor::survey
