// What a gateway tells its operator, as text: its counters for Prometheus and a failure as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/counters.h"
#include "gateway/witness.h"

namespace locksmith::gateway {

// What the metrics say of the process as a whole.
struct ProcessFacts {
  std::string_view version;
  bool ready = false;
  Instant since{};
  Instant reloaded_at{};                 // when the settings in use were read
  bool reload_failed = false;            // and the ones before stay
  std::vector<std::string> credentials;  // names, in the settings' order
};

// The text of /metrics.
std::string metrics_text(const std::vector<const Counters*>& workers, const ProcessFacts& facts);
// A failure as JSON (locksmith.failure/1).
std::string failure_json(const Failed& failed);

}  // namespace locksmith::gateway
