// A whole serving process in virtual time: two workers, a store, an operator's address, and the emulator as the API.
#include "process/gateway_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "emulator/fault.h"
#include "emulator/server.h"
#include "knowledge/knowledge.h"
#include "knowledge/prices.h"
#include "loop_share.h"
#include "serving/server.h"
#include "wire/digest/sha256.h"

namespace locksmith::process {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const world::Address kApi{world::Family::ipv4, {10, 0, 0, 9}, 80};
const world::Address kFront[] = {{world::Family::ipv4, {10, 0, 0, 1}, 80}, {world::Family::ipv4, {10, 0, 0, 2}, 80}};

std::string real_key() { return "sk-ant-" + std::string("api03-") + std::string(93, 'r') + "AA"; }

struct Caller final : world::StreamHandler {
  void on_open(world::Stream&) override {}
  void on_bytes(world::Stream&, std::string_view bytes) override { received += bytes; }
  void on_drained(world::Stream&) override {}
  void on_closed(world::Stream&, const world::Closing& c) override {
    reason = c.reason;
    stream = nullptr;
  }
  std::string received;
  world::CloseReason reason = world::CloseReason::finished;
  world::Stream* stream = nullptr;
};

// A store that cannot be read while it is broken.
class Store final : public store::KeyStore {
 public:
  Result<void> add(const model::tenant::VirtualKey& key) override { return keys_.add(key); }
  Result<store::Listing> list() override {
    if (broken) return broken_now();
    auto listing = keys_.list();
    listing->damaged = damaged;
    return listing;
  }
  Result<model::tenant::VirtualKey> set_state(std::string_view id_or_name, model::tenant::KeyState state) override {
    return keys_.set_state(id_or_name, state);
  }
  Result<std::uint64_t> generation() override {
    if (broken) return broken_now();
    if (replaced) return fail(FailureCode("store_replaced"), "The store's file was replaced.", "Restart the gateway.");
    return *keys_.generation() + damaged.size() * 1000;
  }
  bool broken = false;
  bool replaced = false;
  std::vector<std::string> damaged;

 private:
  static std::unexpected<Failure> broken_now() { return fail(FailureCode("store_unavailable"), "The disk is gone.", "Put it back."); }
  store::MemoryKeyStore keys_;
};

class ProcessTest : public testing::Test, public Outside, public gateway::LogSink {
 protected:
  ProcessTest() : prices(knowledge::read_prices().value()), examiner(knowledge::make_examiner().value()) {
    loop.set_name("api.test", {kApi});
    EXPECT_TRUE(loop.listen(kApi, {}, api));
    std::array<std::uint8_t, model::tenant::kKeyRandomBytes> random{1, 2, 3};
    key = model::tenant::make_key_text(random).reveal();
    model::tenant::VirtualKey stored;
    stored.id = model::tenant::make_key_id(std::array<std::uint8_t, 12>{4, 5, 6});
    stored.name = "app";
    stored.workspace = model::tenant::WorkspaceName("default");
    stored.digest = wire::digest::sha256(key);
    EXPECT_TRUE(store.add(stored));
  }

  void serve() {
    process.emplace(own, store, gateway::Shared{prices, *examiner, *this}, *this);
    ASSERT_TRUE(process->begin(load().value()));
    for (std::size_t i = 0; i < 2; ++i) ASSERT_TRUE(process->add_worker(shares[i], kFront[i], {}, i + 1));
    operators.emplace(own, routes_of(*process), serving::ServerSettings{});
    admin = operators->listen(*world::parse_ip("127.0.0.1", 8786), {}).value();
    process->start();
    run(100ms);
  }
  ~ProcessTest() override {
    for (Caller& caller : callers) {
      if (caller.stream != nullptr) caller.stream->abort();
    }
    run(3s);
    operators.reset();
    process.reset();
  }

  void run(Duration time) {
    loop.after(time, [this] { loop.stop(); });
    loop.run();
  }
  Caller& call(const world::Address& address, std::string_view bytes) {
    Caller& caller = callers.emplace_back();
    caller.stream = &loop.dial(address, {5s}, caller);
    caller.stream->write(bytes);
    return caller;
  }
  std::string ask(const world::Address& address, std::string_view bytes) {
    Caller& caller = call(address, bytes);
    run(500ms);
    return caller.received;
  }
  std::string operate(const std::string& path) { return ask(admin, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"); }
  std::string message(bool stream = false, int tokens = 10) const {
    const std::string body = R"({"model":"claude-haiku-4-5","max_tokens":)" + std::to_string(tokens) + (stream ? R"(,"stream":true)" : "") + R"(,"messages":[{"role":"user","content":"Hi"}]})";
    return "POST /v1/messages HTTP/1.1\r\nHost: gateway\r\nx-api-key: " + key + "\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\ncontent-length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  // --- Outside
  Result<Loaded> load() override {
    if (!loads) return fail(FailureCode("configuration_value_wrong"), "locksmith.toml:3: workers must be a number.");
    auto settings = std::make_shared<gateway::Settings>();
    settings->upstream.target = upstream::parse_target("http://api.test").value();
    settings->credentials.push_back({"main", Secret(real_key()), false, ""});
    settings->models = models;
    return Loaded{settings, nullptr, drain, later};
  }
  void adopt() override { told.emplace_back("adopt"); }
  void say(std::string_view sentence) override { told.push_back("say " + std::string(sentence)); }
  void complain(const Failure& failure) override { told.push_back("complain " + std::string(failure.code.name())); }
  void ready(std::string_view status) override { told.push_back("ready " + std::string(status)); }
  void reloading() override { told.emplace_back("reloading"); }
  void stopping(std::string_view status) override { told.push_back("stopping " + std::string(status)); }
  bool write(std::string_view) override { return true; }

  sim::SimLoop loop{Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 10}}};
  sim::LoopShare own{loop};
  sim::LoopShare shares[2]{sim::LoopShare{loop}, sim::LoopShare{loop}};
  emulator::Server api{loop, {.pace = 20ms, .on_record = {}}};
  Store store;
  model::ledger::PriceList prices;
  std::unique_ptr<model::diagnosis::Examiner> examiner;
  std::string key;
  bool loads = true;
  std::vector<std::string> models;
  std::string later;
  Duration drain = 60s;
  std::vector<std::string> told;
  std::deque<Caller> callers;
  world::Address admin;
  std::optional<GatewayProcess> process;
  std::optional<serving::Server> operators;
};

TEST_F(ProcessTest, ServesOnEveryWorkerAndAnswersTheOperator) {
  serve();
  for (const world::Address& front : kFront) EXPECT_THAT(ask(front, message()), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(operate("/healthz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(operate("/readyz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(operate("/metrics"), HasSubstr("locksmith_requests_total 2\n"));
  EXPECT_THAT(operate("/status"), AllOf(HasSubstr("\"workers\": 2"), HasSubstr("\"active\": 1")));
}

TEST_F(ProcessTest, ARevokedKeyIsDeadAfterOneLookOnEveryWorker) {
  serve();
  ASSERT_TRUE(store.set_state("app", model::tenant::KeyState::revoked));
  run(limits::kFollowStore + 1ms);
  for (const world::Address& front : kFront) EXPECT_THAT(ask(front, message()), AllOf(StartsWith("HTTP/1.1 401"), HasSubstr("key_revoked")));
  EXPECT_THAT(operate("/status"), HasSubstr("\"revoked\": 1"));
}

TEST_F(ProcessTest, AStoreThatCannotBeReadLeavesTheKeysAsTheyWere) {
  serve();
  store.broken = true;
  run(1s);
  EXPECT_THAT(told, ElementsAre("complain store_unavailable")) << "once, not with every look";
  EXPECT_THAT(operate("/readyz"), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("the store cannot be read")));
  EXPECT_THAT(ask(kFront[0], message()), StartsWith("HTTP/1.1 200"));
  ASSERT_TRUE(store.set_state("app", model::tenant::KeyState::revoked));
  store.broken = false;
  run(limits::kFollowStore + 1ms);
  EXPECT_THAT(operate("/readyz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask(kFront[0], message()), StartsWith("HTTP/1.1 401"));
}

TEST_F(ProcessTest, AStoreThatWasExchangedIsToldAndLeavesTheKeysAsTheyWere) {
  serve();
  store.replaced = true;
  ASSERT_TRUE(store.set_state("app", model::tenant::KeyState::revoked));
  run(1s);
  EXPECT_THAT(told, ElementsAre("complain store_replaced")) << "once, not with every look";
  for (const char* const path : {"/readyz", "/status", "/keys/lksid_any"}) EXPECT_THAT(operate(path), HasSubstr("the store's file was replaced or deleted")) << path;
  EXPECT_THAT(operate("/readyz"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(operate("/keys/lksid_any"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(ask(kFront[0], message()), StartsWith("HTTP/1.1 200"));
  store.replaced = false;  // the file was put back
  run(limits::kFollowStore + 1ms);
  EXPECT_THAT(operate("/readyz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask(kFront[0], message()), StartsWith("HTTP/1.1 401"));
}

TEST_F(ProcessTest, ADamagedKeyIsToldAndStopsNoRevocation) {
  serve();
  store.damaged = {"lksid_hurt"};
  run(1s);
  EXPECT_THAT(told, ElementsAre("complain key_damaged"));
  EXPECT_THAT(operate("/readyz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(operate("/status"), HasSubstr("\"damaged\": 1"));
  ASSERT_TRUE(store.set_state("app", model::tenant::KeyState::revoked));
  run(limits::kFollowStore + 1ms);
  EXPECT_THAT(ask(kFront[1], message()), StartsWith("HTTP/1.1 401"));
  store.damaged.clear();
  ASSERT_TRUE(store.set_state("app", model::tenant::KeyState::revoked));
  run(limits::kFollowStore + 1ms);
  EXPECT_THAT(told, ElementsAre("complain key_damaged", "say no key of the store is damaged any more"));
}

TEST_F(ProcessTest, WhoAsksOfAKeyIsToldWhatEveryWorkerDoesWithItNow) {
  serve();
  const std::string id = store.list()->keys.front().id.value();
  EXPECT_THAT(operate("/keys/" + id), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\"state\": \"active\""), HasSubstr("\"agree\": 2")));
  // Asked in the very moment: no look of the process's own lies between.
  Caller& asking = call(admin, "GET /keys/" + id + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(store.set_state("app", model::tenant::KeyState::revoked));
  run(100ms);
  EXPECT_THAT(asking.received, AllOf(HasSubstr("\"state\": \"revoked\""), HasSubstr("\"workers\": 2"), HasSubstr("\"agree\": 2")));
  EXPECT_THAT(operate("/keys/lksid_nobody"), StartsWith("HTTP/1.1 404"));
}

TEST_F(ProcessTest, ARevocationHoldsAlsoWhileItDrains) {
  serve();
  Caller& streaming = call(kFront[1], message(true, 4000));
  run(20ms);
  ASSERT_THAT(streaming.received, HasSubstr("message_start"));
  process->take(Order::drain_now);
  run(10ms);
  ASSERT_TRUE(store.set_state("app", model::tenant::KeyState::revoked));
  run(10s);
  EXPECT_EQ(streaming.received.find("message_stop"), std::string::npos);
  EXPECT_TRUE(process->ended());
}

TEST_F(ProcessTest, ADeadCredentialIsShownUntilTheApiTakesItAgain) {
  serve();
  const auto break_key = [this](bool broken) {
    api.api().faults().clear();
    emulator::FaultRule rule;
    rule.fault = emulator::find_fault("key-invalid");
    if (!broken) return;
    EXPECT_TRUE(api.api().faults().add({rule}, loop.tick()));
  };
  const auto is_dead = HasSubstr("\"no_credential\": \"the only credential, main, was refused: key_revoked_or_invalid");
  EXPECT_THAT(operate("/status"), testing::Not(is_dead));
  break_key(true);
  EXPECT_THAT(ask(kFront[0], message()), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(operate("/status"), AllOf(is_dead, HasSubstr("\"state\": \"failing\""))) << "shown at once, and confirmed by a second request";
  EXPECT_THAT(ask(kFront[0], message()), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(operate("/status"), AllOf(is_dead, HasSubstr("\"state\": \"resting\"")));
  run(70s);
  EXPECT_THAT(operate("/status"), AllOf(is_dead, HasSubstr("\"state\": \"failing\""))) << "its rest is over, and nothing shows that it works";
  break_key(false);
  EXPECT_THAT(ask(kFront[1], message()), StartsWith("HTTP/1.1 200")) << "another worker than the one that was refused";
  EXPECT_THAT(operate("/status"), AllOf(testing::Not(is_dead), HasSubstr("\"state\": \"in use\"")));
  break_key(true);
  EXPECT_THAT(ask(kFront[1], message()), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(operate("/status"), is_dead);
}

TEST_F(ProcessTest, AReloadReplacesWhatNewRequestsAreHeldTo) {
  serve();
  models = {"claude-opus"};
  later = "listen, workers";
  process->take(Order::reload);
  run(500ms);
  EXPECT_THAT(told, ElementsAre("reloading", "adopt", "say reloaded", "say a new value of listen, workers is used from the next start on", "ready reloaded"));
  for (const world::Address& front : kFront) EXPECT_THAT(ask(front, message()), AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("model_not_allowed")));
}

TEST_F(ProcessTest, AReloadThatFailsChangesNothingAndIsTold) {
  serve();
  models = {"claude-opus"};
  loads = false;
  process->take(Order::reload);
  run(100ms);
  EXPECT_THAT(told, ElementsAre("reloading", "complain configuration_value_wrong", "say the old settings stay", StartsWith("ready the old settings stay: locksmith.toml:3")));
  EXPECT_THAT(ask(kFront[0], message()), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(operate("/status"), HasSubstr("locksmith.toml:3"));
  loads = true;
  models = {};
  process->take(Order::reload);
  EXPECT_THAT(operate("/status"), testing::Not(HasSubstr("locksmith.toml:3")));
}

TEST_F(ProcessTest, ADrainIsAnnouncedBeforeItBegins) {
  serve();
  process->take(Order::drain);
  EXPECT_THAT(operate("/readyz"), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("draining")));
  EXPECT_THAT(ask(kFront[0], message()), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("connection: close")));
  EXPECT_FALSE(process->ended());
  run(limits::kDrainNotice);
  Caller& late = call(kFront[0], message());
  run(1s);
  EXPECT_EQ(late.reason, world::CloseReason::refused);
  EXPECT_TRUE(process->ended());
  EXPECT_TRUE(own.stopped());
  EXPECT_THAT(told, ElementsAre("say draining; once more ends at once", "stopping draining"));
}

TEST_F(ProcessTest, ADrainWaitsForStreamsAsLongAsItMay) {
  drain = 30s;
  serve();
  Caller& streaming = call(kFront[1], message(true, 4000));
  run(20ms);
  ASSERT_THAT(streaming.received, HasSubstr("message_start"));
  ASSERT_EQ(streaming.received.find("message_stop"), std::string::npos);
  process->take(Order::drain_now);
  run(60s);
  EXPECT_TRUE(process->ended());
  EXPECT_THAT(streaming.received, HasSubstr("message_stop"));
}

TEST_F(ProcessTest, ToldTwiceItEndsAtOnce) {
  serve();
  process->take(Order::drain);
  process->take(Order::drain);
  EXPECT_TRUE(process->ended());
  EXPECT_TRUE(own.stopped());
}

TEST_F(ProcessTest, AReloadDuringADrainIsNotTaken) {
  serve();
  process->take(Order::drain);
  told.clear();
  process->take(Order::reload);
  EXPECT_THAT(told, testing::IsEmpty());
}

TEST_F(ProcessTest, AFailureIsFoundOnWhicheverWorkerItHappened) {
  serve();
  models = {"claude-opus"};
  process->take(Order::reload);
  run(500ms);
  for (const world::Address& front : kFront) {
    const std::string answer = ask(front, message());
    const std::size_t at = answer.find("x-locksmith-id: ") + 16;
    const std::string id = answer.substr(at, answer.find('\r', at) - at);
    EXPECT_THAT(operate("/failures/" + id), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr(id), HasSubstr("model_not_allowed")));
  }
  EXPECT_THAT(operate("/failures/lkf_nosuch"), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("\"id\":null")));
}

}  // namespace
}  // namespace locksmith::process
