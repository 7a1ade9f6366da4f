// Whole gateways in virtual time: workers, clients, an upstream and faults, all drawn from one seed, and checkers that hold
// whatever happened. First everything may break; then the world heals, and everything must come to its end.
//
// Beside what clients and upstream check (gateway_client.h, gateway_upstream.h): no limit of a key is passed at any step, no
// hold is left, what upstream billed was spent, repetitions stay within a tenth, revoked keys are dead, nothing leaks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/diagnosis/examine.h"
#include "model/ledger/price.h"
#include "vocabulary/instant.h"

namespace locksmith::sim {

struct GatewayRun {
  std::vector<std::string> violations;  // empty: all held; at most 20
  std::uint64_t hash = 0;               // of the trace: the same for the same seed
  std::uint64_t steps = 0;              // events of the loop
  std::uint64_t requests = 0;           // that clients sent
  std::uint64_t whole = 0;              // answers of upstream that arrived whole
  std::uint64_t refused = 0;            // answers of the gateway's own
  std::uint64_t broke_off = 0;          // answers that visibly did
  std::uint64_t unanswered = 0;         // requests whose connection ended first
  std::uint64_t left = 0;               // clients that did not wait
  std::uint64_t retries = 0;            // attempts at upstream beyond the first
  std::uint64_t faults = 0;             // that struck
  Duration took{};                      // virtual

  // Sums what can be summed; the hash is that of one run.
  GatewayRun& operator+=(const GatewayRun& other);
};

// `print` (may be empty) gets every line of the trace.
GatewayRun run_gateways(std::uint64_t seed, const model::ledger::PriceList& prices, const model::diagnosis::Examiner& examiner,
                        std::function<void(const std::string&)> print = {});

}  // namespace locksmith::sim
