// The first round: the path without a credential, and the credential's own requests, from the cheapest up.
#include <algorithm>
#include <cmath>

#include "doctor/examination/credential_headers.h"
#include "doctor/examination/observe.h"
#include "doctor/examination/prober.h"
#include "model/credential/credential.h"
#include "vocabulary/limits/doctor.h"
#include "wire/json/json.h"

namespace locksmith::doctor::examination {

using upstream::Observed;
using upstream::Plan;

namespace {

constexpr std::string_view kModels = "/v1/models?limit=20";
constexpr std::string_view kCount = "/v1/messages/count_tokens";
constexpr double kClockRemark = 60;          // seconds: what a person should know of, well before it does harm
// A stream whose every event comes in one go after a second or more was held back: an unhurried sender lets them out one
// by one.
constexpr std::size_t kStreamEvents = 4;
constexpr Duration kHeldBack = std::chrono::seconds(1);
constexpr Duration kAtOnce = std::chrono::milliseconds(5);
constexpr std::size_t kLargeBody = 96 * 1024; // crosses many packets, stays far below every limit of the API

// "90 s", "12 minutes", "400 days": a span in the unit in which a person thinks of it.
std::string for_people(double seconds) {
  struct Unit {
    double seconds;
    std::string_view name;
  };
  for (const Unit& unit : {Unit{86400, " days"}, Unit{3600, " hours"}, Unit{60, " minutes"}}) {
    if (seconds >= 2 * unit.seconds) return std::to_string(std::llround(seconds / unit.seconds)) + std::string(unit.name);
  }
  return std::to_string(std::llround(seconds)) + " s";
}

}  // namespace

void Prober::start_first_round() {
  begin();
  ask_nameservers();
  probe_path();
  const survey::Refused refused = result_.outgoing.refused;
  if (sends_credential() && !target_.tls && is_official(target_.host)) {
    skip("GET /v1/models", "not sent: the credential would cross the network in clear; the API is at https://");
    fail_in_clear();
  } else if (sends_credential()) {
    probe_models();
  } else if (refused != survey::Refused::no && refused != survey::Refused::no_credential && refused != survey::Refused::profile) {
    tell_not_sent();
  } else if (!result_.survey.winner) {
    skip("GET /v1/models", "there is no credential to send");
  } else if (winner().exchanged) {
    skip("GET /v1/models", "the client first fetches a token at " + result_.outgoing.token_url + "; the examination does not");
    result_.missing = "the token that the client fetches first";
  } else if (winner().ran) {
    tell({"GET /v1/models", Outcome::failed, "not sent: the key helper gave no credential", {}, {}});
  } else {
    skip("GET /v1/models", "the key helper is not run without your consent");
    result_.missing = "what the key helper prints";
    result_.missing_flag = "--run-helper";
  }
  end();
}

// The client would send it so. Here that is known without another copy of the key on the wire.
void Prober::fail_in_clear() {
  failed_ = true;
  failed_method_ = "GET";
  failed_path_ = kModels;
  note("request.plain-http");
}

// What the client does not send is not sent here either.
void Prober::tell_not_sent() {
  tell({"GET /v1/models", Outcome::failed, "not sent: " + result_.outgoing.why, {}, {}});
  failed_ = true;
  failed_method_ = "GET";
  failed_path_ = kModels;
  note("request.not-sent");
  switch (result_.outgoing.refused) {
    case survey::Refused::header:
      result_.evidence.error.transport = "invalid header value";
      if (std::ranges::none_of(result_.outgoing.headers, [](const survey::OutgoingHeader& one) { return !one.broken.empty() && one.source != "env:ANTHROPIC_CUSTOM_HEADERS" && (one.name == "x-api-key" || one.name == "authorization"); })) {
        result_.evidence.error.transport.clear();
        note("config.custom-headers-invalid");
      }
      return;
    case survey::Refused::proxy:
      result_.evidence.error.transport = "invalid proxy URL";
      return;
    case survey::Refused::url:
      note("config.base-url-refused");
      return;
    default:
      return;
  }
}

// Does the path work, and who answers?
void Prober::probe_path() {
  send(plan("GET", "/api/hello", limits::kHttpProbe), [this](Observed seen) {
    std::string detail = seen.resolve_error;
    for (std::size_t i = 0; i < std::min<std::size_t>(seen.addresses.size(), 2); ++i) {
      detail += (detail.empty() ? "" : ", ") + world::to_string(seen.addresses[i]);
    }
    tell({"name look-up of " + (proxy_ ? proxy_->host : target_.host), seen.addresses.empty() ? Outcome::failed : Outcome::passed, detail,
          seen.resolve_took, {}});
    if (seen.tls) {
      const std::string issuer = "issued by " + seen.tls->issuer;
      const std::string words = (seen.tls->verified ? seen.tls->protocol : seen.tls->verify_error) + ", " + issuer;
      tell({"TLS", seen.tls->verified ? Outcome::passed : Outcome::failed, words, seen.tls_took, {}});
    }
    tell_exchange("GET /api/hello, no credential", seen, seen.status.has_value());
    try_families(seen);
    if (const auto skew = clock_skew(seen)) {
      result_.evidence.clock_skew_s = *skew;
      if (std::abs(*skew) >= kClockRemark) {
        result_.survey.remarks.push_back({"clock", "This machine's clock is " + for_people(std::abs(*skew)) + " " + (*skew > 0 ? "ahead of" : "behind") + " the server's."});
      }
    }
    // An endpoint that does not know this path still proves that the way to it is open. What refuses it before the API does
    // is told of only where the rest fails too: a gateway may keep this path to itself.
    if (!seen.status) fail_with(seen, "GET", kHello);
    const int status = seen.status.value_or(0);
    const bool before_api = seen.header("request-id") == nullptr && (status == 403 || status == 407 || status >= 500);
    if (before_api) hello_ = std::move(seen);
  });
}

void Prober::probe_models() {
  using survey::Slot;
  const bool login = result_.survey.winner && (winner().slot == Slot::login || winner().slot == Slot::login_variable || winner().slot == Slot::profile);
  if (login && !result_.survey.overriding) note("request.login-sent");
  Plan p = with_credential(plan("GET", kModels, limits::kHttpProbe), sent_value(), result_.survey.header);
  if (options_.echo) sent_fields_ = prints_of(p);
  send(std::move(p), [this](Observed seen) { on_models(seen); });
}

void Prober::on_models(const Observed& seen) {
  const bool passed = is_api_answer(seen);
  tell_exchange("GET /v1/models", seen, passed);
  if (passed && seen.header("request-id") == nullptr) {
    note("response.lacks-request-id");
    result_.survey.remarks.push_back({"request-id", "The answer carries none, as the API's always do: something in between removes headers, and support "
                                                    "will ask for it."});
  }
  if (passed) learn_from(seen);
  if (!passed && is_unserved(seen)) {
    unserved_ = seen;
  } else if (!passed) {
    fail_with(seen, "GET", kModels);
    if (!seen.status) return skip("POST " + std::string(kCount), "there was no answer before");
    if (*seen.status == 401) return skip("POST " + std::string(kCount), "the credential was refused before");
  }
  const std::string model = model_to_ask();
  if (model.empty()) return skip("POST " + std::string(kCount), "no model is known to ask for (--model)");
  probe_count(model);
}

// A gateway may serve the one path that clients need. Its "not found" for another says nothing of the credential.
bool Prober::is_unserved(const Observed& seen) const {
  const int status = seen.status.value_or(0);
  return (status == 404 || status == 405 || status == 501) && !is_official(target_.host) && seen.header("request-id") == nullptr;
}

// Neither the list nor the count is served. Does the path of messages exist at all? Without a body nothing is asked of a model.
void Prober::on_unserved(const Observed& seen) {
  if (options_.deep) return probe_deep(model_to_ask());
  Plan p = with_credential(plan("GET", "/v1/messages", limits::kHttpProbe), sent_value(), result_.survey.header);
  send(std::move(p), [this, seen](Observed answer) {
    const bool exists = answer.status.value_or(0) == 405;
    tell_exchange("GET /v1/messages", answer, exists);
    if (!exists) return fail_with(*unserved_, "GET", kModels);
    note("gateway.messages-only");
    result_.missing = "whether a message is answered: this endpoint serves /v1/messages only, and a message costs tokens";
    result_.missing_flag = "--deep";
  });
}

// What a good answer tells for free: models, organization, workspace.
void Prober::learn_from(const Observed& seen) {
  wire::json::Reader reader;
  if (const auto root = reader.parse(seen.body)) {
    (*root)["data"].for_each_element([&](wire::json::Value entry) {
      if (const auto id = entry["id"].as_string()) listed_models_.emplace_back(*id);
    });
  }
  const std::string* organization = seen.header("anthropic-organization-id");
  const std::string* workspace = seen.header("anthropic-workspace-id");
  if (organization != nullptr) result_.organization_id = *organization;
  if (workspace != nullptr) result_.workspace_id = *workspace;
  if (organization == nullptr) return;
  std::string detail = "organization " + result_.organization_id;
  if (workspace != nullptr) detail += ", workspace " + result_.workspace_id;
  const survey::Setting* expected = result_.survey.setting("ANTHROPIC_ORGANIZATION_ID");
  const bool other = expected != nullptr && !expected->value.empty() && expected->value != result_.organization_id;
  if (other) note("account.key-in-other-organization");
  tell({"account", other ? Outcome::failed : Outcome::passed, detail + (other ? "; ANTHROPIC_ORGANIZATION_ID names another" : ""), {}, {}});
}

void Prober::probe_count(std::string model) {
  Plan p = question(model, kCount, "");
  failed_body_ = p.body;
  send(std::move(p), [this, model = std::move(model)](Observed seen) {
    const bool passed = is_api_answer(seen);
    tell_exchange("POST " + std::string(kCount) + " (" + model + ")", seen, passed);
    if (!passed) {
      if (is_unserved(seen) && (unserved_ || !listed_models_.empty())) return on_unserved(seen);
      result_.evidence.request.model = model;
      return fail_with(seen, "POST", kCount);
    }
    if (failed_) return;
    if (options_.deep) {
      probe_deep(model);
    } else {
      on_works();
    }
  });
}

void Prober::on_works() {
  result_.works = !failed_;
}

// max_tokens 0 runs the whole path and bills the input only (documented for warming the prompt cache).
void Prober::probe_deep(const std::string& model, int max_tokens) {
  Plan p = question(model, "/v1/messages", ",\"max_tokens\":" + std::to_string(max_tokens));
  failed_body_ = p.body;
  send(std::move(p), [this, model, max_tokens](Observed seen) {
    const bool passed = is_api_answer(seen);
    tell_exchange("POST /v1/messages, max_tokens " + std::to_string(max_tokens), seen, passed);
    // Gateways that check the request themselves know no 0 there.
    const int status = seen.status.value_or(0);
    if (max_tokens == 0 && (status == 400 || status == 422) && !is_official(target_.host)) return probe_deep(model, 1);
    if (!passed && is_unserved(seen) && unserved_) return fail_with(*unserved_, "GET", kModels);
    if (!passed) return fail_with(seen, "POST", "/v1/messages");
    if (unserved_) return probe_stream(model);
    probe_large(model);
  });
}

// A request of many packets: a path that loses large ones answers small requests and stalls on this one.
void Prober::probe_large(const std::string& model) {
  Plan p = question(model, kCount, "");
  const std::size_t word = p.body.find("Hi");
  p.body.insert(word, std::string(kLargeBody, 'x'));
  send(std::move(p), [this, model](Observed seen) {
    const bool passed = is_api_answer(seen);
    tell_exchange("POST " + std::string(kCount) + ", " + to_words(ByteCount{kLargeBody}), seen, passed);
    if (!passed) {
      fail_with(seen, "POST", kCount);
      note("fails.only-large-requests");
      note("works.small-requests");
      if (seen.timed_out && !seen.status) note("network.bulk-upload-stalls");
      return;
    }
    probe_stream(model);
  });
}

void Prober::probe_stream(const std::string& model) {
  Plan p = question(model, "/v1/messages", ",\"max_tokens\":16,\"stream\":true");
  p.expects_events = true;
  p.deadline = left(limits::kStreamProbe);
  send(std::move(p), [this](Observed seen) {
    const bool whole = seen.ok() && seen.message_stop;
    tell_exchange("POST /v1/messages, streamed", seen, whole);
    const Duration streaming = seen.total - seen.resolve_took - seen.connect_took - seen.tls_took - seen.first_byte_took;
    if (whole && seen.events >= kStreamEvents && seen.first_byte_took >= kHeldBack && streaming < kAtOnce) {
      note("stream.held-back");
      result_.survey.remarks.push_back({"stream", "Its " + std::to_string(seen.events) + " events came together after " + locksmith::to_words(seen.first_byte_took) +
                                                  ": something in between collects the answer before it passes it on."});
    }
    if (whole) return on_works();
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

}  // namespace locksmith::doctor::examination
