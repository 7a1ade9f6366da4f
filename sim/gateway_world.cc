#include "gateway_world.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "gateway/worker.h"
#include "gateway_client.h"
#include "gateway_scene.h"
#include "gateway_upstream.h"
#include "upstream/target.h"
#include "wire/digest/sha256.h"

namespace locksmith::sim {
namespace {

using gateway::KeyRing;
using gateway::KnownKey;
using gateway::Settings;
using gateway::Worker;
using model::tenant::KeyState;
using world::Address;
using namespace std::chrono_literals;

constexpr Duration kHeals = 20s;       // faults strike before
constexpr Duration kSettles = 12s;     // then look-ups, breakers and links recover
constexpr Duration kEnds = 60s;        // after healing every client has its answer by then
constexpr Duration kQuiet = 45s;       // idle links and lingering connections end: limits::kIdleLink and some
constexpr const char* kHost = "api.test";
const std::array kUpstreams{Address{world::Family::ipv4, {10, 0, 1, 1}, 80}, Address{world::Family::ipv4, {10, 0, 1, 2}, 80}};

class GatewayWorld final : public gateway::LogSink {
 public:
  GatewayWorld(std::uint64_t seed, const model::ledger::PriceList& prices, const model::diagnosis::Examiner& examiner,
               std::function<void(const std::string&)> print)
      : scene_(seed, prices, std::move(print)), chance_(scene_.chance), upstream_(scene_), examiner_(examiner) {}

  GatewayRun run() {
    build();
    plan_faults();
    scene_.after(kHeals, [this] { heal(); });
    run_until(kHeals + kSettles);
    for (std::size_t w = 0; w < workers_.size(); ++w) probe(w);
    run_until(kHeals + kEnds, [this] { return std::ranges::all_of(clients_, &GatewayClient::done); });
    check_liveness();
    end();
    check_end();
    return result();
  }

  bool write(std::string_view lines) override {
    lines_ += static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
    for (const std::string& secret : scene_.credentials) {
      if (lines.find(secret) != std::string_view::npos) scene_.wrong("a real credential stands in the log");
    }
    for (const std::string& text : scene_.key_texts) {
      if (lines.find(text) != std::string_view::npos) scene_.wrong("a virtual key stands in the log");
    }
    return true;
  }

 private:
  // --- Building -------------------------------------------------------------------------------------------------------------

  static Address front(std::size_t worker) { return {world::Family::ipv4, {10, 0, 0, static_cast<std::uint8_t>(worker + 1)}, 80}; }

  void build() {
    scene_.loop.set_name(kHost, {kUpstreams.begin(), kUpstreams.end()});
    for (const Address& address : kUpstreams) (void)scene_.loop.listen(address, {}, upstream_);
    const std::size_t credentials = chance_.between(1, 3);
    for (std::size_t i = 0; i < credentials; ++i) scene_.credentials.push_back("fake-upstream-" + std::to_string(i) + "-" + chance_.letters(12));
    scene_.credential_state.assign(credentials, 0);
    one_organization_ = chance_.one_in(3);
    draw_limits();
    // The last key is for the probes after healing, and nothing happens to it.
    const std::size_t keys = chance_.between(1, 4) + 1;
    for (std::size_t i = 0; i < keys; ++i) make_key(i);
    scene_.billed.assign(keys, {});
    scene_.reached.assign(keys, 0);
    const std::size_t workers = chance_.between(1, 3);
    scene_.draining.assign(workers, false);
    const auto settings = make_settings();
    for (std::size_t w = 0; w < workers; ++w) {
      HostBehaviour behaviour;
      behaviour.latency = std::chrono::microseconds(chance_.between(10, 20'000));
      if (chance_.one_in(2)) behaviour.window = chance_.between(1'000, 100'000);
      scene_.loop.set_host(front(w), behaviour);
      workers_.push_back(std::make_unique<Worker>(scene_.loop, gateway::Shared{scene_.prices, examiner_, *this}, settings,
                                                  std::make_shared<const KeyRing>(keys_), w + 1));
      (void)scene_.loop.listen(front(w), {}, *workers_.back());
      workers_.back()->start();
    }
    const std::size_t clients = chance_.between(5, 40);
    for (std::size_t c = 0; c < clients; ++c) make_client();
  }

  void draw_limits() {
    if (chance_.one_in(3)) {
      const auto in_a_minute = static_cast<std::int64_t>(chance_.between(30, 600));
      limits_.requests = model::limit::rate_of(in_a_minute, 1min, static_cast<std::int64_t>(chance_.between(1, 20)));
    }
    if (chance_.one_in(3)) limits_.concurrent = static_cast<std::int32_t>(chance_.between(1, 8));
    if (chance_.one_in(3)) limits_.spend = {static_cast<std::int64_t>(chance_.between(10'000'000, 1'000'000'000))};
  }

  void make_key(std::size_t number) {
    std::array<std::uint8_t, model::tenant::kKeyRandomBytes> random{};
    for (auto& byte : random) byte = static_cast<std::uint8_t>(chance_.below(256));
    std::array<std::uint8_t, 12> id{};
    id[0] = static_cast<std::uint8_t>(number + 1);
    scene_.key_texts.emplace_back(model::tenant::make_key_text(random).reveal());
    KnownKey known;
    known.key.id = model::tenant::make_key_id(id);
    known.key.workspace = model::tenant::WorkspaceName("workspace-" + std::to_string(number));
    known.key.digest = wire::digest::sha256(scene_.key_texts.back());
    known.account = std::make_shared<store::Account>();
    keys_.push_back(std::move(known));
  }

  std::shared_ptr<const Settings> make_settings() {
    auto settings = std::make_shared<Settings>();
    settings->upstream.target = upstream::parse_target(std::string("http://") + kHost).value();
    if (chance_.one_in(3)) settings->on_disconnect = gateway::OnDisconnect::drain;
    if (chance_.one_in(3)) settings->on_limit = gateway::OnLimit::cut;
    const std::size_t first = chance_.below(scene_.credentials.size());
    const std::size_t count = chance_.between(1, scene_.credentials.size());
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t credential = (first + i) % scene_.credentials.size();
      const std::string organization = one_organization_ ? "one" : "organization-" + std::to_string(credential);
      const bool bearer = chance_.one_in(4);
      settings->credentials.push_back({"credential-" + std::to_string(credential), Secret(scene_.credentials[credential]), bearer, organization});
    }
    settings->key_limits = limits_;  // the same for the whole world, so that they can be checked at every step
    settings->first_byte = std::chrono::milliseconds(chance_.between(1500, 5000));
    settings->silence = std::chrono::milliseconds(chance_.between(1500, 5000));
    return settings;
  }

  std::size_t make_request(std::size_t worker, std::size_t key) {
    Request request;
    request.worker = worker;
    request.key = key;
    const std::uint64_t kind = chance_.below(10);
    request.method = "POST";
    if (kind < 5) {
      request.path = "/v1/messages";
      request.model = chance_.one_in(2) ? "claude-haiku-4-5" : "claude-opus-4-5";
      request.max_tokens = static_cast<std::int64_t>(chance_.between(1, 400));
      request.stream = chance_.one_in(2);
    } else if (kind == 5) {
      request.path = "/v1/messages/count_tokens";
    } else if (kind == 6) {
      request.path = "/v1/files";
      request.body = chance_.letters(chance_.size(400'000));
    } else {
      request.path = kind == 7 ? "/v1/files/file_" + std::to_string(chance_.below(100)) + "/content" : "/v1/models";
      request.method = kind == 9 ? (chance_.one_in(2) ? "HEAD" : "DELETE") : "GET";
      if (request.method == "DELETE") request.path = "/v1/files/file_" + std::to_string(chance_.below(100));
    }
    if (kind <= 5) {
      request.body = R"({"model":"claude-haiku-4-5","messages":[{"role":"user","content":")" + chance_.letters(chance_.size(200'000)) + "\"}]";
      if (!request.model.empty()) {
        request.body.replace(10, 16, request.model);
        request.body += ",\"max_tokens\":" + std::to_string(request.max_tokens) + (request.stream ? ",\"stream\":true" : "");
      }
      request.body += "}";
    }
    scene_.requests.push_back(std::move(request));
    return scene_.requests.size() - 1;
  }

  void make_client() {
    const std::size_t worker = chance_.below(workers_.size());
    const std::size_t key = chance_.below(keys_.size() - 1);
    std::vector<std::size_t> requests(chance_.between(1, 6));
    for (std::size_t& request : requests) request = make_request(worker, key);
    Habits habits;
    habits.http10 = chance_.one_in(10);
    if (!habits.http10 && chance_.one_in(3)) habits.ahead = chance_.between(2, 6);
    habits.torn = chance_.one_in(3);
    habits.slow = chance_.one_in(4);
    if (chance_.one_in(2)) habits.rest = 2s;
    if (scene_.strikes(Fault::leave, 4)) habits.leaves = 1us + chance_.up_to(3s);
    habits.leaves_in_order = chance_.one_in(2);
    clients_.push_back(std::make_unique<GatewayClient>(scene_, clients_.size(), front(worker), std::move(requests), habits));
    scene_.after(chance_.up_to(kHeals - 2s), [client = clients_.back().get()] { client->start(); });
  }

  // --- Faults ----------------------------------------------------------------------------------------------------------------

  void plan_faults() {
    for (int i = 0; i < 12; ++i) {
      scene_.after(chance_.up_to(kHeals - 1ms), [this] { strike(); });
    }
  }

  void set_upstream(std::size_t which, HostBehaviour::Connect connect, bool resets, Duration latency) {
    HostBehaviour behaviour;
    behaviour.connect = connect;
    behaviour.resets_data = resets;
    behaviour.latency = latency;
    scene_.loop.set_host(kUpstreams[which], behaviour);
  }

  void strike() {
    using Connect = HostBehaviour::Connect;
    const std::size_t which = chance_.below(kUpstreams.size());
    const Duration latency = scene_.strikes(Fault::latency, 2) ? chance_.up_to(kLargestLatency) : Duration(1ms);
    Connect connect = Connect::accepts;
    if (scene_.strikes(Fault::refuse_connections, 3)) connect = Connect::refuses;
    if (scene_.strikes(Fault::drop_connections, 5)) connect = Connect::drops;
    const bool resets = scene_.strikes(Fault::reset_connections, 4);
    set_upstream(which, connect, resets, latency);
    scene_.note("fault: upstream " + std::to_string(which) + (connect == Connect::refuses ? " refuses" : connect == Connect::drops ? " drops" : " accepts") + (resets ? ", resets what it is sent" : ""));
    if (scene_.strikes(Fault::credential, 2)) {
      constexpr std::array kStates{0, 401, 429, 400, 529};
      const std::size_t credential = chance_.below(scene_.credentials.size());
      scene_.credential_state[credential] = kStates[chance_.below(kStates.size())];
      scene_.note("fault: credential " + std::to_string(credential) + " gets " + std::to_string(scene_.credential_state[credential]));
    }
    if (scene_.strikes(Fault::names, 2)) {
      const std::uint64_t how = chance_.below(3);
      scene_.note("fault: the name is looked up, " + std::to_string(how));
      if (how == 0) scene_.loop.set_name(kHost, {kUpstreams.begin(), kUpstreams.end()});
      if (how == 1) scene_.loop.set_name_error(kHost, "EAI_AGAIN");
      if (how == 2) scene_.loop.set_name_silent(kHost);
    }
    if (scene_.strikes(Fault::key_state, 2)) change_key();
    if (scene_.strikes(Fault::reload, 2)) {
      const auto settings = make_settings();
      scene_.note("fault: reload");
      for (const auto& worker : workers_) {
        scene_.after(chance_.up_to(20ms), [w = worker.get(), settings] { w->set_settings(settings); });
      }
    }
    if (scene_.strikes(Fault::clock, 3)) {
      const auto seconds = static_cast<std::int64_t>(chance_.below(40 * 86400)) - 20 * 86400;
      scene_.note("fault: the calendar is " + std::to_string(seconds) + " s off");
      scene_.loop.skew_clock(std::chrono::seconds(seconds));
    }
    // The last worker only, so that somebody is there to serve after healing.
    if (workers_.size() > 1 && !scene_.draining.back() && scene_.strikes(Fault::drain, 8)) drain(workers_.size() - 1);
  }

  void change_key() {
    const std::size_t key = chance_.below(keys_.size() - 1);
    KeyState& state = keys_[key].key.state;
    // What was revoked stays so; what is suspended may come back.
    if (state == KeyState::revoked) return;
    state = state == KeyState::suspended ? KeyState::active : chance_.one_in(2) ? KeyState::revoked : KeyState::suspended;
    scene_.note("fault: key " + std::to_string(key) + " is " + std::string(name(state)));
    const auto ring = std::make_shared<const KeyRing>(keys_);
    // Snapshots reach the workers one after the other, but never out of order.
    for (std::size_t w = 0; w < workers_.size(); ++w) {
      scene_.after(std::chrono::milliseconds(w), [this, w, ring] {
        for (std::size_t k = 0; k < ring->keys().size(); ++k) {
          scene_.set_key_active(w, k, ring->keys()[k].key.state == KeyState::active);
        }
        workers_[w]->set_keys(ring);
      });
    }
  }

  void drain(std::size_t worker) {
    if (scene_.draining[worker]) return;
    scene_.note("worker " + std::to_string(worker) + " drains");
    scene_.draining[worker] = true;
    workers_[worker]->drain(600s, [this] { ++drained_; });
  }

  void heal() {
    scene_.healed = true;
    scene_.note("the world heals");
    for (std::size_t i = 0; i < kUpstreams.size(); ++i) set_upstream(i, HostBehaviour::Connect::accepts, false, 1ms);
    scene_.loop.set_name(kHost, {kUpstreams.begin(), kUpstreams.end()});
    std::ranges::fill(scene_.credential_state, 0);
  }

  void probe(std::size_t worker) {
    if (scene_.draining[worker]) return;
    Request request;
    request.method = "GET";
    request.path = "/v1/models";
    request.worker = worker;
    request.key = keys_.size() - 1;
    scene_.requests.push_back(std::move(request));
    probes_.push_back(clients_.size());
    clients_.push_back(std::make_unique<GatewayClient>(scene_, clients_.size(), front(worker), std::vector{scene_.requests.size() - 1}, Habits{}));
    // One after another: they share a key, which may be allowed little at a time.
    scene_.after(worker * 3s, [client = clients_.back().get()] { client->start(); });
  }

  // --- Running and checking ----------------------------------------------------------------------------------------------------

  void run_until(Duration end, const std::function<bool()>& early = {}) {
    // Shared, because the timer may be left over where this ended early.
    const auto over = std::make_shared<bool>(false);
    scene_.after(std::max(Duration::zero(), Tick{} + end - scene_.loop.tick()), [over] { *over = true; });
    while (!*over && scene_.loop.step()) {
      ++steps_;
      check_step();
      if (early && steps_ % 64 == 0 && early()) return;
    }
  }

  void check_step() {
    for (std::size_t k = 0; k < keys_.size(); ++k) {
      const store::Account& account = *keys_[k].account;
      if (account.held().nano_usd < 0 || account.in_flight() < 0) scene_.wrong("key " + std::to_string(k) + " has more released than held");
      if (limits_.concurrent > 0 && account.in_flight() > limits_.concurrent) scene_.wrong("key " + std::to_string(k) + " has too many requests under way");
      if (limits_.spend.nano_usd > 0 && account.held() + account.spent() > limits_.spend) scene_.wrong("key " + std::to_string(k) + " passed its spend limit");
      if (limits_.requests.interval > Duration::zero()) {
        const auto most = (limits_.requests.tolerance + scene_.loop.tick().time_since_epoch()) / limits_.requests.interval + 1;
        if (scene_.reached[k] > static_cast<std::uint64_t>(most)) scene_.wrong("key " + std::to_string(k) + " passed its rate");
      }
    }
  }

  void check_liveness() {
    for (const auto& client : clients_) {
      if (!client->done()) scene_.wrong("not done in time: " + client->where());
    }
    for (const std::size_t probe : probes_) {
      if (clients_[probe]->succeeded() != 1) scene_.wrong("a healed world did not serve: " + clients_[probe]->where());
    }
  }

  void end() {
    for (std::size_t w = 0; w < workers_.size(); ++w) drain(w);
    run_until(scene_.loop.tick().time_since_epoch() + kQuiet);
    if (drained_ != workers_.size()) scene_.wrong("a drain did not end");
  }

  void check_end() {
    std::uint64_t logged = 0;
    for (std::size_t w = 0; w < workers_.size(); ++w) {
      const auto& counters = workers_[w]->counters();
      const std::string name = "worker " + std::to_string(w);
      if (workers_[w]->connections() != 0) scene_.wrong(name + " has connections left");
      if (counters.streams_in_flight.read() != 0) scene_.wrong(name + " counts streams that are over");
      if (counters.upstream.links.read() != 0) scene_.wrong(name + " has links left");
      logged += counters.requests.read();
      const std::uint64_t retries = counters.upstream.retries.read();
      retries_ += retries;
      if (retries * 10 > counters.upstream.attempts.read() - retries + 10) scene_.wrong(name + " repeated more than a tenth");
    }
    if (logged != lines_) scene_.wrong("the log has " + std::to_string(lines_) + " lines for " + std::to_string(logged) + " requests");
    for (const std::string& open : scene_.loop.open_streams()) scene_.wrong("a connection is left: " + open);
    for (std::size_t k = 0; k < keys_.size(); ++k) {
      const store::Account& account = *keys_[k].account;
      const std::string name = "key " + std::to_string(k);
      if (account.held() != Money{}) scene_.wrong(name + " still holds money");
      if (account.in_flight() != 0) scene_.wrong(name + " still has requests under way");
      if (account.spent() < scene_.billed[k]) {
        scene_.wrong(name + " spent " + std::to_string(account.spent().nano_usd) + " nano-dollars, and upstream billed " + std::to_string(scene_.billed[k].nano_usd));
      }
    }
  }

  GatewayRun result() {
    GatewayRun run;
    run.violations = scene_.violations;
    run.hash = scene_.hash ^ steps_;
    run.steps = steps_;
    run.requests = static_cast<std::uint64_t>(std::ranges::count_if(scene_.requests, &Request::was_sent));
    run.whole = scene_.whole;
    run.refused = scene_.refused;
    run.broke_off = scene_.broke_off;
    run.unanswered = scene_.unanswered;
    run.left = scene_.left;
    run.retries = retries_;
    run.faults = scene_.faults;
    run.took = scene_.loop.tick().time_since_epoch();
    return run;
  }

  Scene scene_;  // first: its loop outlives all that is in it
  Chance& chance_;
  GatewayUpstream upstream_;
  const model::diagnosis::Examiner& examiner_;
  store::KeyLimits limits_;
  bool one_organization_ = false;
  std::vector<KnownKey> keys_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::unique_ptr<GatewayClient>> clients_;
  std::vector<std::size_t> probes_;
  std::uint64_t steps_ = 0, lines_ = 0, retries_ = 0;
  std::size_t drained_ = 0;
};

}  // namespace

GatewayRun& GatewayRun::operator+=(const GatewayRun& other) {
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
  steps += other.steps;
  requests += other.requests;
  whole += other.whole;
  refused += other.refused;
  broke_off += other.broke_off;
  unanswered += other.unanswered;
  left += other.left;
  retries += other.retries;
  faults += other.faults;
  took += other.took;
  return *this;
}

GatewayRun run_gateways(std::uint64_t seed, const model::ledger::PriceList& prices, const model::diagnosis::Examiner& examiner,
                        std::function<void(const std::string&)> print) {
  return GatewayWorld(seed, prices, examiner, std::move(print)).run();
}

}  // namespace locksmith::sim
