// What an operator asks of a running gateway: /healthz, /readyz, /metrics (Prometheus), /failures/ID, which is
// what `locksmith explain ID` reads, and /status, which is what `locksmith status` reads. GET only; one answer a connection. On a loop of its own, so that full workers do not hide it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/counters.h"
#include "gateway/status.h"
#include "gateway/witness.h"
#include "wire/http1/reader.h"
#include "world/loop.h"

namespace locksmith::gateway {

// Answers of the program around the workers. Called on the admin loop's thread.
class AdminSource {
 public:
  virtual ~AdminSource() = default;
  virtual std::vector<const Counters*> counters() = 0;
  // Empty where the gateway can serve; else why not, in one line.
  virtual std::string not_ready() = 0;
  // `done` is called once, on the admin loop, with what was kept of that failure.
  virtual void find_failure(std::string id, std::move_only_function<void(std::optional<Failed>)> done) = 0;
  // `done` is called once, on the admin loop.
  virtual void find_status(std::move_only_function<void(Status)> done) = 0;
};

// The text of /metrics.
std::string metrics_text(const std::vector<const Counters*>& workers);
// A failure as JSON (locksmith.failure/1).
std::string failure_json(const Failed& failed);

class Admin final : public world::AcceptHandler {
 public:
  Admin(world::Loop& loop, AdminSource& source) : loop_(loop), source_(source) {}
  ~Admin() override;

  void on_accept(world::Stream& stream) override;

 private:
  class Visit;
  void forget(Visit& visit);

  world::Loop& loop_;
  AdminSource& source_;
  std::unordered_map<Visit*, std::shared_ptr<Visit>> visits_;
};

}  // namespace locksmith::gateway
