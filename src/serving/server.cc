#include "serving/server.h"

#include <algorithm>
#include <utility>

#include "serving/connection.h"
#include "vocabulary/limits/serving.h"

namespace locksmith::serving {

Server::Server(world::Loop& loop, Router router, ServerSettings settings)
    : loop_(loop), router_(std::move(router)), settings_(std::move(settings)), self_(std::make_shared<Server*>(this)) {}

Server::~Server() = default;

Result<void> check_exposure(const world::Address& address, bool has_tls, bool authenticates) {
  if (world::is_loopback(address) || (has_tls && authenticates)) return {};
  return fail(FailureCode("listening_unprotected"),
              to_string(address) + " can be reached from other machines, and " + (has_tls ? "nobody would be asked who they are." : "what is said there could be read on the way."),
              "Listen on 127.0.0.1 or [::1], or set a certificate and a token for operators.", Blame::user);
}

Result<world::Address> Server::listen(const world::Address& address, std::shared_ptr<const world::TlsServerOptions> tls) {
  if (const auto good = check_exposure(address, tls != nullptr, settings_.authenticator != nullptr); !good) return std::unexpected(good.error());
  return loop_.listen(address, {.tls = std::move(tls)}, *this);
}

// --- Connections -----------------------------------------------------------------------------------------------------------

void Server::on_accept(world::Stream& stream) {
  make_room();
  auto connection = std::make_shared<Connection>(*this, stream, ++order_);
  stream.set_handler(*connection);
  connections_.emplace(connection.get(), std::move(connection));
}

void Server::make_room() {
  const auto counts = [](const auto& entry) { return !entry.second->given_up(); };
  if (static_cast<std::size_t>(std::ranges::count_if(connections_, counts)) < settings_.connections) return;
  Connection* last = nullptr;
  for (const auto& entry : connections_) {
    Connection& one = *entry.second;
    if (one.given_up() || one.state() == Connection::State::working) continue;
    if (last == nullptr || std::pair(one.state(), one.since()) < std::pair(last->state(), last->since())) last = &one;
  }
  if (last != nullptr) last->give_up();
}

void Server::forget(Connection& connection) { connections_.erase(&connection); }

// --- Requests --------------------------------------------------------------------------------------------------------------

void Server::take(const std::shared_ptr<Connection>& connection) {
  const auto& head = connection->head();
  if (!is_meant_for(head, settings_.names)) {
    return connection->send({.status = 421, .body = "This server has another name: ask it by its address, or add the name to those that it knows.\n"});
  }
  Router::Found found = router_.find(head.method, head.path());
  if (found.route == nullptr) {
    if (found.allowed.empty()) return connection->send({.status = 404, .body = "There are:\n" + router_.list()});
    return connection->send({.status = 405, .body = found.allowed + " only\n", .headers = {{"allow", found.allowed}}});
  }
  std::optional<Principal> who;
  if (found.route->access == Access::operators && settings_.authenticator) {
    who = settings_.authenticator->who(head.fields);
    if (!who) return connection->send({.status = 401, .body = "Say who you are.\n", .headers = {{"www-authenticate", settings_.authenticator->challenge()}}});
  }
  const bool now = found.route->cost == Cost::probe || working_ < limits::kServingWork;
  connection->wait(std::move(found), std::move(who));
  if (now) return answer(connection);
  waiting_.push_back(connection);
}

void Server::answer(const std::shared_ptr<Connection>& connection) {
  const Route& route = connection->route();
  const bool counts = route.cost == Cost::work;
  if (counts) ++working_;
  const Request request = connection->work();
  route.handler(request, Reply([self = std::weak_ptr(self_), to = std::weak_ptr(connection), counts](const Response& response) {
                  const auto server = self.lock();
                  if (!server) return;
                  if (counts) (*server)->work_done();
                  if (const auto connection_now = to.lock()) connection_now->send(response);
                }));
}

void Server::work_done() {
  --working_;
  loop_.post([self = std::weak_ptr(self_)] {
    if (const auto server = self.lock()) (*server)->work_on();
  });
}

void Server::work_on() {
  while (working_ < limits::kServingWork && !waiting_.empty()) {
    const auto next = std::exchange(waiting_.front(), {}).lock();
    waiting_.pop_front();
    if (next && !next->given_up() && next->state() == Connection::State::waiting) answer(next);
  }
}

}  // namespace locksmith::serving
