// What an operator may ask of a running gateway, and the routes that answer it: /healthz, /readyz, /metrics (Prometheus), /status, which is
// what `locksmith status` reads, and /failures/ID, which is what `locksmith explain ID` reads.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/counters.h"
#include "gateway/status.h"
#include "gateway/witness.h"
#include "serving/router.h"

namespace locksmith::process {

// Called on the thread of the server; so are the answers, once each.
class Operations {
 public:
  virtual ~Operations() = default;
  virtual std::vector<const gateway::Counters*> counters() = 0;
  // Empty where the gateway can serve; else why not, in one line.
  virtual std::string not_ready() = 0;
  // What was kept of that failure.
  virtual void find_failure(std::string id, std::move_only_function<void(std::optional<gateway::Failed>)> done) = 0;
  virtual void find_status(std::move_only_function<void(gateway::Status)> done) = 0;
};

// `operations` outlives the router.
serving::Router routes_of(Operations& operations);

}  // namespace locksmith::process
