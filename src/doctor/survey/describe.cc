// What a survey found, as an evidence document says it.
#include <algorithm>

#include "doctor/survey/claude_code.h"
#include "doctor/survey/survey.h"
#include "model/credential/credential.h"

namespace locksmith::doctor::survey {

void Held::note(std::string_view reason) {
  if (!described.note.empty()) described.note += "; ";
  described.note += reason;
}

const Setting* Survey::setting(std::string_view name) const {
  const auto found = std::ranges::find(settings, name, &Setting::name);
  return found == settings.end() ? nullptr : &*found;
}

const Setting* Survey::first_of(std::span<const std::string_view> names) const {
  for (const std::string_view name : names) {
    const Setting* found = setting(name);
    if (found != nullptr && !found->value.empty()) return found;
  }
  return nullptr;
}

namespace {

// Of another place than this shell, the place itself: what is exported here changes nothing there.
void describe_places(const Survey& survey, model::evidence::Settings& settings) {
  const auto put = [&](const std::string& name, const std::string& source) {
    const bool from_environment = source.starts_with("env:");
    settings.places.emplace_back(name, from_environment && !survey.where.empty() ? survey.where : source);
  };
  for (const Setting& setting : survey.settings) {
    if (survey.setting(setting.name) == &setting) put(setting.name, setting.source);
  }
  for (const Held& held : survey.held) {
    if (held.described.used.value_or(false) && !held.variable.empty() && held.origin != Origin::custom_header) put(held.variable, held.described.source);
  }
  if (!survey.provider_switch.empty()) settings.places.emplace_back("switch", survey.provider_switch);
  if (!survey.broken_file.empty()) settings.places.emplace_back("file", survey.broken_file);
}

}  // namespace

void describe(const Survey& survey, model::evidence::Evidence& evidence) {
  const ClientTraits& t = traits(survey.client);
  evidence.os = survey.os;
  if (survey.client != ClientKind::any) evidence.client.name = name(survey.client);
  evidence.client.version = survey.client_version;
  for (const Held& held : survey.held) evidence.credentials.push_back(held.described);
  if (const Setting* base = survey.setting("ANTHROPIC_BASE_URL")) evidence.settings.base_url = base->value;
  const bool plain = evidence.settings.base_url.value_or("").starts_with("http://");
  const Setting* proxy = survey.first_of(plain ? t.http_proxy : t.https_proxy);
  if (proxy == nullptr) proxy = survey.first_of(t.https_proxy);
  if (proxy != nullptr) evidence.settings.proxy = proxy->value;
  for (const std::string_view name : t.ca_files) {
    if (survey.setting(name) != nullptr && evidence.settings.ca_bundle.empty())
      evidence.settings.ca_bundle = name;
  }
  if (const Setting* model = survey.setting("ANTHROPIC_MODEL"); model != nullptr && !is_short_name(model->value)) {
    evidence.request.model = model->value;
  } else if (const Setting* chosen = survey.setting("model"); chosen != nullptr && model == nullptr && t.reads_settings) {
    evidence.request.model = chosen->value;
  }
  describe_places(survey, evidence.settings);
  if (const Setting* workspace = survey.setting("ANTHROPIC_WORKSPACE_ID")) {
    evidence.settings.workspace_id = workspace->value.empty() ? "blank" : "set";
  }
  if (survey.client == ClientKind::claude_code) {
    if (const auto to = provider_switch(survey)) evidence.settings.provider = to->provider;
  }
  evidence.observations.insert(evidence.observations.end(), survey.observations.begin(),
                               survey.observations.end());
}

}  // namespace locksmith::doctor::survey
