#include "doctor/examination/examination.h"

#include <algorithm>

#include "doctor/examination/credential_headers.h"
#include "doctor/examination/observe.h"
#include "doctor/examination/prober.h"
#include "model/credential/credential.h"
#include "vocabulary/assert.h"
#include "vocabulary/character.h"
#include "vocabulary/limits/doctor.h"
#include "vocabulary/no_proxy.h"
#include "vocabulary/url.h"
#include "wire/json/json.h"

namespace locksmith::doctor::examination {

using upstream::Observed;
using upstream::Plan;

namespace {

// The address that a hosts file gives to a name, or empty.
std::string_view hosts_entry(std::string_view hosts, std::string_view name) {
  while (!hosts.empty()) {
    const std::size_t end = std::min(hosts.find('\n'), hosts.size());
    std::string_view line = hosts.substr(0, end);
    hosts.remove_prefix(std::min(end + 1, hosts.size()));
    line = trimmed_left(line.substr(0, line.find('#')), is_blank);
    const std::string_view address = line.substr(0, line.find_first_of(" \t"));
    std::string_view rest = line.substr(address.size());
    while (!(rest = trimmed_left(rest, is_blank)).empty()) {
      const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r"));
      if (word == name) return address;
      rest.remove_prefix(std::max<std::size_t>(word.size(), 1));
    }
  }
  return {};
}

// What goes into the request line.
std::string path_and_query(std::string_view url) {
  const UrlParts parts = split_url(url);
  const std::string path = parts.path.empty() ? "/" : std::string(parts.path);
  return parts.query.empty() ? path : path + "?" + std::string(parts.query);
}

bool is_this_machine(const upstream::Target& target) {
  const auto address = world::parse_ip(target.host, target.port);
  return target.host == "localhost" || (address && world::is_loopback(*address));
}

}  // namespace

Prober::Prober(world::Loop& loop, survey::Survey survey, const Options& options, const std::function<void(const Tried&)>& progress)
    : loop_(loop), options_(options), progress_(progress) {
  result_.survey = std::move(survey);
}

Examination Prober::run() {
  survey::describe(result_.survey, result_.evidence);
  if (result_.survey.winner && winner().origin == survey::Origin::dotenv && winner().loaded == survey::Loads::unknown) {
    result_.condition = "your program loads " + winner().described.source.substr(7) + ": the environment here lacks " + winner().variable;
    if (!result_.survey.project.dotenv_by.empty()) result_.condition += " (" + result_.survey.project.dotenv_by + ")";
  }
  if (options_.model) result_.evidence.request.model = *options_.model;
  if (options_.base_url) {
    result_.evidence.settings.base_url = *options_.base_url;
    observe_base();
  }
  compose();
  report_credential();
  if (options_.offline) {
    skip("network", "not tried: " + options_.offline_because);
    return std::move(result_);
  }
  // Where the client makes no URL of its base, the path to what was meant still tells something.
  const survey::RequestUrl url = survey::url_for(result_.survey, options_.base_url, "/");
  auto target = upstream::parse_target(split_url(url.text).origin);
  if (!target) {
    tell({"base URL", Outcome::failed, target.error().message, {}, {}});
    result_.survey.remarks.push_back({"base URL", target.error().message});
    note("request.not-sent");
    note("config.base-url-refused");
    return std::move(result_);
  }
  target_ = std::move(*target);
  choose_proxy();
  observe_hosts_file();
  started_ = loop_.tick();
  if (options_.echo) {
    begin();
    ask_echo([this](const std::optional<Received>& received) {
      if (received) echoed_before_ = received->last;
    });
    end();
    loop_.run();
  }
  start_first_round();
  loop_.run();
  if (is_interrupted()) return std::move(result_);
  observe_name_system();
  if (options_.echo) {
    begin();
    observe_arrival();
    end();
    loop_.run();
  }
  if (!result_.works && !is_interrupted()) {
    start_second_round();
    loop_.run();
    is_interrupted();
  }
  return std::move(result_);
}

bool Prober::is_interrupted() {
  if (options_.interrupted == nullptr || !*options_.interrupted) return false;
  result_.missing = "the rest of the examination: it was interrupted";
  result_.missing_flag.clear();
  return true;
}

void Prober::tell(Tried tried) {
  if (progress_) progress_(tried);
  result_.tried.push_back(std::move(tried));
}

void Prober::tell_exchange(std::string what, const Observed& seen, bool passed, std::string changed) {
  tell({std::move(what), passed ? Outcome::passed : Outcome::failed, summary(seen), seen.total, std::move(changed)});
}

void Prober::note(std::string_view observation) {
  auto& all = result_.evidence.observations;
  if (std::ranges::find(all, observation) == all.end()) all.emplace_back(observation);
}

// The first failure is the one that is told of. Of a later one the words are kept too: a damaged key on a machine without
// DNS, or of an account without credit, is two faults, and both must be seen.
void Prober::fail_with(const Observed& seen, std::string_view method, std::string_view path) {
  if (seen.tls && !seen.tls->verified && client_skips_verification()) {
    // The client would go on. A credential is not sent after it: whoever answers may be anybody.
    if (result_.missing.empty()) {
      result_.survey.remarks.push_back({"NODE_TLS_REJECT_UNAUTHORIZED", "It is 0: the client takes any certificate, and anybody on the way can read the key. This one cannot be verified, so that nothing secret was sent here."});
    }
    note("config.tls-verify-off");
    result_.missing = "whether the API takes the credential";
    return;
  }
  if (failed_) {
    model::evidence::Evidence later;
    describe_failure(seen, later);
    for (const std::string& observation : later.observations) note(observation);
    std::string& transport = result_.evidence.error.transport;
    if (!seen.status && transport.find(later.error.transport) == std::string::npos) {
      transport += (transport.empty() ? "" : "; ") + later.error.transport;
    }
    if (seen.status) {
      std::string& text = result_.evidence.error.text;
      text += (text.empty() ? "" : "\n") + later.error.text;
    }
    return;
  }
  failed_ = true;
  failed_method_ = method;
  failed_path_ = path;
  describe_failure(seen, result_.evidence);
  result_.evidence.request.method = method;
  result_.evidence.request.url = model::credential::redact(survey::url_for(result_.survey, options_.base_url, path).text);
  result_.evidence.request.headers = result_.outgoing.shown_headers();
}

// Node's documentation: the value "0" and no other.
bool Prober::client_skips_verification() const {
  const survey::Setting* setting = result_.survey.setting("NODE_TLS_REJECT_UNAUTHORIZED");
  return setting != nullptr && setting->value == "0" && survey::traits(result_.survey.client).is_node();
}

Duration Prober::left(Duration wanted) const {
  const Duration used = loop_.tick() - started_;
  const Duration rest = limits::kExamination > used ? limits::kExamination - used : Duration(std::chrono::milliseconds(1));
  return std::min(wanted, rest);
}

void Prober::end() {
  LOCKSMITH_ASSERT(under_way_ > 0);
  if (--under_way_ == 0) loop_.stop();
}

// What the client would send, known before anything is sent.
void Prober::compose() {
  result_.outgoing = survey::compose(result_.survey, options_.base_url);
  auto& request = result_.evidence.request;
  request.method = result_.outgoing.method;
  request.url = result_.outgoing.url;
  request.headers = result_.outgoing.shown_headers();
  if (!result_.outgoing.base.empty()) result_.evidence.settings.base_url = result_.outgoing.base;
  if (!has_secret()) return;
  const auto& t = survey::traits(result_.survey.client);
  const std::string_view raw = winner().value.reveal();
  auto value = survey::header_value(t.trims && !winner().variable.empty() ? survey::trimmed_by_javascript(raw) : raw, t.library);
  sent_ = value.sendable() ? std::move(*value.bytes) : winner().value.duplicate();
}

void Prober::observe_base() {
  std::string_view url = *options_.base_url;
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url != model::evidence::kApiBase) note("config.custom-base-url");
  if (url.ends_with("/v1")) note("config.path-has-v1");
}

void Prober::observe_hosts_file() {
  const std::string_view address = hosts_entry(options_.hosts_file, target_.host);
  if (address.empty() || target_.host == "localhost") return;
  hosts_address_ = address;
  note("network.hosts-entry");
  result_.survey.remarks.push_back({"/etc/hosts", "It pins " + target_.host + " to " + std::string(address) + "; the name is not looked up."});
}

void Prober::report_credential() {
  const survey::Survey& s = result_.survey;
  if (s.stopped) {
    const survey::Held& held = s.held[*s.stopped];
    tell({"credential", Outcome::failed, held.described.source + ": " + held.problem, {}, {}});
    return;
  }
  if (!s.winner) {
    tell({"credential", Outcome::failed, "none is set where " + std::string(name(s.client)) + " looks", {}, {}});
    return;
  }
  const auto& c = winner().described;
  const model::credential::Examined examined = model::credential::examine(winner().value.reveal());
  std::string detail = c.source + ": " + std::string(c.shape == "helper-output" ? "a key helper" : to_words(examined.shape));
  if (c.length) detail += ", " + std::to_string(*c.length) + " characters";
  if (!c.tail.empty()) detail += ", ends in …" + c.tail;
  for (const auto flaw : examined.flaws) detail += "; it has " + std::string(to_words(flaw));
  if (winner().ran && winner().value.empty()) return tell({"credential", Outcome::failed, c.source + ": it gave no credential (" + c.note + ")", {}, {}});
  // What is of no known kind is in order only where somebody else than the API takes it.
  const bool unlike_any = examined.shape == model::credential::Shape::unknown && c.shape != "helper-output" && !result_.evidence.settings.base_url;
  tell({"credential", examined.flaws.empty() && !unlike_any ? Outcome::passed : Outcome::failed, detail, {}, {}});
}

void Prober::choose_proxy() {
  const auto& s = result_.survey;
  const auto& t = survey::traits(s.client);
  const survey::Setting* setting = s.first_of(target_.tls ? t.https_proxy : t.http_proxy);
  const std::string proxy = setting == nullptr ? "" : setting->value;
  result_.evidence.settings.proxy = proxy;
  if (t.https_proxy.empty() && std::ranges::count(s.observations, "network.proxy-variable-set") != 0) {
    skip("proxy", "set, but " + std::string(name(s.client)) + " does not read the proxy variables");
  }
  if (proxy.empty()) return;
  const survey::Setting* exceptions = s.first_of(t.no_proxy);
  if (exceptions != nullptr && bypasses_proxy(exceptions->value, target_.host, target_.port)) {
    skip("proxy", "not used for " + target_.host + " (" + exceptions->name + ")");
    result_.evidence.settings.proxy.clear();
    return;
  }
  if (t.loopback_direct && is_this_machine(target_)) {
    skip("proxy", "not used for " + target_.host + ": " + std::string(name(s.client)) + " asks this machine itself directly");
    result_.evidence.settings.proxy.clear();
    return;
  }
  auto parsed = upstream::parse_proxy(setting->raw.empty() ? std::string_view(proxy) : setting->raw.reveal());
  if (!parsed) {
    tell({"proxy", Outcome::failed, parsed.error().message, {}, {}});
    result_.evidence.error.transport = "invalid proxy URL";
    failed_ = true;  // the clients fail here; what follows goes without the proxy, to see the rest
    return;
  }
  proxy_ = std::move(*parsed);
}

Plan Prober::plan(std::string_view method, std::string_view path, Duration deadline) const {
  Plan p;
  p.target = target_;
  p.method = method;
  p.path = path_and_query(survey::url_for(result_.survey, options_.base_url, path).text);
  p.proxy = proxy_;
  p.deadline = left(deadline);
  p.headers.emplace_back("accept", "application/json");
  p.headers.emplace_back("user-agent", "locksmith-doctor/0.1");
  trust_as_client(p);
  return p;
}

// A certificate that this program trusts proves nothing for a client with a list of its own. The list is Mozilla's, which Debian keeps
// beside its store; elsewhere the system's store stands for it.
void Prober::trust_as_client(Plan& plan) const {
  const auto& t = survey::traits(result_.survey.client);
  const auto& s = result_.survey;
  plan.ignores_environment = s.client != survey::ClientKind::any;
  const survey::Setting* options = s.setting("NODE_OPTIONS");
  const std::string_view node = options == nullptr ? "" : std::string_view(options->value);
  const bool node_asks_system = node.find("--use-system-ca") != std::string_view::npos || node.find("--use-openssl-ca") != std::string_view::npos || s.setting("NODE_USE_SYSTEM_CA") != nullptr;
  const bool is_node = t.is_node();
  if (t.trust == survey::Trust::bundled && !(is_node && node_asks_system)) plan.bundled_folder = options_.bundled_roots;
  if (is_node && node.find("--use-openssl-ca") != std::string_view::npos) plan.ignores_environment = false;
  for (const std::string_view name : t.ca_files) {
    const survey::Setting* setting = s.setting(name);
    if (setting == nullptr || setting->value.empty()) continue;
    if (name.ends_with("_DIR")) {
      if (plan.ca_file.empty() && plan.ca_folder.empty()) plan.ca_folder = setting->value;
    } else if (plan.ca_file.empty()) {
      // Node warns of a file that it cannot read and goes on without it; the others fail, and it is told of them.
      if (is_node && std::ranges::find(s.observations, "config.ca-file-missing") != s.observations.end()) continue;
      plan.ca_file = setting->value;
      plan.ca_replaces_system = !is_node && s.client != survey::ClientKind::any;
    }
    if (plan.ca_replaces_system) plan.bundled_folder.clear();
  }
}

Plan Prober::with_credential(Plan plan, std::string_view value, survey::Header header) const {
  const bool own = !has_secret() || (header == result_.survey.header && sent_.equals(value));
  for (const survey::OutgoingHeader& field : result_.outgoing.headers) {
    const bool is_credential = field.name == "x-api-key" || field.name == "authorization";
    if (field.value.empty() || (!own && is_credential)) continue;
    std::erase_if(plan.headers, [&](const auto& other) { return other.first == field.name; });
    plan.credentials.emplace_back(field.name, field.value.duplicate());
  }
  if (!own) add_credential(plan, header, value, result_.survey.client);
  return plan;
}

bool Prober::sends_credential() const {
  if (result_.outgoing.refused != survey::Refused::no) return false;
  return std::ranges::any_of(result_.outgoing.headers, [](const survey::OutgoingHeader& field) {
    return (field.name == "x-api-key" || field.name == "authorization") && !field.value.empty();
  });
}

// The one that the client is set to; of those that the endpoint lists, one of Claude's; else the smallest that is known.
std::string Prober::model_to_ask() const {
  if (!result_.evidence.request.model.empty()) return result_.evidence.request.model;
  const auto listed = std::ranges::find_if(listed_models_, [](const std::string& id) { return id.find("claude") != std::string::npos; });
  if (listed != listed_models_.end()) return *listed;
  return options_.smallest_model.empty() && !listed_models_.empty() ? listed_models_.front() : options_.smallest_model;
}

Plan Prober::question(const std::string& model, std::string_view path, std::string_view more) const {
  Plan p = with_credential(plan("POST", path, limits::kHttpProbe), sent_value(), result_.survey.header);
  p.headers.emplace_back("content-type", "application/json");
  p.body = question_body(model, more);
  return p;
}

std::string Prober::question_body(const std::string& model, std::string_view more) {
  std::string body = "{\"model\":";
  wire::json::append_string(body, model);
  body += ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
  body += more;
  return body + "}";
}

void Prober::send(Plan plan, std::move_only_function<void(Observed)> done) {
  begin();
  upstream::exchange(loop_, std::move(plan), [this, done = std::move(done)](Observed seen) mutable {
    done(std::move(seen));
    end();
  });
}

Examination examine(world::Loop& loop, survey::Survey survey, const Options& options, const std::function<void(const Tried&)>& progress) {
  return Prober(loop, std::move(survey), options, progress).run();
}

}  // namespace locksmith::doctor::examination
