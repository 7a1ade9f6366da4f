// What an operator may ask of a running gateway, and the routes that answer it: /healthz, /readyz, /metrics (Prometheus), /status, which is
// what `locksmith status` reads, and /failures/ID, which is what `locksmith explain ID` reads, and /keys/ID, by which
// `locksmith keys` learns that a change is in force.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/admin.h"
#include "gateway/counters.h"
#include "gateway/status.h"
#include "gateway/witness.h"
#include "serving/router.h"

namespace locksmith::process {

// What the workers do with one key now.
struct KeySeen {
  std::string fault;        // why the store is not followed any more; empty: it was read just now
  std::string state;        // of the store, by the gateway's last look at it; empty: no key has this id
  std::size_t workers = 0;  // that were asked
  std::size_t agree = 0;    // of them, those that treat the key by that state
};

// Called on the thread of the server; so are the answers, once each.
class Operations {
 public:
  virtual ~Operations() = default;
  virtual std::vector<const gateway::Counters*> counters() = 0;
  virtual gateway::ProcessFacts facts() = 0;
  // Empty where the gateway can serve; else why not, in one line.
  virtual std::string not_ready() = 0;
  // What was kept of that failure.
  virtual void find_failure(std::string id, std::move_only_function<void(std::optional<gateway::Failed>)> done) = 0;
  // Looks at the store first, then asks every worker.
  virtual void find_key(std::string id, std::move_only_function<void(KeySeen)> done) = 0;
  virtual void find_status(std::move_only_function<void(gateway::Status)> done) = 0;
};

// `operations` outlives the router.
serving::Router routes_of(Operations& operations);

}  // namespace locksmith::process
