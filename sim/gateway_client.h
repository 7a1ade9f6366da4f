// A client of a simulated gateway: sends its requests one after another or ahead, torn, slowly or not to their end, and holds
// every answer against what upstream wrote for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway_scene.h"
#include "wire/http1/reader.h"

namespace locksmith::sim {

// How one client behaves; drawn from the seed.
struct Habits {
  std::size_t ahead = 1;         // requests that may be under way at a time
  bool torn = false;             // its writes are, in size and time
  bool slow = false;             // its reading pauses
  bool http10 = false;
  Duration rest{};               // the longest between two requests
  Duration leaves{};             // after its first connection opened; zero: it stays to the end
  bool leaves_in_order = false;  // by FIN instead of RST
};

class GatewayClient final : public world::StreamHandler {
 public:
  // `requests` are indexes into the scene's.
  GatewayClient(Scene& scene, std::size_t number, const world::Address& gateway, std::vector<std::size_t> requests, Habits habits);
  void start() { dial(); }
  // Nothing is outstanding: each request has its answer, or its connection visibly ended, or the client left.
  bool done() const { return done_; }
  std::string where() const;
  std::size_t succeeded() const { return succeeded_; }  // answers of upstream with 2xx, whole

  void on_open(world::Stream& stream) override;
  void on_bytes(world::Stream& stream, std::string_view bytes) override;
  void on_drained(world::Stream&) override {}
  void on_peer_finished(world::Stream& stream) override;
  void on_closed(world::Stream& stream, const world::Closing& closing) override;

 private:
  void dial();
  void send_more();
  void pump();
  void leave();
  void take_head();
  void take_piece(std::string_view piece);
  void take_end();
  void connection_over(std::string_view how);
  void finish();
  std::string bytes_of(std::size_t request);
  std::string name() const;

  Scene& scene_;
  std::size_t number_;
  world::Address gateway_;
  std::vector<std::size_t> requests_;
  Habits habits_;
  world::Stream* stream_ = nullptr;
  wire::http1::ResponseReader reader_;
  std::size_t sent_ = 0;         // requests whose first byte was given to a connection
  std::size_t answered_ = 0;     // requests that are over, one way or another
  std::size_t succeeded_ = 0;
  std::string outbox_;
  std::string tail_;             // the last bytes read, so that a torn credential is found
  bool pumping_ = false, resting_ = false, done_ = false, left_ = false, over_ = true, told_close_ = false;
  // --- The answer that is being read
  bool in_answer_ = false;
  std::size_t answer_ = 0;       // index into the scene's, or kOurs
  std::size_t matched_ = 0;      // bytes of its body that are as upstream wrote them
  std::string beyond_;           // what came after the first byte that is not
  std::string own_;              // the body of a refusal of the gateway's
  bool refusal_signed_ = false;
};

}  // namespace locksmith::sim
