// What goes wrong on the way: an upstream that dies at every place, deadlines, retries, slow and gone clients, revocation,
// reload, drain. Beside each: what is spent, and that no hold is left (Stage::TearDown).
#include <gmock/gmock.h>

#include "stage.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/upstream.h"
#include "wire/http1/write.h"
#include "wire/sse/event_reader.h"

namespace locksmith::gateway {
namespace {

using model::tenant::KeyState;
using testing::EndsWith;
using testing::HasSubstr;

class FailureTest : public Stage {
 protected:
  // The content of a chunked answer as far as it came.
  static std::string content(const std::string& received) {
    const auto all = answers_in(received);
    return all.empty() ? std::string() : all.front().body;
  }
  std::string stream_request() { return post("/v1/messages", message_body(R"("stream":true,)")); }
  static std::string stream_head() {
    return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
  }
};

// A connection that was accepted and whose handshake is not over.
struct Stillborn final : world::Stream {
  explicit Stillborn(const world::Address& a) : address(a) {}
  void set_handler(world::StreamHandler& h) override { handler = &h; }
  void write(std::string_view) override {}
  std::size_t unsent() const override { return 0; }
  void pause_reading() override {}
  void resume_reading() override {}
  void finish() override { ++ended; }
  void abort() override { ++ended; }
  const world::Address& peer() const override { return address; }
  const world::Address& local() const override { return address; }
  const world::TlsFacts* tls() const override { return nullptr; }
  world::Address address;
  world::StreamHandler* handler = nullptr;
  int ended = 0;
};

// --- Upstream dies ----------------------------------------------------------------------------------------------------------

TEST_F(FailureTest, AStreamThatBreaksOffAnywhereEndsWithAnErrorEventAndNoCleanEnd) {
  open();
  const std::string events = stream_of_message();
  const std::string whole = stream_answer(events);
  const std::size_t body = whole.find("\r\n\r\n") + 4;
  for (const auto then : {Reply::Then::finish, Reply::Then::reset}) {
    for (std::size_t cut = body; cut < whole.size(); ++cut) {
      upstream.seen.clear();
      upstream.script = [&](const Seen&) { return Reply{whole.substr(0, cut), then}; };
      Caller& client = exchange(stream_request(), 50ms);
      const auto answers = answers_in(client.received);
      ASSERT_EQ(answers.size(), 1U) << "cut at " << cut;
      ASSERT_FALSE(answers[0].whole) << "cut at " << cut << ": the client must not take it for the whole";
      ASSERT_TRUE(client.finished || client.closed) << "cut at " << cut;
      ASSERT_EQ(upstream.seen.size(), 1U) << "cut at " << cut << ": nothing is sent twice after the first byte";
      // What came before the error event is the beginning of what upstream sent; the error stands in an event of its own.
      const std::string& got = answers[0].body;
      const std::size_t at = got.rfind("event: error\n");
      ASSERT_NE(at, std::string::npos) << "cut at " << cut;
      std::string before = got.substr(0, at);
      constexpr std::string_view kEnd = "\nevent: cut\n\n";
      if (!events.starts_with(before)) {
        ASSERT_THAT(before, EndsWith(kEnd)) << "cut at " << cut;
        before.resize(before.size() - kEnd.size());
      }
      ASSERT_TRUE(events.starts_with(before)) << "cut at " << cut;
      wire::sse::EventReader reader;
      wire::sse::Event each;
      std::string last;
      std::string_view input = got;
      while (reader.read(input, each) == wire::sse::EventReader::Step::event) last = each.type;
      ASSERT_EQ(last, "error") << "cut at " << cut << ": " << got;
      run(5ms);
    }
  }
}

TEST_F(FailureTest, AnAnswerThatIsNoStreamBreaksOffWithoutACleanEnd) {
  open();
  for (const std::string bytes :
       {"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
                                  "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nZ"}) {
    upstream.seen.clear();
    upstream.script = [&](const Seen&) { return Reply{bytes, Reply::Then::finish}; };
    Caller& client = exchange(get("/v1/models"), 100ms);
    const auto answers = answers_in(client.received, client.finished);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_FALSE(answers[0].whole);
    EXPECT_EQ(answers[0].body, "hello");
    EXPECT_TRUE(client.finished);
    EXPECT_EQ(upstream.seen.size(), 1U);
  }
}

// What would not fit in the told length would be taken for an answer to the next request.
TEST_F(FailureTest, AStreamOfToldLengthThatBreaksOffGetsNothingAdded) {
  open();
  const std::string event = "event: ping\ndata: {}\n";
  upstream.script = [&](const Seen&) {
    return Reply{"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 60\r\n\r\n" + event, Reply::Then::reset};
  };
  Caller& client = exchange(stream_request(), 100ms);
  const auto answers = answers_in(client.received);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_FALSE(answers[0].whole);
  EXPECT_EQ(answers[0].body, event);
  EXPECT_TRUE(client.finished || client.closed);
}

// In a stream of events CR, LF and both together end a line, and a pair may be torn.
TEST_F(FailureTest, TheErrorEventStandsAloneAfterEveryFormOfLineEnd) {
  open();
  struct Case {
    std::string_view end;
    bool ended;
  };
  for (const bool torn : {false, true}) {
    for (const auto& [end, ended] : {Case{"", false}, Case{"\n", false}, Case{"\r", false}, Case{"\r\n", false}, Case{"\n\n", true},
                                     Case{"\r\r", true}, Case{"\n\r", true}, Case{"\n\r\n", true}, Case{"\r\n\r", true},
                                     Case{"\r\n\n", true}, Case{"\r\n\r\n", true}, Case{"\r\r\r\r\r", true}}) {
      const std::string event = "event: ping\ndata: {}" + std::string(end);
      std::string answer = stream_head();
      for (std::size_t at = 0, size = torn ? 1 : event.size(); at < event.size(); at += size) {
        wire::http1::append_chunk(answer, event.substr(at, size));
      }
      upstream.script = [&](const Seen&) { return Reply{answer, Reply::Then::reset}; };
      Caller& client = exchange(stream_request(), 100ms);
      const auto answers = answers_in(client.received);
      ASSERT_EQ(answers.size(), 1U);
      const std::string expected = event + (ended ? "" : "\nevent: cut\n\n") + "event: error\n";
      EXPECT_TRUE(answers[0].body.starts_with(expected)) << testing::PrintToString(answers[0].body);
    }
  }
}

// An HTTP/1.0 client reads until the end, so that only a reset tells it of an early one.
TEST_F(FailureTest, AnHttp10ClientIsResetWhereTheAnswerBreaksOff) {
  open();
  upstream.script = [](const Seen&) { return Reply{"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", Reply::Then::finish}; };
  Caller& client = exchange("GET /v1/models HTTP/1.0\r\nx-api-key: " + key + "\r\n\r\n");
  EXPECT_TRUE(client.closed);
  EXPECT_EQ(client.closing.reason, world::CloseReason::reset);
}

TEST_F(FailureTest, AHeadThatBreaksOffIsAnsweredAndNotSentAgain) {
  open();
  const std::string head = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";
  for (std::size_t cut = 1; cut < head.size(); ++cut) {
    upstream.seen.clear();
    upstream.script = [&](const Seen&) { return Reply{head.substr(0, cut), Reply::Then::finish}; };
    const Got got = ask(get("/v1/models"), 100ms);
    ASSERT_EQ(got.status, 502) << cut;
    ASSERT_EQ(upstream.seen.size(), 1U) << cut;
  }
}

TEST_F(FailureTest, OnAKeptLinkThatEndsAGetIsSentAgainAndAPostIsNot) {
  open();
  for (int i = 0; i < 20; ++i) ask(get("/v1/models"), 20ms);  // fills the retry budget, and leaves one link
  ASSERT_EQ(upstream.accepted, 1);
  upstream.script = [](const Seen& seen) { return seen.connection == 0 ? Reply{"", Reply::Then::finish} : Reply{answer(200, "", "again")}; };
  EXPECT_EQ(ask(get("/v1/models"), 100ms).body, "again");
  EXPECT_EQ(worker->counters().upstream.retries.read(), 1U);

  upstream.script = [](const Seen& seen) { return seen.connection == 1 ? Reply{"", Reply::Then::reset} : Reply{answer(200, "", "again")}; };
  const Got got = ask(post("/v1/messages", message_body()), 100ms);
  EXPECT_EQ(got.error_code(), "upstream_closed");
  EXPECT_EQ(worker->counters().upstream.retries.read(), 1U);
  // It may have been executed, so that the most that it can cost counts as spent.
  EXPECT_GT(account(key).spent(), Money{});

  // A new link that ends was not merely stale: not even a GET is sent again.
  upstream.script = [](const Seen&) { return Reply{"", Reply::Then::finish}; };
  upstream.end_all();
  run(10ms);
  upstream.seen.clear();
  EXPECT_EQ(ask(get("/v1/models"), 100ms).error_code(), "upstream_closed");
  EXPECT_EQ(upstream.seen.size(), 1U);
}

// What upstream is asked beyond one attempt a request: a tenth of the requests, and the one that a new worker may begin with.
TEST_F(FailureTest, RetriesStayWithinATenthOfTheRequests) {
  open(make_settings({"one", "two"}));
  const std::string limited = R"({"type":"error","error":{"type":"rate_limit_error","message":"Number of requests has exceeded your rate limit"}})";
  upstream.script = [&](const Seen&) { return Reply{answer(429, "", limited)}; };
  for (int i = 0; i < 1000; ++i) {
    ask(get("/v1/models"), 20ms);
    if (i % 100 == 0) run(3s);
  }
  EXPECT_LE(upstream.seen.size(), 1101U);
  EXPECT_GT(upstream.seen.size(), 1000U);
}

// Requests that never got as far as upstream pay for no retries.
TEST_F(FailureTest, RefusedRequestsFillNoRetryBudget) {
  open();
  Caller& client = dial();
  for (int i = 0; i < 200; ++i) {
    client.send("GET /v1/models HTTP/1.1\r\nHost: gw\r\n\r\n");
    run(2ms);
  }
  nobody_listens();
  for (int i = 0; i < 4; ++i) exchange(get("/v1/models"), 20ms);
  EXPECT_LE(worker->counters().upstream.retries.read(), 1U);
}

// Found by the simulation: while upstream rested, refused requests saved up retries for the moment at which it came back.
TEST_F(FailureTest, RequestsRefusedWhileUpstreamRestsFillNoRetryBudget) {
  open(make_settings({"one", "two"}));
  nobody_listens();
  Caller& client = dial();
  for (int i = 0; i < 200; ++i) {
    client.send(get("/v1/models"));
    run(4ms);
  }
  EXPECT_GT(worker->counters().refusals[static_cast<std::size_t>(Why::upstream_resting)].read(), 150U);
  loop.set_host(back, {});
  const std::string limited = R"({"type":"error","error":{"type":"rate_limit_error","message":"Number of requests has exceeded your rate limit"}})";
  upstream.script = [&](const Seen&) { return Reply{answer(429, "", limited)}; };
  for (int i = 0; i < 10; ++i) {
    run(1100ms);
    ask(get("/v1/models"), 20ms);
  }
  EXPECT_GE(upstream.seen.size(), 10U);
  EXPECT_LE(worker->counters().upstream.retries.read(), 3U);
}

// Found by the simulation: behind an answer without a body nobody looked, and the rest of it answered the next request.
TEST_F(FailureTest, BytesBehindAnAnswerWithoutABodyAnswerNoOtherRequest) {
  open();
  const std::string unasked = answer(200, "", "unasked");
  for (const std::string& bytes : {std::string("HTTP/1.1 204 X\r\n\r\n"), answer(200, "", "")}) {
    upstream.script = [&](const Seen& seen) {
      if (seen.method == "DELETE") return Reply{bytes + unasked, Reply::Then::stay, {{30ms, unasked}}};
      return Reply{"", Reply::Then::stay, {{60ms, answer(200, "", "asked")}}};
    };
    Caller& client = dial();
    client.send("DELETE /v1/files/file_1 HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\n\r\n");
    run(10ms);
    client.send(get("/v1/models"));
    run(200ms);
    const auto all = answers_in(client.received, false, {"DELETE", "GET"});
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].body, "asked") << bytes;
  }
}

TEST_F(FailureTest, TheBreakerStopsAskingAndAsksAgain) {
  open();
  nobody_listens();
  for (int i = 0; i < limits::kBreakerFailures; ++i) ask(get("/v1/models"), 20ms);
  const auto dialled = [this] {
    run(limits::kSweep);
    return worker->counters().upstream.dialled.read();
  };
  const std::uint64_t before = dialled();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(get("/v1/models"), 10ms).status, 503);
  EXPECT_EQ(dialled(), before);
  run(limits::kBreakerPause);
  EXPECT_NE(dialled(), before + 1) << "nobody asked yet";
  EXPECT_EQ(ask(get("/v1/models"), 50ms).status, 502) << "one attempt, whose failure opens the breaker again";
  EXPECT_EQ(ask(get("/v1/models"), 50ms).status, 503);
  EXPECT_EQ(dialled(), before + 1);
}

// --- Time -------------------------------------------------------------------------------------------------------------------

TEST_F(FailureTest, SilenceWithinAStreamEndsIt) {
  open();
  upstream.script = [](const Seen&) { return Reply{stream_head() + chunked({event("ping", "")})}; };
  Caller& client = exchange(stream_request(), limits::kStreamSilence - 1s);
  EXPECT_EQ(content(client.received), event("ping", ""));
  EXPECT_FALSE(client.finished);
  run(2s);
  EXPECT_THAT(content(client.received), HasSubstr("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"timeout_error\""));
  EXPECT_TRUE(client.finished);
  EXPECT_FALSE(answers_in(client.received)[0].whole);
  run(1s);
  EXPECT_EQ(upstream.open, 0);
}

TEST_F(FailureTest, PingsKeepAStreamAlive) {
  open();
  Reply reply{stream_head()};
  for (int i = 0; i < 10; ++i) reply.later.emplace_back(100s, chunked({event("ping", "")}));
  reply.later.emplace_back(100s, "0\r\n\r\n");
  upstream.script = [&](const Seen&) { return reply; };
  Caller& client = exchange(stream_request(), 1200s);
  EXPECT_TRUE(answers_in(client.received).at(0).whole);
}

// Between a connection's accept and its opening a sweep may come: 250 of them, one each millisecond.
TEST_F(FailureTest, AConnectionIsNotGivenUpBeforeItOpens) {
  open();
  for (int i = 0; i < 250; ++i) {
    Stillborn stream(front);
    worker->on_accept(stream);
    run(1ms);
    EXPECT_EQ(stream.ended, 0) << i;
    stream.handler->on_closed(stream, {});
  }
}

// --- The client -------------------------------------------------------------------------------------------------------------

TEST_F(FailureTest, ASlowClientHoldsUpUpstreamAndNotTheMemory) {
  constexpr std::size_t kWindow = 64 * 1024;
  sim::HostBehaviour narrow;
  narrow.window = kWindow;
  loop.set_host(back, narrow);
  loop.set_host(front, narrow);
  open();
  const std::size_t size = 8 * 1024 * 1024;
  upstream.script = [&](const Seen&) { return Reply{answer(200, "", std::string(size, 'x'))}; };
  Caller& client = dial();
  client.stream->pause_reading();
  client.send(get("/v1/files/file_1/content"));
  run(5s);
  const std::size_t taken = size - upstream.unsent();
  EXPECT_LE(taken, limits::kClientBacklog + 4 * kWindow);
  run(limits::kClientStall - 10s);
  EXPECT_EQ(size - upstream.unsent(), taken);
  ASSERT_FALSE(client.closed);
  client.stream->resume_reading();
  run(30s);
  EXPECT_EQ(answers_in(client.received).at(0).body.size(), size);
}

TEST_F(FailureTest, AClientThatTakesNothingIsGivenUp) {
  sim::HostBehaviour narrow;
  narrow.window = 64 * 1024;
  loop.set_host(back, narrow);
  loop.set_host(front, narrow);
  open();
  upstream.script = [&](const Seen&) { return Reply{answer(200, "", std::string(8 * 1024 * 1024, 'x'))}; };
  Caller& client = dial();
  client.stream->pause_reading();
  client.send(get("/v1/files/file_1/content"));
  run(limits::kClientStall + 2s);
  EXPECT_TRUE(client.closed);
  EXPECT_EQ(upstream.open, 0);
}

// A client that takes its answer slowly is served for as long as that takes: upstream is not what is silent.
TEST_F(FailureTest, ASlowClientIsNotTakenForASilentUpstream) {
  sim::HostBehaviour narrow;
  narrow.window = 16 * 1024;
  loop.set_host(back, narrow);
  loop.set_host(front, narrow);
  open();
  const std::size_t size = 2 * 1024 * 1024;
  upstream.script = [&](const Seen&) { return Reply{answer(200, "", std::string(size, 'x'))}; };
  Caller& client = dial();
  client.stream->pause_reading();
  client.send(get("/v1/files/file_1/content"));
  for (int i = 0; i < 200 && client.stream != nullptr; ++i) {
    run(20s);
    if (client.stream != nullptr) client.stream->resume_reading();
    run(1ms);
    if (client.stream != nullptr) client.stream->pause_reading();
  }
  ASSERT_FALSE(client.received.empty());
  EXPECT_EQ(answers_in(client.received).at(0).body.size(), size);
}

TEST_F(FailureTest, AClientThatLeavesEndsTheRequestUpstreamAndPaysItsBound) {
  open();
  const std::string events = stream_of_message();
  upstream.script = [&](const Seen&) { return Reply{stream_head() + chunked({events.substr(0, events.find("event: message_delta"))})}; };
  Caller& client = exchange(stream_request(), 100ms);
  EXPECT_GT(account(key).held(), Money{});
  client.stream->abort();
  run(10ms);
  EXPECT_EQ(upstream.reset, 1);
  // 20 tokens of prompt as told, and max_tokens of output, which may have been written.
  EXPECT_EQ(account(key).spent(), prices.cost("claude-haiku-4-5", {.input = 20, .output = 100}));
  EXPECT_EQ(account(key).held(), Money{});
}

TEST_F(FailureTest, AClientThatLeavesBeforeTheAnswerPaysWhatWasHeld) {
  open();
  upstream.script = [](const Seen&) { return Reply{}; };
  Caller& client = exchange(stream_request(), 100ms);
  const Money held = account(key).held();
  EXPECT_GT(held, Money{});
  client.stream->finish();
  run(10ms);
  EXPECT_EQ(account(key).spent(), held);
  EXPECT_EQ(upstream.reset, 1);
}

// An error whose body breaks off is an error still: it costs nothing.
TEST_F(FailureTest, AnErrorThatBreaksOffCostsNothing) {
  open();
  upstream.script = [](const Seen&) { return Reply{"HTTP/1.1 400 Bad\r\ncontent-length: 100\r\n\r\n{", Reply::Then::finish}; };
  EXPECT_EQ(ask(post("/v1/messages", message_body())).status, 502);
  EXPECT_EQ(account(key).spent(), Money{});
}

// --- The operator -----------------------------------------------------------------------------------------------------------

TEST_F(FailureTest, RevokingAKeyCutsItsStreamsAndNoOthers) {
  open();
  const std::string other = make_key();
  upstream.script = [](const Seen&) { return Reply{stream_head() + chunked({event("ping", "")})}; };
  Caller& first = exchange(stream_request(), 100ms);
  const std::string mine = std::exchange(key, other);
  Caller& second = exchange(stream_request(), 100ms);
  key = mine;
  set_state(key, KeyState::revoked);
  run(10ms);
  EXPECT_TRUE(first.finished);
  EXPECT_THAT(content(first.received), HasSubstr("key_revoked"));
  EXPECT_FALSE(second.finished);
  EXPECT_EQ(content(second.received), event("ping", ""));
  EXPECT_EQ(ask(get("/v1/models")).error_code(), "key_revoked");
  upstream.script = nullptr;
}

TEST_F(FailureTest, ARequestUnderWayEndsWithTheSettingsItBeganWith) {
  open();
  upstream.script = [](const Seen&) {
    return Reply{stream_head() + chunked({event("ping", "")}), Reply::Then::stay, {{1s, chunked({event("message_stop", "")}) + "0\r\n\r\n"}}};
  };
  Caller& client = exchange(stream_request(), 100ms);
  worker->set_settings(std::shared_ptr<const Settings>(make_settings({"new"})));
  run(limits::kSweep + 50ms);
  EXPECT_EQ(ask(get("/v1/models"), 1500ms).status, 200);
  EXPECT_EQ(upstream.seen.at(0).one("x-api-key"), "fake-upstream-one");
  EXPECT_EQ(upstream.seen.at(1).one("x-api-key"), "fake-upstream-new");
  run(2s);
  EXPECT_TRUE(answers_in(client.received).at(0).whole);
  // The next request on the same connection is served by the new ones.
  client.send(get("/v1/models"));
  run(2s);
  EXPECT_EQ(upstream.seen.at(2).one("x-api-key"), "fake-upstream-new");
  run(limits::kIdleLink);
  EXPECT_LE(upstream.open, 1) << "links of the old settings end";
}

// A request whose head came under the old settings is judged by them to its end: its limits and its models.
TEST_F(FailureTest, TheLimitsOfARequestAreThoseItBeganWith) {
  open();
  const std::string whole = post("/v1/messages", message_body());
  const auto reload = [&](Money spend, std::vector<std::string> models) {
    auto settings = make_settings();
    settings->key_limits.spend = spend;
    settings->models = std::move(models);
    worker->set_settings(std::shared_ptr<const Settings>(std::move(settings)));
    run(limits::kSweep * 2);
  };
  Caller& before = exchange(whole.substr(0, whole.size() - 1), 10ms);
  reload(Money{1}, {"claude-opus"});
  before.send(whole.substr(whole.size() - 1));
  run(100ms);
  EXPECT_EQ(answers_in(before.received).at(0).status, 200) << before.received;
  EXPECT_EQ(ask(whole).error_code(), "model_not_allowed");
  reload(Money{1}, {});
  Caller& strict = exchange(whole.substr(0, whole.size() - 1), 10ms);
  reload({}, {});
  strict.send(whole.substr(whole.size() - 1));
  run(100ms);
  EXPECT_EQ(answers_in(strict.received).at(0).error_code(), "budget_spent") << strict.received;
}

// The gateway serves while the name of its new upstream is still looked up.
TEST_F(FailureTest, AReloadLosesNoRequest) {
  open();
  worker->set_settings(std::shared_ptr<const Settings>(make_settings({"new"})));
  EXPECT_EQ(ask(get("/v1/models")).status, 200);
}

TEST_F(FailureTest, ADrainEndsIdleConnectionsAndLetsStreamsEnd) {
  open();
  upstream.script = [](const Seen&) {
    return Reply{stream_head() + chunked({event("ping", "")}), Reply::Then::stay, {{5s, "0\r\n\r\n"}}};
  };
  Caller& idle = dial();
  Caller& busy = exchange(stream_request(), 100ms);
  Caller& torn = exchange(get("/v1/models").substr(0, 30), 100ms);
  bool done = false;
  worker->drain(60s, [&] { done = true; });
  run(10ms);
  EXPECT_TRUE(idle.finished);
  EXPECT_FALSE(busy.finished);
  torn.send(get("/v1/models").substr(30));
  run(1s);
  EXPECT_EQ(answers_in(torn.received).at(0).one("connection"), "close");
  EXPECT_FALSE(done);
  run(10s);
  EXPECT_TRUE(answers_in(busy.received).at(0).whole);
  EXPECT_TRUE(busy.finished);
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace locksmith::gateway
