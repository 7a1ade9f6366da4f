#include "doctor/survey/outgoing.h"

#include <algorithm>
#include <array>

#include "doctor/survey/claude_code.h"
#include "model/credential/credential.h"
#include "model/evidence/claude_hosts.h"
#include "vocabulary/base64.h"
#include "vocabulary/no_proxy.h"
#include "vocabulary/text.h"

namespace locksmith::doctor::survey {
namespace {

constexpr std::string_view kOauthBeta =
    "oauth-2025-04-20";  // SDK credentials/types.ts; without it a login token gets 401
constexpr std::string_view kProbePath = "/v1/models";
constexpr std::string_view kTokenPath = "/v1/oauth/token";

// Headers whose values are no secret; of all others a custom value is not shown.
constexpr std::array<std::string_view, 6> kPlain{
    "anthropic-version", "anthropic-beta", "anthropic-workspace-id", "user-agent", "accept", "content-type"};

std::string shown_custom(std::string_view name, std::string_view value) {
  if (value.empty()) return "";
  if (name == "authorization" || name == "x-api-key") {
    const bool bearer = lower_case(value.substr(0, 7)) == "bearer ";
    const auto examined = model::credential::examine(bearer ? value.substr(7) : value);
    return (bearer ? "Bearer <" : "<") + std::string(model::credential::name(examined.shape)) + ">";
  }
  if (std::ranges::find(kPlain, name) != kPlain.end()) return model::credential::redact(value);
  return "<" + std::to_string(value.size()) + " characters>";
}

class Composer {
 public:
  Composer(const Survey& survey, const std::optional<std::string>& base_argument)
      : survey_(survey), traits_(traits(survey.client)), base_argument_(base_argument) {}

  RequestUrl url(std::string_view path) {
    find_base();
    return join_url(base_, path, traits_.join);
  }

  Outgoing run() {
    if (traits_.two_headers) look_for_obstacle();
    find_base();
    refuse_elsewhere();
    if (out_.base_source != "default") out_.base = model::credential::redact(base_);
    const RequestUrl url = join_url(base_, kProbePath, traits_.join);
    out_.url = model::credential::redact(url.text);
    // The order in which the SDK comes to these decides what its user is told.
    // Claude Code looks at the headers first.
    if (!url.is_url && !traits_.two_headers) refuse(Refused::url, url.refusal);
    find_token_url();
    set("anthropic-version", traits_.version, "");
    add_credentials();
    add_custom_headers();
    if (!url.is_url) refuse(Refused::url, url.refusal);
    require_credential();
    add_token_headers();
    add_login_of(url);
    if (!url.refusal.empty()) refuse(Refused::url, url.refusal);
    refuse_proxy(url);
    for (const OutgoingHeader& header : out_.headers) {
      if (!header.broken.empty()) refuse(Refused::header, header.broken);
    }
    return std::move(out_);
  }

 private:
  void refuse(Refused how, std::string why) {
    if (out_.refused != Refused::no) return;  // the first is the one that shows
    out_.refused = how;
    out_.why = std::move(why);
  }
  std::string setting(std::string_view name) const {
    const Setting* found = survey_.setting(name);
    if (found == nullptr) return {};
    const std::string_view text = found->raw.reveal();
    return std::string(traits_.trims ? trimmed_by_javascript(text) : text);
  }
  const Held* counting() const {  // what the chain ended at: the winner, or what the client fails on
    if (survey_.winner) return &survey_.held[*survey_.winner];
    return survey_.stopped ? &survey_.held[*survey_.stopped] : nullptr;
  }
  void look_for_obstacle();
  void add_login_of(const RequestUrl& url);
  void refuse_proxy(const RequestUrl& url);
  void find_base();
  void refuse_elsewhere();
  void find_token_url();
  void add_credentials();
  void add_credential(const Held& held, Header header);
  void add_custom_headers();
  void add_token_headers();
  void add_oauth_beta();
  void require_credential();
  void set(std::string_view name, std::string_view value, std::string source);
  void put(OutgoingHeader header);

  const Survey& survey_;
  const ClientTraits& traits_;
  const std::optional<std::string>& base_argument_;
  std::string base_;
  Outgoing out_;
};

void Composer::look_for_obstacle() {
  Obstacle found = obstacle(survey_);
  if (found.what == NoStart::settings) refuse(Refused::settings, std::move(found.why));
  if (found.what == NoStart::proxy) refuse(Refused::proxy, std::move(found.why));
}

// A user and password in the URL become a header where nothing else fills it.
void Composer::add_login_of(const RequestUrl& url) {
  if (url.login.empty() || out_.header("authorization") != nullptr) return;
  std::string value = "Basic " + to_base64(url.login);
  put({"authorization", Secret(value), "Basic <" + std::to_string(value.size() - 6) + " characters>", out_.base_source, {}});
  wipe(value.data(), value.size());
}

// A proxy that Claude Code cannot speak to, unless NO_PROXY leads past it.
void Composer::refuse_proxy(const RequestUrl& url) {
  if (!traits_.two_headers) return;
  std::string why = unspoken_proxy(survey_);
  if (why.empty()) return;
  const Setting* exceptions = survey_.first_of(traits_.no_proxy);
  const bool past = exceptions != nullptr && bypasses_proxy(exceptions->raw.reveal(), url.host, url.port);
  if (!past) refuse(Refused::proxy, std::move(why));
}

void Composer::find_base() {
  const Held* held = counting();
  if (base_argument_ && !base_argument_->empty()) {
    base_ = *base_argument_;
    out_.base_source = "argument";
  } else if (const std::string from_env = setting("ANTHROPIC_BASE_URL"); !from_env.empty()) {
    base_ = from_env;
    out_.base_source = survey_.setting("ANTHROPIC_BASE_URL")->source;
  } else if (held != nullptr && !held->early && !held->base_url.empty()) {
    base_ = held->base_url;
    out_.base_source = held->described.source;
  } else {
    base_ = model::evidence::kApiBase;
    out_.base_source = "default";
  }
}

// Another provider answers: no Anthropic credential goes to this address.
void Composer::refuse_elsewhere() {
  if (survey_.provider_switch.empty()) return;
  refuse(Refused::elsewhere, survey_.provider_switch + " is set, so " + std::string(name(survey_.client)) + " asks " + survey_.provider + " and sends nothing to this address.");
}

// A token is fetched from the profile's own host, and never over plain HTTP but on this machine.
void Composer::find_token_url() {
  const Held* held = counting();
  if (held == nullptr || !held->exchanged) return;
  std::string base = held->base_url;
  if (base.empty()) base = setting("ANTHROPIC_BASE_URL");
  if (base.empty()) base = base_;
  while (base.ends_with('/')) base.pop_back();
  const RequestUrl url = join_url(base, kTokenPath, traits_.join == Join::web || traits_.join == Join::bun ? Join::fetch : traits_.join);
  out_.token_url = model::credential::redact(url.text);
  const auto is_host = [&](std::string_view prefix) {
    return url.text.starts_with(prefix) && (url.text[prefix.size()] == ':' || url.text[prefix.size()] == '/');
  };
  const bool loopback = is_host("http://localhost") || is_host("http://127.0.0.1") || is_host("http://[::1]");
  if (!url.refusal.empty()) return refuse(Refused::profile, url.refusal);
  if (loopback || url.text.starts_with("https://")) return;
  refuse(Refused::profile, "A token is not fetched over plain HTTP from another machine.");
}

void Composer::put(OutgoingHeader header) {
  const auto same = std::ranges::find(out_.headers, header.name, &OutgoingHeader::name);
  if (same != out_.headers.end()) {
    *same = std::move(header);
  } else {
    out_.headers.push_back(std::move(header));
  }
}

void Composer::set(std::string_view name, std::string_view value, std::string source) {
  put({std::string(name), Secret(value), model::credential::redact(value), std::move(source), {}});
}

void Composer::add_credential(const Held& held, Header header) {
  const bool unknown = held.exchanged || (held.origin == Origin::helper && held.value.empty());
  const std::string kind = "<" + (held.ran && unknown ? std::string("nothing") : held.described.shape) + ">";
  const std::string_view raw = held.value.reveal();
  const std::string_view text = traits_.trims && !held.variable.empty() ? trimmed_by_javascript(raw) : raw;
  const auto add = [&](std::string name, std::string_view prefix) {
    std::string whole = std::string(prefix) + std::string(text);
    HeaderValue value = header_value(whole, traits_.library);
    wipe(whole.data(), whole.size());
    std::string broken;
    if (!value.refusal.empty()) {
      const std::string what = held.variable.empty() ? "The credential" : held.variable;
      broken = what + " " + std::string(value.refusal) + ", so it cannot go into a header.";
    }
    if (!value.bytes) refuse(Refused::header, broken);
    Secret bytes = value.bytes && !unknown ? std::move(*value.bytes) : Secret();
    put({std::move(name), std::move(bytes), std::string(prefix) + kind, held.described.source,
         std::move(broken)});
  };
  if (header == Header::x_api_key || header == Header::both) add("x-api-key", "");
  if (header != Header::x_api_key) add("authorization", "Bearer ");
}

void Composer::add_credentials() {
  if (survey_.stopped) {
    const Held& held = survey_.held[*survey_.stopped];
    if (!held.early || traits_.two_headers) refuse(Refused::profile, held.problem);
    return;
  }
  if (!survey_.winner) return;
  add_credential(survey_.held[*survey_.winner], survey_.header);
  if (!survey_.second) return;
  add_credential(survey_.held[*survey_.second],
                 survey_.header == Header::x_api_key ? Header::bearer : Header::x_api_key);
}

void Composer::add_custom_headers() {
  const Setting* from = survey_.setting("ANTHROPIC_CUSTOM_HEADERS");
  if (!traits_.custom_headers || from == nullptr) return;
  for (auto& [written, text] : custom_header_lines(setting("ANTHROPIC_CUSTOM_HEADERS"))) {
    const std::string header = lower_case(written);
    if (header == "authorization" && fills_bearer(survey_)) continue;
    if (header == "anthropic-beta" && traits_.two_headers) continue;  // its own list replaces it
    HeaderValue value = header_value(text, traits_.library);
    wipe(text.data(), text.size());
    if (!is_header_name(header)) {
      refuse(Refused::header, "ANTHROPIC_CUSTOM_HEADERS has a line whose name is no header's name.");
      continue;
    }
    std::string broken =
        value.refusal.empty() ? "" : "The custom header " + header + " " + std::string(value.refusal) + ".";
    if (!value.bytes) {
      refuse(Refused::header, std::move(broken));
      continue;
    }
    std::string shown = shown_custom(header, value.bytes->reveal());
    put({header, std::move(*value.bytes), std::move(shown), from->source, std::move(broken)});
  }
}

// What a profile's or login's token brings along; set last, so that custom headers stay.
void Composer::add_token_headers() {
  if (!survey_.winner || survey_.header != Header::bearer_oauth) return;
  const Held& held = survey_.held[*survey_.winner];
  if (!held.workspace_id.empty() && out_.header("anthropic-workspace-id") == nullptr) {
    HeaderValue value = header_value(held.workspace_id, traits_.library);
    if (!value.sendable())
      return refuse(Refused::header, "The profile's workspace_id " + std::string(value.refusal) + ".");
    set("anthropic-workspace-id", value.bytes->reveal(), held.described.source);
  }
  add_oauth_beta();
}

void Composer::add_oauth_beta() {
  const OutgoingHeader* beta = out_.header("anthropic-beta");
  if (beta == nullptr) return set("anthropic-beta", kOauthBeta, "");
  const std::string_view all = beta->value.reveal();
  std::string tight;
  for (std::size_t at = 0; at <= all.size();) {
    const std::size_t end = std::min(all.find(',', at), all.size());
    const std::string_view one = trimmed_by_javascript(all.substr(at, end - at));
    if (one == kOauthBeta) return;
    tight += std::string(one) + ",";
    at = end + 1;
  }
  const std::string before = traits_.tight_betas ? tight : std::string(all) + ", ";
  set("anthropic-beta", before + std::string(kOauthBeta), beta->source);
}

void Composer::require_credential() {
  const auto has = [&](std::string_view name) {
    const OutgoingHeader* found = out_.header(name);
    return found != nullptr && !found->shown.empty();
  };
  if (has("x-api-key") || has("authorization")) return;
  if (survey_.stopped) return refuse(Refused::profile, survey_.held[*survey_.stopped].problem);
  if (survey_.winner && survey_.held[*survey_.winner].slot == Slot::profile)
    return;  // the SDK takes a token as enough
  refuse(Refused::no_credential,
         "No credential is set where " + std::string(name(survey_.client)) + " looks.");
}

}  // namespace

std::vector<std::pair<std::string, std::string>> custom_header_lines(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string name(trimmed_by_javascript(line.substr(0, colon)));
    const std::string value(trimmed_by_javascript(line.substr(colon + 1)));
    const auto same = std::ranges::find(lines, name, &std::pair<std::string, std::string>::first);
    if (same == lines.end()) {
      lines.emplace_back(name, value);
    } else {
      same->second = value;
    }
  }
  return lines;
}

RequestUrl url_for(const Survey& survey, const std::optional<std::string>& base_argument, std::string_view path) {
  return Composer(survey, base_argument).url(path);
}

std::string_view name(Refused refused) {
  constexpr std::array<std::string_view, 8> kWords{"",    "no-credential", "profile", "header",
                                                   "url", "elsewhere",     "proxy",   "settings"};
  return kWords[static_cast<std::size_t>(refused)];
}

const OutgoingHeader* Outgoing::header(std::string_view lower_case_name) const {
  const auto found = std::ranges::find(headers, lower_case_name, &OutgoingHeader::name);
  return found == headers.end() ? nullptr : &*found;
}

model::evidence::Fields Outgoing::shown_headers() const {
  model::evidence::Fields fields;
  for (const OutgoingHeader& header : headers) fields.emplace_back(header.name, header.shown);
  return fields;
}

Outgoing compose(const Survey& survey, const std::optional<std::string>& base_argument) {
  return Composer(survey, base_argument).run();
}

}  // namespace locksmith::doctor::survey
