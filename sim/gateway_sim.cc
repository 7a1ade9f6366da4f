// gateway_sim SEED...            the trace of each seed, run twice: the second run must be the same
// gateway_sim --seeds FIRST LAST  only what is wrong, and what happened in sum
#include <fmt/core.h>

#include <cstdlib>
#include <string_view>

#include "gateway_world.h"
#include "knowledge/knowledge.h"
#include "knowledge/prices.h"

using namespace locksmith;

namespace {

void print_end(std::uint64_t seed, const sim::GatewayRun& run) {
  fmt::print("seed {}: {} requests, {} whole, {} refused, {} broke off, {} unanswered, {} clients left, {} retries, {} faults, {} steps, {:016x}\n", seed,
             run.requests, run.whole, run.refused, run.broke_off, run.unanswered, run.left, run.retries, run.faults, run.steps, run.hash);
  for (const std::string& wrong : run.violations) fmt::print("seed {}: WRONG: {}\n", seed, wrong);
}

}  // namespace

int main(int argc, char** argv) {
  const auto prices = knowledge::read_prices();
  const auto examiner = knowledge::make_examiner();
  if (!prices || !examiner || argc < 2) {
    fmt::print(stderr, "Usage: gateway_sim SEED... | gateway_sim --seeds FIRST LAST\n");
    return 2;
  }
  bool good = true;
  if (std::string_view(argv[1]) == "--seeds" && argc == 4) {
    sim::GatewayRun sum;
    const std::uint64_t first = std::strtoull(argv[2], nullptr, 10), last = std::strtoull(argv[3], nullptr, 10);
    for (std::uint64_t seed = first; seed <= last; ++seed) {
      const sim::GatewayRun run = sim::run_gateways(seed, *prices, **examiner);
      if (!run.violations.empty()) print_end(seed, run);
      good &= run.violations.empty();
      sum += run;
    }
    fmt::print("{} seeds, {:.1f} hours: {} requests, {} whole, {} refused, {} broke off, {} unanswered, {} clients left, {} retries, {} faults, {} steps\n",
               last - first + 1, std::chrono::duration<double>(sum.took).count() / 3600, sum.requests, sum.whole, sum.refused, sum.broke_off, sum.unanswered,
               sum.left, sum.retries, sum.faults, sum.steps);
    return good ? 0 : 1;
  }
  for (int i = 1; i < argc; ++i) {
    const std::uint64_t seed = std::strtoull(argv[i], nullptr, 10);
    const sim::GatewayRun run = sim::run_gateways(seed, *prices, **examiner, [](const std::string& line) { fmt::print("{}\n", line); });
    print_end(seed, run);
    const bool same = sim::run_gateways(seed, *prices, **examiner).hash == run.hash;
    if (!same) fmt::print("seed {}: WRONG: the second run differs\n", seed);
    good &= same && run.violations.empty();
  }
  return good ? 0 : 1;
}
