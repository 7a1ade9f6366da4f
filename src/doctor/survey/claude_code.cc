#include "doctor/survey/claude_code.h"

#include <algorithm>
#include <array>

#include "doctor/survey/request_url.h"
#include "doctor/survey/resolve.h"
#include "vocabulary/text.h"
#include "vocabulary/url.h"

namespace locksmith::doctor::survey {
namespace {

constexpr std::array<ProviderSwitch, 6> kSwitches{
    {{"CLAUDE_CODE_USE_BEDROCK", "bedrock"},
     {"CLAUDE_CODE_USE_VERTEX", "vertex"},
     {"CLAUDE_CODE_USE_FOUNDRY", "foundry"},
     {"CLAUDE_CODE_USE_MANTLE", "bedrock"},
     {"CLAUDE_CODE_USE_ANTHROPIC_AWS", "anthropic-aws"},
     {"CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD", "anthropic-google-cloud"}}};

bool is_simple(const Survey& survey) {
  const Setting* setting = survey.setting("CLAUDE_CODE_SIMPLE");
  return setting != nullptr && is_switched_on(setting->raw.reveal());
}

void pass(Held& held, std::string_view why) {
  held.passed_over = true;
  held.problem.clear();
  held.note(why);
}

// A profile that was asked for by name, or federation, in place of what a login stored.
bool hides_login(const Survey& survey) {
  const Setting* named = survey.setting("ANTHROPIC_PROFILE");
  const bool by_name = named != nullptr && !trimmed_by_javascript(named->raw.reveal()).empty();
  return std::ranges::any_of(survey.held, [&](const Held& held) {
    return held.slot == Slot::profile && !held.passed_over && (by_name || held.federated);
  });
}

struct ProxyFault {
  std::string why;      // empty: none
  bool at_start = true;  // else when the connection is made
};

// A proxy as Claude Code takes it: a URL, or host:port in the variables for https.
ProxyFault wrong_with_proxy(std::string_view value, bool for_https) {
  const ProxyFault kNoUrl{"is no URL: it needs http:// and a host", true};
  const std::size_t colon = value.rfind(':');
  const bool bare = value.find("//") == std::string_view::npos && colon != std::string_view::npos;
  if (bare && for_https) {
    std::string_view port = value.substr(colon + 1);
    if (port.ends_with('/')) port.remove_suffix(1);
    const std::string_view host = value.substr(0, colon);
    const bool digits = !port.empty() && port.size() <= 5 && port != "0" &&
                        std::ranges::all_of(port, is_digit);
    const bool plain = host.find_first_of(" @/?#\"'\t\r\n") == std::string_view::npos;
    if (digits && plain && join_url("http://" + std::string(value), "/", Join::fetch).is_url) return {};
  }
  const std::string_view inner = trimmed_by_javascript(value);
  const std::string scheme = lower_case(inner.substr(0, inner.find(':')));
  if (scheme == "http" || scheme == "https") return join_url(inner, "/", Join::fetch).is_url ? ProxyFault{} : kNoUrl;
  if (split_url(inner).scheme.empty()) return kNoUrl;
  if (scheme.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") != std::string::npos) return kNoUrl;
  return {"has the scheme " + scheme + ", and Claude Code speaks to http and https proxies only", false};
}

// Of the variables for proxies, all_proxy is not looked at before the connection.
ProxyFault proxy_fault(const Survey& survey) {
  constexpr std::array<std::string_view, 4> kChecked{"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"};
  const Setting* proxy = survey.first_of(kChecked);
  if (proxy == nullptr) return {};
  ProxyFault fault = wrong_with_proxy(proxy->raw.reveal(), lower_case(proxy->name) == "https_proxy");
  if (!fault.why.empty()) fault.why = proxy->name + " " + fault.why + ".";
  return fault;
}

}  // namespace

bool is_switched_on(std::string_view value) {
  constexpr std::array<std::string_view, 4> kOn{"1", "true", "yes", "on"};
  return std::ranges::find(kOn, lower_case(trimmed_by_javascript(value))) != kOn.end();
}

bool is_short_name(std::string_view model) {
  model = model.substr(0, model.find('['));
  for (const std::string_view name : {"default", "best", "sonnet", "opus", "haiku", "opusplan", "fable", "mythos"}) {
    if (model == name) return true;
  }
  return false;
}

std::optional<ProviderSwitch> provider_switch(const Survey& survey) {
  for (const ProviderSwitch& one : kSwitches) {
    const Setting* setting = survey.setting(one.variable);
    if (setting != nullptr && is_switched_on(setting->raw.reveal())) return one;
  }
  return std::nullopt;
}

void pass_over(Survey& survey) {
  const bool simple = is_simple(survey);
  const bool hidden = hides_login(survey);
  for (Held& held : survey.held) {
    if (!held.slot || held.passed_over) continue;
    if (simple && held.slot != Slot::key && held.slot != Slot::token) {
      pass(held, "CLAUDE_CODE_SIMPLE leaves it out");
    } else if (hidden && held.slot == Slot::login) {
      pass(held, "a profile is asked for, and the stored login gives way to it");
    }
  }
}

void choose_two_headers(Survey& survey) {
  const auto usable = [&](const Held& held) {
    return is_read(held, survey.client) && !held.superseded && !held.passed_over &&
           (held.is_set() || !held.problem.empty());
  };
  const auto first = [&](std::initializer_list<Slot> slots) -> std::optional<std::size_t> {
    for (const Slot slot : slots) {
      const auto found = std::ranges::find_if(survey.held, [&](const Held& h) { return h.slot == slot && usable(h); });
      if (found != survey.held.end()) return static_cast<std::size_t>(found - survey.held.begin());
    }
    return std::nullopt;
  };
  auto key = first({Slot::key, Slot::helper});
  auto bearer = first({Slot::token, Slot::helper});
  survey.header = Header::bearer;
  if (!key && !bearer) {
    auto login = first({Slot::login_variable, Slot::login, Slot::stored_key, Slot::profile});
    if (login && !survey.held[*login].problem.empty()) {
      survey.stopped = login;
      return;
    }
    const bool is_key = login && survey.held[*login].slot == Slot::stored_key;
    (is_key ? key : bearer) = login;
    survey.header = Header::bearer_oauth;
  } else if (!key) {
    key = first({Slot::stored_key});
  }
  survey.winner = key ? key : bearer;
  if (key) survey.header = key == bearer ? Header::both : Header::x_api_key;
  if (key && bearer && key != bearer) survey.second = bearer;
}

Obstacle obstacle(const Survey& survey) {
  if (!survey.no_start.empty()) {
    return {NoStart::settings, survey.no_start + " is broken, so Claude Code does not start."};
  }
  ProxyFault proxy = proxy_fault(survey);
  if (proxy.why.empty() || !proxy.at_start) return {};
  return {NoStart::proxy, std::move(proxy.why) + " Claude Code does not start with it."};
}

std::string unspoken_proxy(const Survey& survey) {
  ProxyFault proxy = proxy_fault(survey);
  return proxy.at_start ? "" : std::move(proxy.why);
}

bool fills_bearer(const Survey& survey) {
  const auto is_own = [&](const std::optional<std::size_t>& index) {
    if (!index) return false;
    const Slot slot = survey.held[*index].slot.value_or(Slot::key);
    return slot == Slot::token || slot == Slot::helper;
  };
  return traits(survey.client).two_headers && (is_own(survey.winner) || is_own(survey.second));
}

}  // namespace locksmith::doctor::survey
