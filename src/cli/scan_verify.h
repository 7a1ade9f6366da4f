// Whether a found key is live: one request a key, to the API's own host or to this machine.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "cli/scan_output.h"
#include "vocabulary/failure.h"

namespace locksmith::cli {

// Asks at `base_url` with the credential in its header, for nothing that costs anything. 2xx is live, 401 dead, anything else unknown.
// Kinds that cannot be asked about without using them up, or that the API does not take, stay unknown. `progress` is called before
// each. Failure codes: url_invalid, verify_elsewhere (a host that is neither the API's nor this machine's).
Result<void> verify(std::vector<ScanFinding>& findings, const std::string& base_url, const std::atomic<bool>& stop,
                    const std::function<void(std::size_t)>& progress);

}  // namespace locksmith::cli
