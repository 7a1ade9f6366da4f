// A stage for the gateway: one worker in virtual time between clients that send bytes as they are and an upstream that
// answers by a script. What each side received is kept, byte for byte.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/worker.h"
#include "sim_loop.h"

namespace locksmith::gateway {

// For the test runner's messages.
inline void PrintTo(const RefusalRow& row, std::ostream* out) { *out << row.code; }

// A request as it reached upstream.
struct Seen {
  std::string raw;                                          // from its first byte to its last
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
  std::string trailers;
  int connection = 0;                                       // which of upstream's connections it came on, from 0
  int number = 0;                                           // which request on that connection, from 0

  std::vector<std::string> all(const std::string& name) const;
  std::string one(const std::string& name) const;           // "(none)" and "(several)" where it is not exactly one
};

// What upstream does when a request is whole.
struct Reply {
  std::string bytes;
  enum class Then : std::uint8_t { stay, finish, reset } then = Then::stay;
  std::vector<std::pair<Duration, std::string>> later{};    // more bytes, each so long after the one before
};
std::string answer(int status, const std::string& fields, const std::string& body);  // with content-length
std::string chunked(const std::vector<std::string>& pieces);
std::string stream_answer(const std::string& events);       // 200, text/event-stream, one chunk

class Upstream final : public world::AcceptHandler {
 public:
  explicit Upstream(world::Loop& loop);
  ~Upstream() override;
  void on_accept(world::Stream& stream) override;

  std::function<Reply(const Seen&)> script;
  // Called with every byte that came, before the request is whole; for answers that come too early.
  std::function<void(world::Stream&, const std::string&)> on_part;
  std::vector<Seen> seen;
  int accepted = 0;
  int open = 0;
  int reset = 0;                                            // connections that the gateway broke off
  void end_all();                                           // FIN on every connection that stands
  std::size_t unsent() const;                               // of all connections

 private:
  struct Peer;
  world::Loop& loop_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

struct Caller final : world::StreamHandler {
  void on_open(world::Stream&) override {}
  void on_bytes(world::Stream&, std::string_view bytes) override { received += bytes; }
  void on_drained(world::Stream&) override {}
  void on_peer_finished(world::Stream& s) override {
    finished = true;
    s.finish();
  }
  void on_closed(world::Stream&, const world::Closing& c) override {
    closing = c;
    closed = true;
    stream = nullptr;
  }
  void send(std::string_view bytes) { if (stream != nullptr) stream->write(bytes); }

  std::string received;
  bool finished = false, closed = false;
  world::Closing closing;
  world::Stream* stream = nullptr;
};

// An answer as a client reads it.
struct Got {
  bool whole = false;
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
  std::string one(const std::string& name) const;
  std::string error_code() const;
  std::string error_type() const;
};
// All answers in these bytes. `methods`: of the requests, GET for those beyond. `ended`: the connection is over.
std::vector<Got> answers_in(std::string_view bytes, bool ended = false, const std::vector<std::string>& methods = {});

std::string message_body(const std::string& more = {});     // a request of claude-haiku-4-5, max_tokens 100
std::string stream_of_message();                            // the events of a short whole stream
std::string event(const std::string& type, const std::string& members);

class Stage : public testing::Test, public LogSink {
 protected:
  Stage();
  ~Stage() override;
  void SetUp() override {}
  void TearDown() override;                                 // ends what stands; asserts that no hold is left

  // Before open(): what the gateway is told. The upstream is http://api.test.
  std::unique_ptr<Settings> make_settings(std::vector<std::string> credentials = {"one"}) const;
  void open(std::unique_ptr<Settings> settings = nullptr);
  // A virtual key of that state, known from now on; its text.
  std::string make_key(model::tenant::KeyState state = model::tenant::KeyState::active, std::optional<Instant> expires = {},
                       const std::string& workspace = "default");
  void set_state(const std::string& text, model::tenant::KeyState state);
  store::Account& account(const std::string& text);

  void nobody_listens();                                    // connections to upstream are refused from now on
  void run(Duration time);
  Caller& dial();
  // Sends on a new connection and waits; then the client leaves.
  Caller& exchange(const std::string& bytes, Duration time = 1s);
  Got ask(const std::string& bytes, Duration time = 1s);

  std::string get(const std::string& path, const std::string& fields = {});
  std::string post(const std::string& path, const std::string& body, const std::string& fields = {});

  bool write(std::string_view lines) override {
    log.append(lines);
    return true;
  }
  std::vector<std::string> log_lines();

  sim::SimLoop loop{Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 10}}};
  world::Address front, back;
  Upstream upstream{loop};
  model::ledger::PriceList prices;
  std::unique_ptr<model::diagnosis::Examiner> examiner;
  std::string log;
  std::string key;                                          // of the default tenant; active
  std::unique_ptr<Worker> worker;

 private:
  std::shared_ptr<const KeyRing> ring();
  std::vector<KnownKey> keys_;
  std::vector<std::string> texts_;
  std::vector<std::unique_ptr<Caller>> clients_;
};

}  // namespace locksmith::gateway
