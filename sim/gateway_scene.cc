#include "gateway_scene.h"

#include <cstdio>
#include <utility>

namespace locksmith::sim {

std::size_t Chance::size(std::size_t most) {
  const std::uint64_t kind = below(20);
  if (kind == 0) return static_cast<std::size_t>(below(most + 1));
  if (kind < 4) return static_cast<std::size_t>(below(most / 16 + 1));
  return static_cast<std::size_t>(below(most / 256 + 1));
}

std::string Chance::letters(std::size_t count) {
  std::string out(count, ' ');
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 12 == 0) word = engine_();
    out[i] = static_cast<char>('a' + word % 26);
    word /= 26;
  }
  return out;
}

Scene::Scene(std::uint64_t seed, const model::ledger::PriceList& price_list, std::function<void(const std::string&)> print)
    : chance(seed), prices(price_list), print_(std::move(print)) {
  // One world in eight has no fault at all: there everything must simply work.
  const bool calm = chance.one_in(8);
  for (std::size_t i = 0; i < static_cast<std::size_t>(Fault::kinds); ++i) {
    const bool drawn = chance.one_in(2);
    enabled_.push_back(drawn && !calm);
  }
}

void Scene::mix(std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
}

void Scene::note(std::string_view text) {
  char at[32];
  std::snprintf(at, sizeof at, "%12.6f  ", std::chrono::duration<double>(loop.tick().time_since_epoch()).count());
  mix(at);
  mix(text);
  if (print_) print_(at + std::string(text));
}

void Scene::wrong(std::string text) {
  note("WRONG: " + text);
  // One fault in the gateway shows in many requests; the first few tell it.
  if (violations.size() < 20) violations.push_back(std::move(text));
}

bool Scene::strikes(Fault fault, std::uint64_t one_in) {
  if (!has(fault) || !chance.one_in(one_in)) return false;
  ++faults;
  return true;
}

void Scene::set_key_active(std::size_t worker, std::size_t key, bool active) { changes_.push_back({loop.tick(), worker, key, active}); }

bool Scene::was_active(std::size_t worker, std::size_t key, Tick from) const {
  bool at_from = true;
  for (const Change& change : changes_) {
    if (change.worker != worker || change.key != key) continue;
    if (change.at < from) {
      at_from = change.active;
    } else if (change.active) {
      return true;
    }
  }
  if (at_from) return true;
  return false;
}

}  // namespace locksmith::sim
