#include "process/operations.h"

#include "gateway/admin.h"
#include "wire/json/json.h"

namespace locksmith::process {
namespace {

using serving::Access;
using serving::Cost;
using serving::Reply;
using serving::Request;

constexpr const char* kJson = "application/json";

std::string key_json(std::string_view id, const KeySeen& seen) {
  std::string out;
  wire::json::Writer json(out, true);
  json.begin_object().member("schema", "locksmith.key_seen/1").member("id", id).member("fault", seen.fault);
  json.member("state", seen.state).member("workers", seen.workers).member("agree", seen.agree).end_object();
  out.push_back('\n');
  return out;
}

}  // namespace

serving::Router routes_of(Operations& operations) {
  serving::Router router;
  router.on({"GET", "/healthz", Access::everybody, Cost::probe, [](const Request&, Reply reply) { reply({.body = "ok\n"}); }});
  router.on({"GET", "/readyz", Access::everybody, Cost::probe, [&operations](const Request&, Reply reply) {
               const std::string why = operations.not_ready();
               why.empty() ? reply({.body = "ready\n"}) : reply({.status = 503, .body = why + "\n"});
             }});
  router.on({"GET", "/metrics", Access::operators, Cost::work, [&operations](const Request&, Reply reply) {
               reply({.type = "text/plain; version=0.0.4; charset=utf-8", .body = gateway::metrics_text(operations.counters(), operations.facts())});
             }});
  router.on({"GET", "/status", Access::operators, Cost::work, [&operations](const Request&, Reply reply) {
               operations.find_status([reply = std::move(reply)](const gateway::Status& status) mutable {
                 reply({.type = kJson, .body = status_json(status)});
               });
             }});
  router.on({"GET", "/failures/{id}", Access::operators, Cost::work, [&operations](const Request& request, Reply reply) {
               operations.find_failure(std::string(request.captured[0]), [reply = std::move(reply)](const std::optional<gateway::Failed>& failed) mutable {
                 if (failed) return reply({.type = kJson, .body = gateway::failure_json(*failed)});
                 reply({.status = 404, .type = kJson, .body = "{\"schema\":\"locksmith.failure/1\",\"id\":null}\n"});
               });
             }});
  router.on({"GET", "/keys/{id}", Access::operators, Cost::work, [&operations](const Request& request, Reply reply) {
               const std::string id(request.captured[0]);
               operations.find_key(id, [reply = std::move(reply), id](const KeySeen& seen) mutable {
                 const int status = !seen.fault.empty() ? 503 : seen.state.empty() ? 404 : 200;
                 reply({.status = status, .type = kJson, .body = key_json(id, seen)});
               });
             }});
  return router;
}

}  // namespace locksmith::process
