#include "doctor/survey/observe.h"

#include <algorithm>

#include "doctor/survey/resolve.h"
#include "model/credential/credential.h"
#include "model/evidence/claude_hosts.h"
#include "vocabulary/url.h"

namespace locksmith::doctor::survey {
namespace {

class Observer {
 public:
  Observer(Survey& survey, const world::Environment& environment)
      : survey_(survey), environment_(environment) {}

  void run() {
    credentials();
    names();
    base_url();
    proxies();
    process();
    settle_observations(survey_);
  }

 private:
  void add(std::string_view observation) { survey_.observations.emplace_back(observation); }
  bool has(std::string_view variable) const {
    const auto value = environment_.variable(variable);
    return value && !value->empty();
  }
  bool reads(const Held& held) const { return is_read(held, survey_.client); }
  void pair(const Held& a, const Held& b);
  void credentials();
  void names();
  void base_url();
  void proxies();
  void process();

  Survey& survey_;
  const world::Environment& environment_;
};

void Observer::pair(const Held& a, const Held& b) {
  if (a.value.empty() || b.value.empty() || same_value(a, b)) return;
  const bool one_variable = a.variable == b.variable && !a.variable.empty();
  if (reads(a) && reads(b)) add("config.two-credentials");
  if (one_variable && a.described.shape == b.described.shape) add("config.copies-differ");
  const bool filled = (a.origin == Origin::environment && b.origin == Origin::dotenv) ||
                      (b.origin == Origin::environment && a.origin == Origin::dotenv);
  if (one_variable && filled && reads(a) && reads(b)) add("config.dotenv-no-override");
}

void Observer::credentials() {
  for (std::size_t i = 0; i < survey_.held.size(); ++i) {
    const Held& a = survey_.held[i];
    if (a.declined) add("config.key-declined");
    if (!a.is_set()) continue;
    // An empty variable keeps the .env file's value out as a full one does.
    if (a.superseded && a.origin == Origin::dotenv && !survey_.winner) add("config.dotenv-no-override");
    for (std::size_t j = i + 1; j < survey_.held.size(); ++j) {
      if (survey_.held[j].is_set()) pair(a, survey_.held[j]);
    }
  }
}

void Observer::names() {
  const bool misnamed = std::ranges::any_of(survey_.held, [](const Held& h) { return h.is_set() && !h.slot && h.origin != Origin::custom_header; });
  if (misnamed && !survey_.winner && !survey_.overriding) add("config.key-name-differs");
  const bool unloaded = std::ranges::any_of(survey_.held, [](const Held& h) { return h.is_set() && h.origin == Origin::dotenv && h.loaded == Loads::no; });
  if (unloaded && !survey_.winner) add("config.dotenv-not-loaded");
  const bool above = std::ranges::any_of(survey_.held, [](const Held& h) { return h.is_set() && h.origin == Origin::dotenv_above; });
  if (above && !survey_.winner) add("config.dotenv-elsewhere");
  if (survey_.overriding) add("config.custom-header-credential");
}

void Observer::base_url() {
  const Setting* base = survey_.setting("ANTHROPIC_BASE_URL");
  if (base == nullptr || base->value.empty()) return;
  const std::string_view url = base->value;
  const UrlParts parts = split_url(url);
  std::string_view path = parts.scheme.empty() ? "" : parts.path;
  if (parts.scheme == "http" && parts.host == model::evidence::kApiHost) {
    add("request.plain-http");
    survey_.remarks.push_back({base->name, "It begins with http://: the credential would go out in clear. The API is at https://."});
  }
  if (!model::evidence::is_api_base(url)) add("config.custom-base-url");
  if (path.size() > 1 && path.ends_with('/')) {
    add("config.trailing-slash");
    path.remove_suffix(1);
  }
  if (path.ends_with("/v1")) add("config.path-has-v1");
}

void Observer::proxies() {
  const bool set = std::ranges::any_of(survey_.settings, [](const Setting& s) {
    const bool is_proxy = s.name.ends_with("proxy") || s.name.ends_with("_PROXY");
    return is_proxy && s.name != "NO_PROXY" && s.name != "no_proxy" && !s.value.empty();
  });
  add(set ? "network.proxy-variable-set" : "network.no-proxy-variable");
}

void Observer::process() {
  if (has("SSH_CONNECTION")) add("launched.ssh");
  if (has("SUDO_USER")) add("launched.sudo");
  if (has("CI")) add("launched.ci");
  if (environment_.in_container()) add("launched.container");
}

}  // namespace

bool same_value(const Held& a, const Held& b) {
  return Secret(model::credential::core(a.value.reveal())).equals(model::credential::core(b.value.reveal()));
}

void settle_observations(Survey& survey) {
  std::ranges::sort(survey.observations);
  const auto repeated = std::ranges::unique(survey.observations);
  survey.observations.erase(repeated.begin(), repeated.end());
}

void observe(Survey& survey, const world::Environment& environment) {
  Observer(survey, environment).run();
}

}  // namespace locksmith::doctor::survey
