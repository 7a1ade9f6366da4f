// What a gateway tells its operator, as text: its counters for Prometheus and a failure as JSON.
#pragma once

#include <string>
#include <vector>

#include "gateway/counters.h"
#include "gateway/witness.h"

namespace locksmith::gateway {

// The text of /metrics.
std::string metrics_text(const std::vector<const Counters*>& workers);
// A failure as JSON (locksmith.failure/1).
std::string failure_json(const Failed& failed);

}  // namespace locksmith::gateway
