#include "gateway/status.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "gateway/worker.h"
#include "model/diagnosis/cause.h"
#include "wire/json/json.h"

namespace locksmith::gateway {

Status status_of(Worker& worker) {
  Status status;
  status.workers = 1;
  status.connections = worker.connections();
  const Counters& counters = worker.counters();
  status.connections_limit = counters.connections.limit.read();
  status.requests = counters.requests.read();
  status.streams = counters.streams_in_flight.read();
  const Generation& generation = worker.generation();
  const auto& states = generation.lender.states();
  for (std::size_t i = 0; i < states.size(); ++i) {
    const UpstreamCredential& credential = generation.settings->credentials[i];
    const Duration rests = std::max<Duration>(Duration::zero(), states[i].rests_until - worker.tick());
    status.credentials.push_back({credential.name, credential.organization, rests, std::string(states[i].cause), states[i].refused_at, states[i].taken_at});
  }
  const auto codes = model::diagnosis::cause_codes();
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::uint64_t count = counters.causes[i].read();
    if (count > 0) status.causes.push_back({.cause = std::string(codes[i].name), .count = count, .id = {}, .layer = {}, .next_step = {}});
  }
  worker.witness().for_each_kept([&](const Failed& failed) {
    const auto row = std::ranges::find(status.causes, failed.cause, &CauseStatus::cause);
    if (row == status.causes.end() || failed.at < row->at) return;
    row->at = failed.at;
    row->id = failed.id;
    row->layer = failed.layer;
    row->next_step = failed.next_step;
  });
  return status;
}

void join(Status& all, Status part) {
  all.workers += part.workers;
  all.connections += part.connections;
  all.connections_limit += part.connections_limit;
  all.requests += part.requests;
  all.streams += part.streams;
  for (CredentialStatus& credential : part.credentials) {
    const auto known = std::ranges::find(all.credentials, credential.name, &CredentialStatus::name);
    if (known == all.credentials.end()) {
      all.credentials.push_back(std::move(credential));
      continue;
    }
    credential.refused_at = std::max(credential.refused_at, known->refused_at);
    credential.taken_at = known->taken_at = std::max(credential.taken_at, known->taken_at);
    known->refused_at = credential.refused_at;
    if (credential.rests > known->rests || known->cause.empty()) *known = std::move(credential);
  }
  for (CauseStatus& cause : part.causes) {
    const auto known = std::ranges::find(all.causes, cause.cause, &CauseStatus::cause);
    if (known == all.causes.end()) {
      all.causes.push_back(std::move(cause));
      continue;
    }
    const std::uint64_t count = known->count + cause.count;
    if (cause.at > known->at) *known = std::move(cause);
    known->count = count;
  }
  std::ranges::sort(all.causes, std::ranges::greater(), &CauseStatus::at);
}

std::string no_credential(const Status& status) {
  if (status.credentials.empty() || !std::ranges::all_of(status.credentials, &CredentialStatus::fails)) return {};
  const CredentialStatus& one = status.credentials.front();
  if (status.credentials.size() == 1) return "the only credential, " + one.name + ", was refused: " + one.cause;
  return "all " + std::to_string(status.credentials.size()) + " credentials were refused, the first for " + one.cause;
}

std::string status_json(const Status& status) {
  std::string out;
  wire::json::Writer json(out, true);
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  json.begin_object().member("schema", "locksmith.status/1").member("ready", status.not_ready.empty());
  json.member("not_ready", status.not_ready).member("reload_failed", status.reload_failed).member("since", to_rfc3339(status.since));
  json.member("no_credential", no_credential(status));
  json.member("workers", status.workers).member("connections", number(status.connections));
  json.member("connections_limit", number(status.connections_limit));
  json.member("requests", number(status.requests)).member("streams_in_flight", number(status.streams));
  json.key("keys").begin_object().member("active", status.keys.active).member("suspended", status.keys.suspended);
  json.member("revoked", status.keys.revoked).member("expired", status.keys.expired);
  json.member("damaged", status.keys.damaged).end_object();
  json.key("credentials").begin_array();
  for (const CredentialStatus& credential : status.credentials) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(credential.rests).count();
    json.begin_object().member("name", credential.name).member("organization", credential.organization);
    json.member("state", seconds > 0 ? "resting" : credential.fails() ? "failing" : "in use").member("rests_seconds", std::int64_t{seconds});
    json.member("fails", credential.fails()).member("cause", credential.cause).end_object();
  }
  json.end_array().key("failures").begin_array();
  for (const CauseStatus& cause : status.causes) {
    json.begin_object().member("cause", cause.cause).member("count", number(cause.count)).member("layer", cause.layer);
    json.member("last_id", cause.id);
    json.key("last_at");
    cause.id.empty() ? json.null() : json.string(to_rfc3339(cause.at));
    json.member("next_step", cause.next_step).end_object();
  }
  json.end_array().end_object();
  out.push_back('\n');
  return out;
}

}  // namespace locksmith::gateway
