#include "doctor/examination/examination.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "doctor/examination/credential_headers.h"
#include "doctor/examination/observe.h"
#include "model/credential/credential.h"
#include "vocabulary/assert.h"
#include "wire/json/json.h"

namespace locksmith::doctor::examination {
namespace {

using survey::Header;
using survey::Survey;
using upstream::Observed;
using upstream::Plan;
using upstream::Stage;

constexpr std::string_view kDefaultBase = "https://api.anthropic.com";

class Examiner {
 public:
  Examiner(world::Loop& loop, Survey survey, const Options& options, const std::function<void(const Tried&)>& progress)
      : loop_(loop), options_(options), progress_(progress) {
    result_.survey = std::move(survey);
  }

  Examination run() {
    survey::describe(result_.survey, result_.evidence);
    if (options_.model) result_.evidence.request.model = *options_.model;
    if (options_.base_url) {
      result_.evidence.settings.base_url = *options_.base_url;
      observe_custom_base();
    }
    report_credential();
    if (options_.offline) {
      skip("network", "not tried: --offline");
      return std::move(result_);
    }
    const std::string base = result_.evidence.settings.base_url.value_or("");
    auto target = upstream::parse_target(base.empty() ? kDefaultBase : base);
    if (!target) {
      tell({"base URL", Outcome::failed, target.error().message, {}});
      result_.evidence.observations.emplace_back("request.not-sent");
      return std::move(result_);
    }
    target_ = std::move(*target);
    choose_proxy();
    started_ = loop_.tick();
    start_probes();
    loop_.run();
    return std::move(result_);
  }

 private:
  // --- bookkeeping
  void tell(Tried tried) {
    if (progress_) progress_(tried);
    result_.tried.push_back(std::move(tried));
  }
  void skip(std::string what, std::string why) { tell({std::move(what), Outcome::skipped, std::move(why), {}}); }
  void tell_exchange(std::string what, const Observed& seen, bool passed) {
    tell({std::move(what), passed ? Outcome::passed : Outcome::failed, summary(seen), seen.total});
  }
  Duration left(Duration wanted) const {
    const Duration used = loop_.tick() - started_;
    const Duration rest = limits::kExamination > used ? limits::kExamination - used : Duration(std::chrono::milliseconds(1));
    return std::min(wanted, rest);
  }
  void note(std::string_view observation) {
    auto& all = result_.evidence.observations;
    if (std::ranges::find(all, observation) == all.end()) all.emplace_back(observation);
  }
  void fail_with(const Observed& seen, std::string_view method, std::string_view path) {
    if (failed_) return;  // the first failure is the one that is told of
    failed_ = true;
    describe_failure(seen, result_.evidence);
    result_.evidence.request.method = method;
    const std::string_view scheme = target_.tls ? "https://" : "http://";
    result_.evidence.request.url = std::string(scheme) + target_.authority() + target_.path_prefix + std::string(path);
    result_.evidence.request.headers = shown_headers(result_.survey);
  }
  void begin() { ++under_way_; }
  void end() {
    LOCKSMITH_ASSERT(under_way_ > 0);
    if (--under_way_ == 0) loop_.stop();
  }

  // --- steps
  void observe_custom_base();
  void report_credential();
  void choose_proxy();
  void start_probes();
  void probe_path();
  void probe_models();
  void on_models(const Observed& seen);
  void probe_count(std::string model);
  void probe_repaired();
  void probe_other_header();
  void probe_deep(const std::string& model);
  void probe_stream(const std::string& model);

  Plan plan(std::string_view method, std::string_view path, Duration deadline) const;
  void send(Plan plan, std::move_only_function<void(Observed)> done) {
    begin();
    upstream::exchange(loop_, std::move(plan), [this, done = std::move(done)](Observed seen) mutable {
      done(std::move(seen));
      end();
    });
  }
  const survey::Held& winner() const { return result_.survey.held[*result_.survey.winner]; }
  std::string_view sent_value() const { return model::credential::as_sent(winner().value.reveal()); }
  Plan with_credential(Plan plan, std::string_view value, Header header) const {
    add_credential(plan, header, value, result_.survey.client);
    return plan;
  }
  static std::string question(const std::string& model, std::string_view more);

  world::Loop& loop_;
  const Options& options_;
  const std::function<void(const Tried&)>& progress_;
  Examination result_;
  upstream::Target target_;
  std::optional<upstream::Target> proxy_;
  Tick started_{};
  int under_way_ = 0;
  bool failed_ = false;
};

void Examiner::observe_custom_base() {
  std::string_view url = *options_.base_url;
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url != kDefaultBase) note("config.custom-base-url");
  if (url.ends_with("/v1")) note("config.path-has-v1");
}

void Examiner::report_credential() {
  const Survey& s = result_.survey;
  if (!s.winner) {
    tell({"credential", Outcome::failed, "none is set where " + std::string(name(s.client)) + " looks", {}});
    return;
  }
  const auto& c = winner().described;
  const model::credential::Examined examined = model::credential::examine(winner().value.reveal());
  std::string detail = c.source + ": " + std::string(c.shape == "helper-output" ? "a key helper" : to_words(examined.shape));
  if (c.length) detail += ", " + std::to_string(*c.length) + " characters";
  if (!c.tail.empty()) detail += ", ends in …" + c.tail;
  for (const auto flaw : examined.flaws) detail += "; it has " + std::string(to_words(flaw));
  tell({"credential", examined.flaws.empty() ? Outcome::passed : Outcome::failed, detail, {}});
}

void Examiner::choose_proxy() {
  const auto& s = result_.survey;
  const auto value = [&](std::initializer_list<std::string_view> names) -> std::string {
    for (const std::string_view name : names) {
      const survey::Setting* setting = s.setting(name);
      if (setting != nullptr && !setting->value.empty()) return setting->value;
    }
    return {};
  };
  const std::string proxy = target_.tls ? value({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
                                        : value({"http_proxy", "all_proxy", "ALL_PROXY"});
  result_.evidence.settings.proxy = proxy;
  if (proxy.empty()) return;
  if (!survey::traits(s.client).reads_proxy) {
    skip("proxy", "set, but " + std::string(name(s.client)) + " does not read the proxy variables");
    result_.evidence.settings.proxy.clear();
    return;
  }
  if (upstream::bypasses_proxy(value({"no_proxy", "NO_PROXY"}), target_.host, target_.port)) {
    skip("proxy", "not used for " + target_.host + " (NO_PROXY)");
    result_.evidence.settings.proxy.clear();
    return;
  }
  auto parsed = upstream::parse_proxy(proxy);
  if (!parsed) {
    tell({"proxy", Outcome::failed, parsed.error().message, {}});
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
  for (const std::string_view name : {"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}) {
    const survey::Setting* setting = result_.survey.setting(name);
    if (setting != nullptr && p.ca_file.empty()) p.ca_file = setting->value;
  }
  return p;
}

void Examiner::start_probes() {
  begin();
  probe_path();
  if (!result_.survey.winner) {
    skip("GET /v1/models", "there is no credential to send");
  } else if (winner().origin == survey::Origin::helper) {
    skip("GET /v1/models", "the key helper is not run by the examination");
  } else {
    const auto examined = model::credential::examine(winner().value.reveal());
    const bool cured_by_client = survey::traits(result_.survey.client).trims &&
                                 model::credential::examine(model::credential::core(winner().value.reveal())).sendable;
    if (examined.sendable || cured_by_client) {
      probe_models();
    } else {
      tell({"GET /v1/models", Outcome::failed, "not sent: no HTTP client can put this value into a header", {}});
      failed_ = true;
      note("request.not-sent");
      result_.evidence.error.transport = "invalid header value";
      probe_repaired();
    }
  }
  end();
}

// Without a credential: does the path work, and who answers?
void Examiner::probe_path() {
  Plan p = plan("HEAD", "/api/hello", limits::kHttpProbe);
  send(std::move(p), [this](Observed seen) {
    if (!seen.resolve_error.empty() || !seen.addresses.empty()) {
      std::string detail = seen.resolve_error.empty() ? "" : seen.resolve_error;
      for (std::size_t i = 0; i < std::min<std::size_t>(seen.addresses.size(), 2); ++i) {
        detail += (i == 0 ? "" : ", ") + world::to_string(seen.addresses[i]);
      }
      tell({"name look-up of " + (proxy_ ? proxy_->host : target_.host), seen.addresses.empty() ? Outcome::failed : Outcome::passed, detail, seen.resolve_took});
    }
    if (seen.tls) {
      const std::string detail = seen.tls->verified ? seen.tls->protocol + ", issued by " + seen.tls->issuer
                                                    : seen.tls->verify_error + ", issued by " + seen.tls->issuer;
      tell({"TLS", seen.tls->verified ? Outcome::passed : Outcome::failed, detail, seen.tls_took});
    }
    tell_exchange("HEAD /api/hello, no credential", seen, seen.status.has_value());
    if (const auto skew = clock_skew(seen)) {
      result_.evidence.clock_skew_s = *skew;
      if (std::abs(*skew) >= 60) {
        const std::string_view direction = *skew > 0 ? " ahead of" : " behind";
        result_.survey.remarks.push_back({"clock", "This machine's clock is " + std::to_string(std::llround(std::abs(*skew))) + " s" +
                                                       std::string(direction) + " the server's."});
      }
    }
    // An endpoint that does not know this path still proves that the way to it is open.
    if (!seen.status && !failed_) fail_with(seen, "HEAD", "/api/hello");
  });
}

void Examiner::probe_models() {
  std::string_view value = sent_value();
  if (survey::traits(result_.survey.client).trims && !model::credential::examine(value).sendable) value = model::credential::core(value);
  send(with_credential(plan("GET", "/v1/models?limit=1", limits::kHttpProbe), value, result_.survey.header),
       [this](Observed seen) { on_models(seen); });
}

void Examiner::on_models(const Observed& seen) {
  const bool passed = is_api_answer(seen);
  tell_exchange("GET /v1/models", seen, passed);
  if (!passed) {
    fail_with(seen, "GET", "/v1/models?limit=1");
    if (!seen.status) return skip("POST /v1/messages/count_tokens", "there was no answer before");
    if (*seen.status == 401) {
      if (model::credential::core(winner().value.reveal()) != sent_value()) probe_repaired();
      if (winner().described.shape == "api-key") probe_other_header();
    }
    // The count still tells a missing endpoint from a missing path, and sees what models does not.
    if (*seen.status == 401) return skip("POST /v1/messages/count_tokens", "the credential was refused before");
  }
  std::string model = result_.evidence.request.model;
  if (model.empty()) {
    wire::json::Reader reader;
    if (const auto root = reader.parse(seen.body)) {
      (*root)["data"].for_each_element([&](wire::json::Value entry) {
        if (model.empty()) model = entry["id"].string_or("");
      });
    }
  }
  if (model.empty()) return skip("POST /v1/messages/count_tokens", "no model is known to ask for (--model)");
  probe_count(std::move(model));
}

std::string Examiner::question(const std::string& model, std::string_view more) {
  std::string body = "{\"model\":";
  wire::json::append_string(body, model);
  body += ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
  body += more;
  return body + "}";
}

void Examiner::probe_count(std::string model) {
  Plan p = with_credential(plan("POST", "/v1/messages/count_tokens", limits::kHttpProbe), sent_value(), result_.survey.header);
  p.headers.emplace_back("content-type", "application/json");
  p.body = question(model, "");
  send(std::move(p), [this, model = std::move(model)](Observed seen) {
    const bool passed = is_api_answer(seen);
    tell_exchange("POST /v1/messages/count_tokens (" + model + ")", seen, passed);
    if (!passed) {
      result_.evidence.request.model = model;
      return fail_with(seen, "POST", "/v1/messages/count_tokens");
    }
    if (failed_) return;
    if (options_.deep) {
      probe_deep(model);
    } else {
      result_.works = true;
    }
  });
}

// The same request with the value as it was meant: changes nothing but the damage.
void Examiner::probe_repaired() {
  const std::string_view core = model::credential::core(winner().value.reveal());
  if (!model::credential::examine(core).sendable) return;
  send(with_credential(plan("GET", "/v1/models?limit=1", limits::kHttpProbe), core, result_.survey.header), [this](Observed seen) {
    tell_exchange("GET /v1/models, credential without what surrounds it", seen, seen.ok());
    if (seen.ok()) note("works.after-resave");
  });
}

// The same credential in the other header.
void Examiner::probe_other_header() {
  const Header other = other_header(result_.survey.header);
  send(with_credential(plan("GET", "/v1/models?limit=1", limits::kHttpProbe), sent_value(), other), [this, other](Observed seen) {
    const std::string_view header = other == Header::x_api_key ? "x-api-key" : "Authorization: Bearer";
    tell_exchange("GET /v1/models, credential in " + std::string(header), seen, seen.ok());
    if (seen.ok()) note("works.other-auth-header");
  });
}

// max_tokens 0 runs the whole path and bills the input only (documented for warming the prompt cache).
void Examiner::probe_deep(const std::string& model) {
  Plan p = with_credential(plan("POST", "/v1/messages", limits::kHttpProbe), sent_value(), result_.survey.header);
  p.headers.emplace_back("content-type", "application/json");
  p.body = question(model, ",\"max_tokens\":0");
  send(std::move(p), [this, model](Observed seen) {
    const bool passed = is_api_answer(seen);
    tell_exchange("POST /v1/messages, max_tokens 0", seen, passed);
    if (!passed) return fail_with(seen, "POST", "/v1/messages");
    probe_stream(model);
  });
}

void Examiner::probe_stream(const std::string& model) {
  Plan p = with_credential(plan("POST", "/v1/messages", limits::kStreamProbe), sent_value(), result_.survey.header);
  p.headers.emplace_back("content-type", "application/json");
  p.body = question(model, ",\"max_tokens\":16,\"stream\":true");
  p.expects_events = true;
  send(std::move(p), [this](Observed seen) {
    const bool whole = seen.ok() && seen.message_stop;
    tell_exchange("POST /v1/messages, streamed", seen, whole);
    if (whole) {
      result_.works = !failed_;
      return;
    }
    const bool ended_in_order = seen.ok();
    fail_with(seen, "POST", "/v1/messages");
    if (!seen.status || *seen.status / 100 != 2) return;
    auto& e = result_.evidence;
    if (!seen.stream_error.empty()) {
      // The API itself ended the stream and says why: nothing was cut on the way.
      e.error.text = model::credential::redact(seen.stream_error);
      e.error.transport.clear();
      e.stream.reset();
      return;
    }
    e.stream = model::evidence::Stream{.ended_after_s = std::chrono::duration<double>(seen.total).count(), .message_stop = false};
    e.error.text.clear();
    if (ended_in_order) note("stream.ended-early");
    note("works.non-streaming");
  });
}

}  // namespace

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

Examination examine(world::Loop& loop, Survey survey, const Options& options, const std::function<void(const Tried&)>& progress) {
  return Examiner(loop, std::move(survey), options, progress).run();
}

}  // namespace locksmith::doctor::examination
