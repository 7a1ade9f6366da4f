// One connection of the server: reads a request, waits for its answer, sends it, and begins again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "serving/message.h"
#include "serving/router.h"
#include "wire/http1/reader.h"
#include "world/loop.h"

namespace locksmith::serving {

class Server;

class Connection final : public world::StreamHandler, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Server& server, world::Stream& stream, std::uint64_t since);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void on_open(world::Stream& stream) override;
  void on_bytes(world::Stream& stream, std::string_view bytes) override;
  void on_drained(world::Stream& stream) override;
  void on_closed(world::Stream& stream, const world::Closing& closing) override;

  // In the order in which one is given up for a newcomer; one whose handler is at work never is.
  enum class State : std::uint8_t { idle, reading, sending, waiting, working };
  State state() const { return state_; }
  std::uint64_t since() const { return since_; }  // the order in which connections came into their state
  bool given_up() const { return ending_; }

  const wire::http1::RequestHead& head() const { return reader_.head(); }
  const Route& route() const { return *found_.route; }

  // The request, routed and let in, waits for a place; work() hands it out when there is one.
  void wait(Router::Found found, std::optional<Principal> who);
  Request work();
  // Its answer; nothing where the client has left.
  void send(const Response& response);
  void give_up();

 private:
  void enter(State state);
  void read(std::string_view bytes);
  void keep_time(Duration limit);
  void begin_again();

  Server& server_;
  world::Stream* stream_;  // null: closed
  wire::http1::RequestReader reader_;
  Router::Found found_;
  std::optional<Principal> who_;
  std::string body_;
  std::string pending_;  // of later requests, while this one is answered
  std::optional<world::TimerId> timer_;
  std::uint64_t since_;
  State state_ = State::idle;
  bool ending_ = false;
};

}  // namespace locksmith::serving
