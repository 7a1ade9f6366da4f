// The second round, where something failed: the isolation tests, the account, the status page.
#include <algorithm>

#include "doctor/examination/account.h"
#include "doctor/examination/credential_headers.h"
#include "doctor/examination/observe.h"
#include "doctor/examination/platform.h"
#include "doctor/examination/prober.h"
#include "model/credential/credential.h"
#include "vocabulary/limits/doctor.h"

namespace locksmith::doctor::examination {

using upstream::Observed;
using upstream::Plan;

namespace {

bool is_literal(std::string_view host) {
  return host.find(':') != std::string_view::npos || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

void Prober::start_second_round() {
  begin();
  if (hello_) fail_with(*hello_, "GET", "/api/hello");
  if (options_.examiner != nullptr) {
    const auto diagnosis = options_.examiner->examine(result_.evidence);
    Possible possible;
    if (has_secret()) {
      meant_ = model::credential::meant(winner().value.reveal());
      possible.repaired_value = !meant_.equals(sent_value()) && model::credential::examine(meant_.reveal()).sendable;
      possible.other_header = result_.evidence.error.status == 401 && winner().described.shape != "oauth-token" && !result_.survey.overriding;
      possible.other_model = !listed_models_.empty() && listed_models_.front() != result_.evidence.request.model &&
                             failed_method_ == "POST" && result_.evidence.error.status.value_or(0) / 100 == 4;
    }
    const bool sends = sends_credential();
    possible.custom_headers = sends && result_.survey.setting("ANTHROPIC_CUSTOM_HEADERS") != nullptr && has_secret();
    possible.clean = sends && (proxy_.has_value() || possible.custom_headers || !plan("GET", kHello, limits::kHttpProbe).ca_file.empty());
    possible.proxy = proxy_.has_value();
    possible.families = !is_literal(target_.host) && !proxy_;
    possible.default_host = !is_official(target_.host) && !is_literal(target_.host);
    for (const Isolation test : plan_isolation(result_.evidence, diagnosis.findings, possible, limits::kIsolationTests)) isolate(test);
  }
  try_dns_address();
  if (failed_ && !options_.status_pages.empty()) ask_status_page(0);
  if (options_.admin_key && has_secret()) ask_account();
  end();
}

// The request that failed, with this value in this header.
Plan Prober::failed_request(std::string_view value, survey::Header header) const {
  Plan p = plan(failed_method_.empty() ? "GET" : failed_method_, failed_path_.empty() ? "/v1/models?limit=1" : failed_path_, limits::kHttpProbe);
  const bool carries = failed_path_ != kHello && (has_secret() ? model::credential::examine(value).sendable : sends_credential());
  if (carries) p = with_credential(std::move(p), value, header);
  if (failed_method_ == "POST") {
    p.headers.emplace_back("content-type", "application/json");
    p.body = failed_body_;
  }
  return p;
}

void Prober::isolate_request(std::string what, Plan plan, std::string changed, std::string_view observation) {
  send(std::move(plan), [this, what = std::move(what), changed = std::move(changed), observation](Observed seen) {
    const bool without_credential = failed_path_ == kHello;
    const bool works = without_credential ? seen.status.has_value() : is_api_answer(seen);
    tell_exchange(what, seen, works, changed);
    if (works && !observation.empty()) note(observation);
    // The other header is refused as this one is: then it is not the header's fault.
    if (!works && observation == "works.other-auth-header" && seen.status) note("fails.other-auth-header");
    if (!works && observation == "works.after-resave") fail_with(seen, failed_method_, failed_path_);
  });
}

// The request as the client would send it with ANTHROPIC_CUSTOM_HEADERS unset.
Plan Prober::without_custom_headers(Plan plan) const {
  plan.credentials.clear();
  std::erase_if(plan.headers, [](const auto& field) { return field.first.starts_with("anthropic-"); });
  if (has_secret() && failed_path_ != kHello) add_credential(plan, result_.survey.header, sent_value(), result_.survey.client);
  return plan;
}

void Prober::isolate(Isolation test) {
  const std::string what = (failed_method_.empty() ? "GET" : failed_method_) + " " + failed_path_.substr(0, failed_path_.find('?'));
  const std::string changed(name(test));
  const std::string_view value = has_secret() ? sent_value() : std::string_view{};
  const survey::Header header = result_.survey.header;
  switch (test) {
    case Isolation::repaired_value: {
      isolate_request(what, failed_request(meant_.reveal(), header), changed, "works.after-resave");
      return ask_further(meant_.reveal());
    }
    case Isolation::other_header:
      return isolate_request(what, failed_request(value, other_header(header)), changed, "works.other-auth-header");
    case Isolation::without_custom_headers: {
      Plan p = without_custom_headers(failed_request(value, header));
      return isolate_request(what, std::move(p), changed, "works.fewer-headers");
    }
    case Isolation::clean: {
      Plan p = without_custom_headers(failed_request(value, header));
      p.proxy.reset();
      p.ca_file.clear();
      p.ca_folder.clear();
      p.ca_replaces_system = false;
      p.ignores_environment = true;
      return isolate_request(what, std::move(p), changed, "works.clean-environment");
    }
    case Isolation::without_proxy: {
      Plan p = failed_request(value, header);
      p.proxy.reset();
      return isolate_request(what, std::move(p), changed, "works.without-proxy");
    }
    case Isolation::ipv4:
    case Isolation::ipv6: {
      Plan p = failed_request(value, header);
      p.family = test == Isolation::ipv4 ? world::Family::ipv4 : world::Family::ipv6;
      return isolate_request(what, std::move(p), changed, test == Isolation::ipv4 ? "works.ipv4-only" : "");
    }
    case Isolation::other_model:
      return isolate_request(what, question(listed_models_.front(), failed_path_, failed_path_ == "/v1/messages" ? ",\"max_tokens\":0" : ""),
                             changed + " (" + listed_models_.front() + ")", "works.other-model");
    case Isolation::default_host: {
      Plan p;
      p.target = *upstream::parse_target(model::evidence::kApiBase);
      p.method = "GET";
      p.path = "/api/hello";
      p.deadline = left(limits::kHttpProbe);
      send(std::move(p), [this, changed](Observed seen) { tell_exchange("GET /api/hello", seen, seen.status.has_value(), changed); });
      return;
    }
  }
}

// What the credential will meet once it is repaired: the count sees credit, limits and the model.
void Prober::ask_further(std::string_view repaired) {
  const std::string& asked = result_.evidence.request.model;
  if (asked.empty() || failed_method_ == "POST") return;
  Plan p = with_credential(plan("POST", "/v1/messages/count_tokens", limits::kHttpProbe), repaired, result_.survey.header);
  p.headers.emplace_back("content-type", "application/json");
  p.body = question_body(asked);
  send(std::move(p), [this](Observed seen) {
    const bool works = is_api_answer(seen);
    tell_exchange("POST /v1/messages/count_tokens", seen, works, std::string(name(Isolation::repaired_value)));
    if (!works) fail_with(seen, "POST", "/v1/messages/count_tokens");
  });
}

void Prober::ask_status_page(std::size_t which) {
  const auto url = upstream::parse_target(options_.status_pages[which]);
  if (!url) return skip("status page", url.error().message);
  Plan p;
  p.target = *url;
  p.proxy = proxy_;
  p.path = "";  // the address is whole
  p.deadline = left(limits::kStatusPage);
  send(std::move(p), [this, which](Observed seen) {
    const auto status = read_status_page(seen.body);
    if (seen.ok() && status) {
      tell({"status page", status->incident ? Outcome::failed : Outcome::passed, status->words, seen.total, {}});
      note(status->incident ? "status-page.incident" : "status-page.clear");
    } else if (which + 1 < options_.status_pages.size()) {
      ask_status_page(which + 1);
    } else {
      skip("status page", "not readable from here: " + summary(seen));
    }
  });
}

void Prober::ask_account() {
  const std::string hint = key_hint(winner().value.reveal());
  if (hint.empty()) return skip("Admin API", "only an API key can be looked up by its hint");
  Plan p = plan("GET", "/v1/organizations/api_keys?limit=1000", limits::kHttpProbe);
  p.headers.emplace_back("anthropic-version", "2023-06-01");
  p.credentials.emplace_back("x-api-key", options_.admin_key->duplicate());
  send(std::move(p), [this, hint](Observed seen) {
    bool readable = false;
    const auto record = find_key(seen.body, hint, readable);
    if (!seen.ok() || !readable) return tell_exchange("Admin API, list of keys", seen, false);
    if (!record) {
      note("account.key-absent");
      return tell({"Admin API, list of keys", Outcome::failed, "no key with the hint " + hint, seen.total, {}});
    }
    note(observation_of(*record));
    tell({"Admin API, list of keys", record->state == "active" ? Outcome::passed : Outcome::failed,
          "\"" + record->name + "\" is " + record->state, seen.total, {}});
  });
}

}  // namespace locksmith::doctor::examination
