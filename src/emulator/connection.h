// One connection of the emulator: requests are read one after another, and each answer travels as it says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/answer.h"
#include "emulator/server.h"
#include "wire/http1/reader.h"
#include "world/loop.h"

namespace locksmith::emulator {

class Connection final : public world::StreamHandler {
 public:
  Connection(Server& server, world::Stream& stream);
  ~Connection() override;

  void on_open(world::Stream& stream) override;
  void on_bytes(world::Stream& stream, std::string_view bytes) override;
  void on_drained(world::Stream& stream) override;
  void on_peer_finished(world::Stream& stream) override;
  void on_closed(world::Stream& stream, const world::Closing& closing) override;

  void drain();

 private:
  void read(std::string_view bytes);
  void begin_request();
  void answer_request();
  void send();             // the answer that is due
  void send_head();
  void send_body();
  void send_body_part(std::string_view part);
  void send_next_event();
  void end_stream();
  void act_midway();
  void bill(std::size_t events);
  void answered();         // all of it is handed over
  void read_on();          // with what came meanwhile, and what will come
  void end_connection();   // our side is done; what the peer still sends is read and dropped
  void set_timer(Duration delay, void (Connection::*action)());
  void clear_timer();
  void give_up();
  bool chunked() const;

  Server& server_;
  world::Stream& stream_;
  wire::http1::RequestReader reader_;
  std::string body_;
  std::string pending_;    // bytes of later requests, kept while an answer is under way
  std::string out_;
  Answer answer_;
  std::size_t next_event_ = 0;
  bool answering_ = false;
  bool keep_alive_ = true;
  bool http10_ = false;
  bool head_only_ = false;
  bool ending_ = false;
  bool blocked_ = false;   // the peer asks but does not read its answers
  bool peer_finished_ = false;
  std::optional<world::TimerId> timer_;
};

}  // namespace locksmith::emulator
