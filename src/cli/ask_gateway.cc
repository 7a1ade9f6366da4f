#include "cli/ask_gateway.h"

#include <utility>

#include "cli/ask_once.h"
#include "cli/listen_text.h"
#include "cli/serve_options.h"
#include "cli/variables.h"
#include "host/machine.h"
#include "vocabulary/limits/serving.h"
#include "vocabulary/url.h"

namespace locksmith::cli {

std::string admin_address(const std::string& given) {
  if (!given.empty()) return given;
  const auto variable = host::RealEnvironment().variable("LOCKSMITH_ADMIN");
  return variable && !variable->empty() ? std::string(variable->reveal()) : ServeOptions().admin;
}

namespace {

// IP:PORT, as serve prints it, or a URL, as an admin address on another machine has it.
Result<upstream::Plan> plan_for(const std::string& admin) {
  upstream::Plan plan;
  if (!split_url(admin).scheme.empty()) {
    auto target = upstream::parse_target(admin);
    if (!target) return std::unexpected(std::move(target.error()));
    plan.target = std::move(*target);
  } else {
    const auto address = read_listen_address(admin);
    if (!address) return std::unexpected(address.error());
    const std::string text = to_string(*address);
    plan.target.tls = false;
    plan.target.port = address->port;
    plan.target.host = text.substr(0, text.rfind(':'));
    plan.at = *address;
  }
  const auto token = host::RealEnvironment().variable("LOCKSMITH_ADMIN_TOKEN");
  if (!token || token->empty()) return plan;
  // The token goes nowhere in clear.
  const bool here = plan.at && world::is_loopback(*plan.at);
  if (plan.target.tls || here) plan.credentials.emplace_back("authorization", Secret("Bearer " + std::string(token->reveal())));
  return plan;
}

}  // namespace

Result<GatewayAnswer> ask_gateway(const std::string& admin, const std::string& path) {
  if (const auto good = check_variables(host::RealEnvironment()); !good) return std::unexpected(good.error());
  auto plan = plan_for(admin);
  if (!plan) {
    plan.error().next_step = "Write the gateway's admin address, for example --admin " + ServeOptions().admin;
    return std::unexpected(std::move(plan.error()));
  }
  const std::string where = plan->target.authority();
  plan->path = path;
  plan->deadline = limits::kAskGateway;
  upstream::Observed observed = ask_once(std::move(*plan));
  if (observed.reached != upstream::Stage::done || !observed.status) {
    return fail(FailureCode("gateway_not_reached"), "No gateway answers on " + where + ".",
                "Name its admin address: --admin IP:PORT (locksmith serve prints it), or start it: locksmith serve");
  }
  if (*observed.status == 401) {
    return fail(FailureCode("admin_token_wanted"), "The gateway on " + where + " asks operators for their token.",
                "Set LOCKSMITH_ADMIN_TOKEN to what its admin_token_file holds.", Blame::user);
  }
  return GatewayAnswer{*observed.status, std::move(observed.body)};
}

}  // namespace locksmith::cli
