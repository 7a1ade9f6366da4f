#include "cli/ask_gateway.h"

#include <utility>

#include "cli/listen_text.h"
#include "cli/serve_options.h"
#include "host/epoll_loop.h"
#include "host/machine.h"
#include "upstream/exchange.h"
#include "vocabulary/limits/serving.h"

namespace locksmith::cli {

std::string admin_address(const std::string& given) {
  if (!given.empty()) return given;
  const auto variable = host::RealEnvironment().variable("LOCKSMITH_ADMIN");
  return variable && !variable->empty() ? std::string(variable->reveal()) : ServeOptions().admin;
}

Result<GatewayAnswer> ask_gateway(const std::string& admin, const std::string& path) {
  auto address = read_listen_address(admin);
  if (!address) {
    address.error().next_step = "Write the gateway's admin address, for example --admin " + ServeOptions().admin;
    return std::unexpected(std::move(address.error()));
  }
  upstream::Plan plan;
  plan.target.tls = false;
  plan.target.port = address->port;
  const std::string text = to_string(*address);
  plan.target.host = text.substr(0, text.rfind(':'));
  plan.at = *address;
  plan.path = path;
  plan.deadline = limits::kAskGateway;
  host::EpollLoop loop;
  upstream::Observed observed;
  upstream::exchange(loop, std::move(plan), [&](upstream::Observed seen) {
    observed = std::move(seen);
    loop.stop();
  });
  loop.run();
  if (observed.reached != upstream::Stage::done || !observed.status) {
    return fail(FailureCode("gateway_not_reached"), "No gateway answers on " + text + ".",
                "Name its admin address: --admin IP:PORT (locksmith serve prints it), or start it: locksmith serve");
  }
  return GatewayAnswer{*observed.status, std::move(observed.body)};
}

}  // namespace locksmith::cli
