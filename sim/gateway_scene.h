// What a simulated gateway's clients, upstream and checkers know in common: every request as it was sent, every answer as
// upstream wrote it, when which key was valid at which worker, and what turned out to be wrong.
//
// One thread, virtual time. All chance of a world comes from its Chance, so that a seed is a world.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "model/ledger/price.h"
#include "sim_loop.h"
#include "vocabulary/money.h"

namespace locksmith::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}
  // The same on every platform, unlike the standard's distributions.
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : engine_() % n; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  Duration up_to(Duration most) { return Duration(static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most.count()) + 1))); }
  // Sizes as they occur: most are small, a few are very large.
  std::size_t size(std::size_t most);
  std::string letters(std::size_t count);

 private:
  std::mt19937_64 engine_;
};

// One attempt of the gateway at a request, as upstream saw it.
struct Attempt {
  Tick begun{};
  bool refused = false;    // with an error of the API, so nothing was executed
};

struct Request {
  std::string method, path, body;
  std::string model;       // empty: not billed
  std::int64_t max_tokens = 0;
  bool stream = false;
  std::size_t key = 0, worker = 0;
  Tick sent{};             // its first byte left the client
  bool was_sent = false;
  std::vector<Attempt> attempts;
  bool harmless() const { return method == "GET" || method == "HEAD"; }
};

// What upstream wrote for one attempt, without its framing.
struct Answer {
  std::size_t request = 0;
  int status = 0;
  std::string body;
  bool stream = false;
  bool cut = false;        // it was never written to its end
};

// One fault that can be switched off for a whole world (swarm testing), and is off in every world once it healed.
enum class Fault : std::uint8_t {
  refuse_connections, drop_connections, reset_connections, latency, reset_before, reset_within, finish_within, finish_before, silence,
  pause, garbage, close_after, unasked_bytes, early_answer, api_error, credential, names, key_state, reload, drain, clock, leave, kinds
};

class Scene {
 public:
  Scene(std::uint64_t seed, const model::ledger::PriceList& price_list, std::function<void(const std::string&)> print);

  // A line of the trace: it is hashed with its instant, and printed where somebody reads along.
  void note(std::string_view text);
  void wrong(std::string text);
  // Does this fault happen now? Never in a world that is healed, or drew this fault not at all.
  bool strikes(Fault fault, std::uint64_t one_in);
  bool has(Fault fault) const { return !healed && enabled_[static_cast<std::size_t>(fault)]; }
  void after(Duration delay, std::function<void()> action) { loop.after(delay, std::move(action)); }

  // --- Keys: their states at each worker
  void set_key_active(std::size_t worker, std::size_t key, bool active);
  // At some moment from `from` to now?
  bool was_active(std::size_t worker, std::size_t key, Tick from) const;

  SimLoop loop{Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 10}}};
  Chance chance;
  const model::ledger::PriceList& prices;
  bool healed = false;
  std::vector<Request> requests;
  std::vector<Answer> answers;
  std::vector<std::string> key_texts;
  std::vector<std::string> credentials;        // real ones
  std::vector<int> credential_state;           // 0: good; else the status that upstream refuses it with
  std::vector<Money> billed;                   // by key: what upstream executed costs
  std::vector<std::uint64_t> reached;          // by key: requests that came to upstream, without repetitions
  std::vector<bool> draining;                  // by worker
  std::vector<std::string> violations;
  std::uint64_t hash = 14695981039346656037ULL;
  std::uint64_t faults = 0;
  // Of what the checkers compare: how often each happened, so that a world in which nothing happens is seen.
  std::uint64_t whole = 0, broke_off = 0, refused = 0, unanswered = 0, left = 0;

 private:
  struct Change {
    Tick at;
    std::size_t worker, key;
    bool active;
  };
  void mix(std::string_view bytes);
  std::vector<Change> changes_;
  std::vector<bool> enabled_;
  std::function<void(const std::string&)> print_;
};

inline constexpr Duration kLargestLatency = std::chrono::milliseconds(150);  // one way; what is on its way is no later

}  // namespace locksmith::sim
