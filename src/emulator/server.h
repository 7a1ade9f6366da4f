// The emulator on a loop: connections, and how answers travel (slowly, cut off, not at all).
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "emulator/api.h"
#include "vocabulary/instant.h"
#include "vocabulary/limits/emulator.h"
#include "world/loop.h"

namespace locksmith::emulator {

class Connection;

struct ServerSettings {
  Duration pace = limits::kEmulatorPace;       // between the events of a stream
  std::function<void(const Record&)> on_record;  // after each answered request; on the loop's thread
};

// Lives on one loop and must outlive it or be told to stop first (drain()).
class Server final : public world::AcceptHandler {
 public:
  Server(world::Loop& loop, ServerSettings settings);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void on_accept(world::Stream& stream) override;

  // Ends idle connections and those whose answer is out; `done` is called once when none is left or after `limit`.
  void drain(Duration limit, std::move_only_function<void()> done);

  Api& api() { return api_; }
  std::size_t connections() const { return connections_.size(); }

  // --- For Connection ---
  world::Loop& loop() { return loop_; }
  const ServerSettings& settings() const { return settings_; }
  bool draining() const { return draining_; }
  void forget(Connection& connection);

 private:
  world::Loop& loop_;
  ServerSettings settings_;
  Api api_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
  bool draining_ = false;
  std::move_only_function<void()> drained_;
};

}  // namespace locksmith::emulator
