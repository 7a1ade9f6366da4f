#include "emulator/server.h"

#include <utility>
#include <vector>

#include "emulator/connection.h"

namespace locksmith::emulator {

Server::Server(world::Loop& loop, ServerSettings settings) : loop_(loop), settings_(std::move(settings)) {}
Server::~Server() = default;

void Server::on_accept(world::Stream& stream) {
  auto connection = std::make_unique<Connection>(*this, stream);
  Connection* const key = connection.get();
  stream.set_handler(*key);
  connections_.emplace(key, std::move(connection));
}

void Server::forget(Connection& connection) {
  connections_.erase(&connection);
  if (connections_.empty() && drained_) std::exchange(drained_, nullptr)();
}

void Server::drain(Duration limit, std::move_only_function<void()> done) {
  draining_ = true;
  if (connections_.empty()) return done();
  drained_ = std::move(done);
  std::vector<Connection*> all;
  for (const auto& [key, connection] : connections_) all.push_back(key);
  for (Connection* connection : all) connection->drain();
  loop_.after(limit, [this] {
    if (drained_) std::exchange(drained_, nullptr)();
  });
}

}  // namespace locksmith::emulator
