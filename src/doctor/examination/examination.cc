#include "doctor/examination/examination.h"

#include <algorithm>

#include "doctor/examination/credential_headers.h"
#include "doctor/examination/examiner.h"
#include "doctor/examination/observe.h"
#include "model/credential/credential.h"
#include "vocabulary/assert.h"
#include "wire/json/json.h"

namespace locksmith::doctor::examination {

using upstream::Observed;
using upstream::Plan;

namespace {

constexpr std::string_view kDefaultBase = "https://api.anthropic.com";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

// The address that a hosts file gives to a name, or empty.
std::string_view hosts_entry(std::string_view hosts, std::string_view name) {
  while (!hosts.empty()) {
    const std::size_t end = std::min(hosts.find('\n'), hosts.size());
    std::string_view line = hosts.substr(0, end);
    hosts.remove_prefix(std::min(end + 1, hosts.size()));
    line = trimmed(line.substr(0, line.find('#')));
    const std::string_view address = line.substr(0, line.find_first_of(" \t"));
    std::string_view rest = line.substr(address.size());
    while (!(rest = trimmed(rest)).empty()) {
      const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r"));
      if (word == name) return address;
      rest.remove_prefix(std::max<std::size_t>(word.size(), 1));
    }
  }
  return {};
}

bool is_this_machine(const upstream::Target& target) {
  const auto address = world::parse_ip(target.host, target.port);
  return target.host == "localhost" || (address && world::is_loopback(*address));
}

}  // namespace

Examiner::Examiner(world::Loop& loop, survey::Survey survey, const Options& options, const std::function<void(const Tried&)>& progress)
    : loop_(loop), options_(options), progress_(progress) {
  result_.survey = std::move(survey);
}

Examination Examiner::run() {
  survey::describe(result_.survey, result_.evidence);
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
  std::string base = result_.evidence.settings.base_url.value_or("");
  if (base.empty() && result_.survey.winner) base = winner().base_url;
  auto target = upstream::parse_target(base.empty() ? kDefaultBase : base);
  if (!target) {
    tell({"base URL", Outcome::failed, target.error().message, {}, {}});
    note("request.not-sent");
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
  observe_name_system();
  if (options_.echo) {
    begin();
    observe_arrival();
    end();
    loop_.run();
  }
  if (!result_.works) {
    start_second_round();
    loop_.run();
  }
  return std::move(result_);
}

void Examiner::tell(Tried tried) {
  if (progress_) progress_(tried);
  result_.tried.push_back(std::move(tried));
}

void Examiner::tell_exchange(std::string what, const Observed& seen, bool passed, std::string changed) {
  tell({std::move(what), passed ? Outcome::passed : Outcome::failed, summary(seen), seen.total, std::move(changed)});
}

void Examiner::note(std::string_view observation) {
  auto& all = result_.evidence.observations;
  if (std::ranges::find(all, observation) == all.end()) all.emplace_back(observation);
}

// The first failure is the one that is told of. Of a later one the words are kept too: a damaged key on a machine without
// DNS, or of an account without credit, is two faults, and both must be seen.
void Examiner::fail_with(const Observed& seen, std::string_view method, std::string_view path) {
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
  const std::string_view scheme = target_.tls ? "https://" : "http://";
  result_.evidence.request.url = std::string(scheme) + target_.authority() + target_.path_prefix + std::string(path);
  result_.evidence.request.headers = result_.outgoing.shown_headers();
}

Duration Examiner::left(Duration wanted) const {
  const Duration used = loop_.tick() - started_;
  const Duration rest = limits::kExamination > used ? limits::kExamination - used : Duration(std::chrono::milliseconds(1));
  return std::min(wanted, rest);
}

void Examiner::end() {
  LOCKSMITH_ASSERT(under_way_ > 0);
  if (--under_way_ == 0) loop_.stop();
}

// What the client would send, known before anything is sent.
void Examiner::compose() {
  result_.outgoing = survey::compose(result_.survey, options_.base_url);
  auto& request = result_.evidence.request;
  request.method = result_.outgoing.method;
  request.url = result_.outgoing.url;
  request.headers = result_.outgoing.shown_headers();
  if (!has_secret()) return;
  const auto& t = survey::traits(result_.survey.client);
  const std::string_view raw = winner().value.reveal();
  auto value = survey::header_value(t.trims && !winner().variable.empty() ? survey::trimmed(raw) : raw, t.library);
  sent_ = value.sendable() ? std::move(*value.bytes) : winner().value.duplicate();
}

void Examiner::observe_base() {
  std::string_view url = *options_.base_url;
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url != kDefaultBase) note("config.custom-base-url");
  if (url.ends_with("/v1")) note("config.path-has-v1");
}

void Examiner::observe_hosts_file() {
  const std::string_view address = hosts_entry(options_.hosts_file, target_.host);
  if (address.empty() || target_.host == "localhost") return;
  hosts_address_ = address;
  note("network.hosts-entry");
  result_.survey.remarks.push_back({"/etc/hosts", "It pins " + target_.host + " to " + std::string(address) + "; the name is not looked up."});
}

void Examiner::report_credential() {
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
  // What is of no known kind is in order only where somebody else than the API takes it.
  const bool unlike_any = examined.shape == model::credential::Shape::unknown && c.shape != "helper-output" && !result_.evidence.settings.base_url;
  tell({"credential", examined.flaws.empty() && !unlike_any ? Outcome::passed : Outcome::failed, detail, {}, {}});
}

void Examiner::choose_proxy() {
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
  if (exceptions != nullptr && upstream::bypasses_proxy(exceptions->value, target_.host, target_.port)) {
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

Plan Examiner::plan(std::string_view method, std::string_view path, Duration deadline) const {
  Plan p;
  p.target = target_;
  p.method = method;
  p.path = path;
  p.proxy = proxy_;
  p.deadline = left(deadline);
  p.headers.emplace_back("accept", "application/json");
  p.headers.emplace_back("user-agent", "locksmith-doctor/0.1");
  for (const std::string_view name : survey::traits(result_.survey.client).ca_files) {
    const survey::Setting* setting = result_.survey.setting(name);
    if (setting != nullptr && p.ca_file.empty() && !name.ends_with("_DIR")) p.ca_file = setting->value;
  }
  return p;
}

// The client's own request, custom headers and all; another value or header goes alone.
Plan Examiner::with_credential(Plan plan, std::string_view value, survey::Header header) const {
  if (header != result_.survey.header || !sent_.equals(value)) {
    add_credential(plan, header, value, result_.survey.client);
    return plan;
  }
  for (const survey::OutgoingHeader& field : result_.outgoing.headers) {
    if (field.value.empty()) continue;
    std::erase_if(plan.headers, [&](const auto& own) { return own.first == field.name; });
    plan.credentials.emplace_back(field.name, field.value.duplicate());
  }
  return plan;
}

Plan Examiner::question(const std::string& model, std::string_view path, std::string_view more) const {
  Plan p = with_credential(plan("POST", path, limits::kHttpProbe), sent_value(), result_.survey.header);
  p.headers.emplace_back("content-type", "application/json");
  p.body = question_body(model, more);
  return p;
}

std::string Examiner::question_body(const std::string& model, std::string_view more) {
  std::string body = "{\"model\":";
  wire::json::append_string(body, model);
  body += ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
  body += more;
  return body + "}";
}

void Examiner::send(Plan plan, std::move_only_function<void(Observed)> done) {
  begin();
  upstream::exchange(loop_, std::move(plan), [this, done = std::move(done)](Observed seen) mutable {
    done(std::move(seen));
    end();
  });
}

std::string_view to_words(Verdict verdict) {
  switch (verdict) {
    case Verdict::healthy:
      return "healthy";
    case Verdict::problem:
      return "problem";
    case Verdict::undetermined:
      return "undetermined";
  }
  return "undetermined";
}

Examination examine(world::Loop& loop, survey::Survey survey, const Options& options, const std::function<void(const Tried&)>& progress) {
  return Examiner(loop, std::move(survey), options, progress).run();
}

}  // namespace locksmith::doctor::examination
