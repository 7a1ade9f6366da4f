// Which faults are on, for whom, how often and how long.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/fault.h"
#include "vocabulary/failure.h"
#include "vocabulary/instant.h"
#include "wire/digest/sha256.h"
#include "wire/json/json.h"

namespace locksmith::emulator {

struct FaultRule {
  const Fault* fault = nullptr;                     // of the built-in table
  std::string path;                                 // prefix; empty: every path
  std::optional<wire::digest::Sha256> credential;   // of the credential that it is for; absent: every one
  std::optional<std::uint64_t> times;               // requests that it is still for; absent: all
  std::optional<Duration> delay;                    // instead of the fault's own
  Duration after{};                                 // when it begins, from the time at which the rules were set
  std::optional<Duration> lasts;                    // absent: until it is taken back
  Tick set_at{};
};

// "NAME" or "NAME@/path-prefix", the form of --fault. Failure codes: fault_unknown.
Result<FaultRule> parse_fault_argument(std::string_view text);

// {"faults": [{"name", "path", "credential" | "credential_sha256", "times", "delay_ms", "after_s", "for_s"}, …]}, the
// form of the control endpoint and of a scenario file. A credential is turned into its digest here.
// Failure codes: fault_unknown, scenario_invalid.
Result<std::vector<FaultRule>> read_fault_rules(wire::json::Value document);

class FaultRules {
 public:
  // Failure codes: too_many_faults (limits::kEmulatorFaults).
  Result<std::monostate> add(std::vector<FaultRule> rules, Tick now);
  void clear() { rules_.clear(); }
  const std::vector<FaultRule>& all() const { return rules_; }

  // The fault for this request, and one less of its times. A rule for the credential comes before one for the path, that
  // before one for all; among equals the first that was set.
  const FaultRule* take(std::string_view path, const std::optional<wire::digest::Sha256>& credential, Tick now);

 private:
  std::vector<FaultRule> rules_;
};

// Does this fault make sense for this path? Those of the API itself concern /v1/ only.
bool applies_to(const Fault& fault, std::string_view path);

}  // namespace locksmith::emulator
