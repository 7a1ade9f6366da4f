// One small server for everything that is not the data path: an operator's questions today; a console, an Admin API and sign-in are more
// handlers on it.
//
// One thread, its loop's. HTTP/1.1, kept connections, one request of each at a time. It holds its own where the data path is full, and
// keeps what strangers can do to it small: so many connections, of which a new one takes the place of the one that has been the longest
// without a handler at work; limits::kServingWork handlers at work, while probes are answered at once. So whoever
// loops over an expensive question, or holds connections and says nothing, delays others of their own kind only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "serving/entrance.h"
#include "serving/router.h"
#include "vocabulary/failure.h"
#include "vocabulary/limits/serving.h"
#include "world/loop.h"

namespace locksmith::serving {

class Connection;

struct ServerSettings {
  std::vector<std::string> names{};                        // by which it may be asked; see is_own_name()
  std::shared_ptr<const Authenticator> authenticator{};    // null: whoever reaches the address is an operator
  std::size_t connections = limits::kServingConnections;   // at a time; the loop's own bound leaves room for those that are being closed
};

// Whether a server may listen there: beyond loopback only with TLS and where somebody is asked who they are. Failure code:
// listening_unprotected.
Result<void> check_exposure(const world::Address& address, bool has_tls, bool authenticates);

class Server final : public world::AcceptHandler {
 public:
  // `loop` outlives it. Replies may outlive both.
  Server(world::Loop& loop, Router router, ServerSettings settings);
  ~Server() override;

  // Port 0 takes a free one. Failure codes: those of check_exposure() and of world::Loop::listen.
  Result<world::Address> listen(const world::Address& address, std::shared_ptr<const world::TlsServerOptions> tls);

  void on_accept(world::Stream& stream) override;
  std::size_t connections() const { return connections_.size(); }

 private:
  friend class Connection;
  // A request that is whole, of this connection: routed, refused, or put into the queue.
  void take(const std::shared_ptr<Connection>& connection);
  void answer(const std::shared_ptr<Connection>& connection);
  void work_done();
  void work_on();
  void forget(Connection& connection);
  void make_room();

  world::Loop& loop_;
  Router router_;
  ServerSettings settings_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::deque<std::weak_ptr<Connection>> waiting_;  // for a place to work
  std::size_t working_ = 0;
  std::uint64_t order_ = 0;  // of arrivals
  std::shared_ptr<Server*> self_;  // for replies, which may come when it is gone
};

}  // namespace locksmith::serving
