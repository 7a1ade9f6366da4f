// The small server between callers that are slow, many, rude or strangers. In virtual time.
#include "serving/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <vector>

#include "sim_loop.h"

namespace locksmith::serving {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Caller final : world::StreamHandler {
  void on_open(world::Stream&) override {}
  void on_bytes(world::Stream&, std::string_view bytes) override { received += bytes; }
  void on_drained(world::Stream&) override {}
  void on_peer_finished(world::Stream& s) override { s.finish(); }
  void on_closed(world::Stream&, const world::Closing& c) override {
    stream = nullptr;
    reset = c.reason != world::CloseReason::finished;
  }
  std::string received;
  bool reset = false;
  world::Stream* stream = nullptr;
};

class ServerTest : public testing::Test {
 public:
  ServerTest() {
    router.on({"GET", "/quick", Access::everybody, Cost::probe, [](const Request&, Reply reply) { reply({.body = "ready\n"}); }});
    router.on({"GET", "/slow/{name}", Access::operators, Cost::work, [this](const Request& request, Reply reply) {
                 names.emplace_back(request.captured[0]);
                 held.push_back(std::make_unique<Reply>(std::move(reply)));
               }});
    router.on({"POST", "/echo", Access::operators, Cost::work, [](const Request& request, Reply reply) { reply({.body = std::string(request.body)}); }});
    router.on({"GET", "/forgetful", Access::operators, Cost::work, [](const Request&, Reply) {}});
    router.on({"GET", "/large", Access::operators, Cost::work, [](const Request&, Reply reply) { reply({.body = std::string(100'000, 'x')}); }});
  }
  void serve(ServerSettings settings = {}) {
    server.emplace(loop, std::move(router), std::move(settings));
    const auto bound = server->listen(*world::parse_ip("127.0.0.1", 8788), {});
    ASSERT_TRUE(bound) << bound.error().message;
    address = *bound;
  }
  Caller& call(std::string_view bytes = {}) {
    Caller& caller = callers.emplace_back();
    caller.stream = &loop.dial(address, {5s}, caller);
    caller.stream->write(bytes);
    return caller;
  }
  void run_for(Duration time) {
    loop.after(time, [this] { loop.stop(); });
    loop.run();
  }
  std::string ask(std::string_view bytes) {
    Caller& caller = call(bytes);
    run_for(1s);
    return caller.received;
  }
  static std::string get(const std::string& path, const std::string& fields = {}) { return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n"; }

  sim::SimLoop loop{Instant(std::chrono::seconds(1'800'000'000))};
  Router router;
  std::vector<std::string> names;
  std::vector<std::unique_ptr<Reply>> held;
  std::deque<Caller> callers;
  world::Address address;
  std::optional<Server> server;
};

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  serve();
  Caller& caller = call(get("/quick"));
  run_for(1s);
  EXPECT_THAT(caller.received, StartsWith("HTTP/1.1 200 OK\r\ncontent-type: text/plain"));
  EXPECT_THAT(caller.received, HasSubstr("cache-control: no-store\r\nx-content-type-options: nosniff\r\n"));
  EXPECT_THAT(caller.received, testing::EndsWith("\r\n\r\nready\n"));
  caller.received.clear();
  caller.stream->write("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
  run_for(1s);
  EXPECT_THAT(caller.received, testing::EndsWith("\r\n\r\nabc"));
}

TEST_F(ServerTest, AnswersARowOfRequestsInTheirOrder) {
  serve();
  std::string many;
  for (int i = 0; i < 100; ++i) many += get(i % 2 == 0 ? "/quick" : "/nothing");
  const std::string all = ask(many);
  std::size_t at = 0;
  for (int i = 0; i < 100; ++i) {
    at = all.find(i % 2 == 0 ? "HTTP/1.1 200" : "HTTP/1.1 404", at);
    ASSERT_NE(at, std::string::npos) << i;
    ++at;
  }
}

TEST_F(ServerTest, SaysWhatIsWrongAndWhatThereIs) {
  serve();
  EXPECT_THAT(ask(get("/nothing")), testing::AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("GET /quick\n")));
  EXPECT_THAT(ask("PUT /quick HTTP/1.1\r\nHost: localhost\r\n\r\n"), testing::AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("allow: GET, HEAD\r\n")));
  EXPECT_THAT(ask("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(ask(get("/forgetful")), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(ask("HEAD /quick HTTP/1.1\r\nHost: localhost\r\n\r\n"), testing::AllOf(HasSubstr("content-length: 6\r\n"), Not(HasSubstr("ready"))));
}

TEST_F(ServerTest, AnotherHostsNameIsAnsweredWithNothingOfItsOwn) {
  serve({.names = {"gateway.internal"}});
  EXPECT_THAT(ask("GET /quick HTTP/1.1\r\nHost: evil.test\r\n\r\n"), testing::AllOf(StartsWith("HTTP/1.1 421"), Not(HasSubstr("ready"))));
  EXPECT_THAT(ask("GET /quick HTTP/1.1\r\nHost: gateway.internal\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, OperatorsAreAskedWhoTheyAreAndOthersGetTheProbes) {
  serve({.authenticator = std::make_shared<BearerToken>(Secret(std::string("made-up-") + "token"))});
  EXPECT_THAT(ask(get("/quick")), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask(get("/large")), testing::AllOf(StartsWith("HTTP/1.1 401"), HasSubstr("www-authenticate: Bearer realm=\"locksmith\"\r\n"), Not(HasSubstr("xxx"))));
  EXPECT_THAT(ask(get("/large", "Authorization: Bearer made-up-token\r\n")), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, BeyondThisMachineItListensWithBothOnly) {
  const auto token = std::make_shared<BearerToken>(Secret(std::string("made-up-") + "token"));
  const auto tls = std::make_shared<world::TlsServerOptions>();
  struct Case {
    std::shared_ptr<const Authenticator> authenticator;
    std::shared_ptr<const world::TlsServerOptions> tls;
    bool listens;
  };
  for (const Case& one : {Case{nullptr, nullptr, false}, Case{token, nullptr, false}, Case{nullptr, tls, false}, Case{token, tls, true}}) {
    for (const char* const ip : {"0.0.0.0", "10.0.0.1", "::"}) {
      Server there(loop, {}, {.authenticator = one.authenticator});
      const auto bound = there.listen(*world::parse_ip(ip, 8788), one.tls);
      EXPECT_EQ(bound.has_value(), one.listens) << ip;
      if (!bound) {
        EXPECT_EQ(bound.error().code.name(), "listening_unprotected");
      }
      loop.stop_listening();
    }
  }
}

TEST_F(ServerTest, WorkHasPlacesAndProbesDoNotWait) {
  serve();
  for (std::size_t i = 0; i < limits::kServingWork + 3; ++i) call(get("/slow/" + std::to_string(i)));
  run_for(1s);
  EXPECT_EQ(held.size(), limits::kServingWork);
  EXPECT_THAT(ask(get("/quick")), StartsWith("HTTP/1.1 200"));
  for (int round = 0; round < 2; ++round) {
    for (auto& reply : std::exchange(held, {})) (*reply)({.body = "done\n"});
    run_for(1s);
  }
  for (std::size_t i = 0; i < limits::kServingWork + 3; ++i) {
    EXPECT_EQ(names[i], std::to_string(i)) << "in the order in which they came";
    EXPECT_THAT(callers[i].received, HasSubstr("done")) << i;
  }
}

// Whoever holds all connections and says nothing, or asks without a pause, does not keep a probe out.
TEST_F(ServerTest, ANewConnectionTakesThePlaceOfAnIdleOne) {
  serve({.connections = 20});
  for (int i = 0; i < 8; ++i) call(get("/slow/" + std::to_string(i)));
  run_for(1s);
  for (int i = 0; i < 100; ++i) call(i % 3 == 0 ? "" : i % 3 == 1 ? "GET /quick HT" : get("/quick"));
  run_for(1s);
  EXPECT_EQ(server->connections(), 20U);
  EXPECT_THAT(ask(get("/quick")), StartsWith("HTTP/1.1 200"));
  for (auto& reply : std::exchange(held, {})) (*reply)({.body = "done\n"});
  run_for(1s);
  for (int i = 0; i < 8; ++i) EXPECT_THAT(callers[static_cast<std::size_t>(i)].received, HasSubstr("done")) << "work that was begun is finished";
}

TEST_F(ServerTest, LoopingCallersLeaveTheProbesTheirAnswers) {
  serve({.connections = 20});
  struct Looper {
    ServerTest& test;
    Caller* caller = nullptr;
    void again() {
      if (caller == nullptr || caller->stream == nullptr || !caller->received.empty()) {
        if (caller != nullptr && caller->stream != nullptr) caller->stream->abort();
        caller = &test.call(get("/large"));
      }
      test.loop.after(1ms, [this] { again(); });
    }
  };
  std::deque<Looper> loopers;
  for (int i = 0; i < 24; ++i) loopers.emplace_back(*this).again();
  for (int i = 0; i < 20; ++i) {
    Caller& probe = call(get("/quick"));
    run_for(50ms);
    EXPECT_THAT(probe.received, StartsWith("HTTP/1.1 200")) << i;
    if (probe.stream != nullptr) probe.stream->abort();
  }
}

TEST_F(ServerTest, NothingWaitsForEver) {
  serve();
  Caller& silent = call();
  Caller& half = call("GET /quick HT");
  Caller& unanswered = call(get("/slow/x"));
  Caller& kept = call(get("/quick"));
  run_for(limits::kServingVisit + limits::kServingIdle + 2s);
  for (const Caller* const caller : {&silent, &half, &unanswered, &kept}) EXPECT_EQ(caller->stream, nullptr);
  EXPECT_EQ(server->connections(), 0U);
  (*held.front())({.body = "too late\n"});
  run_for(1s);
  EXPECT_THAT(unanswered.received, Not(HasSubstr("too late")));
}

TEST_F(ServerTest, AReplyMayOutliveTheServer) {
  serve();
  call(get("/slow/x"));
  run_for(1s);
  server.reset();
  (*held.front())({.body = "nobody is there\n"});
  EXPECT_THAT(callers.front().received, testing::IsEmpty());
}

}  // namespace
}  // namespace locksmith::serving
