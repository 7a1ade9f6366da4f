// The score per cause over simulated sick worlds: diagnosis_sim_score [SEEDS]. Each seed is one world with one fault and one
// with two; printed is how often the fault was named first (singles) and among three (pairs).
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <map>

#include "knowledge/knowledge.h"
#include "sick_world.h"

int main(int argc, char** argv) {
  using namespace locksmith;
  const std::uint64_t seeds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
  const auto examiner = knowledge::make_examiner();
  if (!examiner) return 2;
  struct Score {
    int singles = 0, first = 0, pairs = 0, three = 0;
  };
  std::map<std::string, Score> scores;
  const auto place = [](const sim::SickWorld& world, const sim::Planted& fault) {
    for (std::size_t i = 0; i < world.named.size(); ++i) {
      for (const std::string& cause : fault.causes) {
        if (world.named[i] == cause) return i;
      }
    }
    return std::size_t{99};
  };
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const sim::SickWorld one = sim::examine_world(seed, 1, **examiner);
    Score& single = scores[one.faults[0].causes[0]];
    ++single.singles;
    single.first += place(one, one.faults[0]) == 0;
    const sim::SickWorld two = sim::examine_world(seed, 2, **examiner);
    for (const sim::Planted& fault : two.faults) {
      Score& score = scores[fault.causes[0]];
      ++score.pairs;
      score.three += place(two, fault) < 3;
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("{:<30} {:>7} {:>8} {:>7} {:>8}\n", "cause", "singles", "first", "in pairs", "in three");
  for (const auto& [cause, s] : scores) {
    fmt::print("{:<30} {:>7} {:>7.1f}% {:>7} {:>7.1f}%\n", cause, s.singles, s.singles == 0 ? 0 : 100.0 * s.first / s.singles, s.pairs,
               s.pairs == 0 ? 0 : 100.0 * s.three / s.pairs);
  }
  fmt::print("{} worlds in {:.1f} s, {:.0f} a minute\n", 2 * seeds, seconds, 60 * 2.0 * static_cast<double>(seeds) / seconds);
  return 0;
}
