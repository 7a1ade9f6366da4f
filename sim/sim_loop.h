// world::Loop in virtual time: hosts, names and faults are given, nothing waits, the same seed gives the same trace.
//
// One thread. A minute of deadlines passes in microseconds. TLS is not spoken: a host says what its certificate would show,
// and a dial with TLS succeeds or fails by that. Never linked into the product.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "world/loop.h"

namespace locksmith::sim {

// How an address behaves. The default: reachable, one millisecond away, a good certificate.
struct HostBehaviour {
  enum class Connect : std::uint8_t { accepts, refuses, drops, unreachable };
  Connect connect = Connect::accepts;
  Duration latency = std::chrono::milliseconds(1);  // one way
  std::optional<world::TlsFacts> certificate;       // absent: verified
  bool handshake_silent = false;                    // the connection stands, the handshake is never answered
  bool resets_data = false;                         // the first bytes are answered by RST
  std::size_t largest_write = 0;                    // a larger one vanishes, and all after it; 0: none does
  std::size_t window = 0;                           // bytes under way and not yet taken, each way; 0: any number
};

class SimStream;

class SimLoop final : public world::Loop {
 public:
  explicit SimLoop(Instant start);
  ~SimLoop() override;

  // --- the world. What is said of a name or a host again replaces what was said; open connections keep the old.
  void set_name(const std::string& name, std::vector<world::Address> addresses);
  void set_name_error(const std::string& name, std::string error);  // "EAI_NONAME"
  void set_name_silent(const std::string& name);                    // look-ups end at their deadline, until set_name
  void set_host(const world::Address& address, HostBehaviour behaviour);
  // What a datagram to this address is answered with; nullopt: nothing. Without one, nobody answers there.
  void set_datagrams(const world::Address& address, std::function<std::optional<std::string>(std::string_view)> reply) {
    datagrams_.emplace_back(address, std::move(reply));
  }
  void skew_clock(Duration ahead) { skew_ = ahead; }                // of now(), not of tick()

  // --- world::Loop
  Instant now() const override;
  Tick tick() const override { return tick_; }
  world::Stream& dial(const world::Address& address, world::DialOptions options, world::StreamHandler& handler) override;
  void start_tls(world::Stream& stream, std::shared_ptr<const world::TlsClientOptions> options, Duration deadline) override;
  Result<world::Address> listen(const world::Address& address, world::ListenOptions options, world::AcceptHandler& handler) override;
  void stop_listening() override { listeners_.clear(); }
  void stop_listening(const world::AcceptHandler& handler);  // only where that one listens
  // There is no TLS at this end, and so no pair that could be wrong.
  Result<void> replace_certificate(std::shared_ptr<const world::TlsServerOptions>) override { return {}; }
  void resolve(std::string host, std::uint16_t port, world::Family family, Duration deadline,
               std::move_only_function<void(world::Resolution)> done) override;
  void ask(const world::Address& peer, std::string bytes, Duration deadline, std::move_only_function<bool(std::string_view)> is_answer,
           std::move_only_function<void(world::Datagram)> done) override;
  world::TimerId after(Duration delay, std::move_only_function<void()> action) override;
  void cancel(world::TimerId timer) override;
  void post(std::move_only_function<void()> action) override { after(Duration::zero(), std::move(action)); }
  // Until stop(), or until nothing can happen any more.
  void run() override;
  void stop() override { stopped_ = true; }
  // The next event, for who looks at the world after each; false where nothing can happen any more.
  bool step();

  std::size_t streams() const { return streams_.size(); }
  // "10.0.0.1:80 to 127.0.0.1:40007" for each that is open, in an order that the addresses give.
  std::vector<std::string> open_streams() const;

 private:
  friend class SimStream;
  struct Listener {
    world::AcceptHandler* handler;
  };
  using Moment = std::pair<Tick, std::uint64_t>;  // equal times in the order of scheduling

  const HostBehaviour& behaviour(const world::Address& address) const;
  SimStream& make_stream(const world::Address& local, const world::Address& peer);
  void forget(SimStream& stream);
  void connect(SimStream& stream, world::DialOptions options);
  void shake_hands(SimStream& stream, std::shared_ptr<const world::TlsClientOptions> options, Tick until);

  Instant start_;
  Duration skew_{};
  Tick tick_{};
  std::uint64_t order_ = 0;
  bool stopped_ = false;
  std::map<Moment, std::move_only_function<void()>> events_;
  std::unordered_map<std::uint64_t, Moment> timers_;
  std::map<std::string, world::Resolution> names_;
  std::map<std::string, bool> silent_names_;
  std::vector<std::pair<world::Address, std::function<std::optional<std::string>(std::string_view)>>> datagrams_;
  std::vector<std::pair<world::Address, HostBehaviour>> hosts_;
  std::vector<std::pair<world::Address, Listener>> listeners_;
  std::unordered_map<SimStream*, std::unique_ptr<SimStream>> streams_;
  std::uint16_t next_port_ = 40000;
};

}  // namespace locksmith::sim
