// What is held and what is spent are two things: who waits, who is refused, what a client that leaves costs, and a hold that grows
// with its stream.
#include <gmock/gmock.h>

#include "stage.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kModel = "claude-opus-5-5";

std::string asked(std::int64_t max_tokens, const std::string& more = R"("stream":true,)") {
  return R"({"model":"claude-opus-5-5","max_tokens":)" + std::to_string(max_tokens) + "," + more + R"("messages":[{"role":"user","content":"hi"}]})";
}
std::string head_of_stream() { return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"; }
std::string chunk(const std::string& bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}
std::string start(std::int64_t input) {
  return event("message_start", R"("message":{"model":"claude-opus-5-5","usage":{"input_tokens":)" + std::to_string(input) + R"(,"output_tokens":1}})") +
         event("content_block_start", R"("index":0,"content_block":{"type":"text","text":""})");
}
std::string text(std::size_t bytes) {
  return event("content_block_delta", R"("index":0,"delta":{"type":"text_delta","text":")" + std::string(bytes, 'x') + "\"}");
}
std::string end(std::int64_t output) {
  return event("message_delta", R"("delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":)" + std::to_string(output) + "}") + event("message_stop", "");
}

class MoneyTest : public Stage {
 protected:
  void open_with(Money limit, OnLimit on_limit = OnLimit::refuse, OnDisconnect on_disconnect = OnDisconnect::close) {
    auto settings = make_settings();
    settings->key_limits.spend = limit;
    settings->on_limit = on_limit;
    settings->on_disconnect = on_disconnect;
    open(std::move(settings));
  }
  Money cost(std::int64_t input, std::int64_t output) { return prices.cost(kModel, {.input = input, .output = output}); }
  // A stream of text, so many bytes each 10 ms, that tells at its end so many tokens.
  static Reply stream(std::int64_t input, int pieces, std::size_t bytes, std::int64_t output) {
    Reply reply{head_of_stream() + chunk(start(input))};
    for (int i = 0; i < pieces; ++i) reply.later.emplace_back(10ms, chunk(text(bytes)));
    reply.later.emplace_back(10ms, chunk(end(output)) + "0\r\n\r\n");
    return reply;
  }
};

// --- Held and spent ------------------------------------------------------------------------------------------------------------

TEST_F(MoneyTest, ARequestWaitsForMoneyThatComesFree) {
  open_with(dollars(3));
  upstream.script = [&](const Seen&) { return stream(10, 100, 20, 200); };
  Caller& first = dial();
  first.send(post("/v1/messages", asked(128'000)));
  run(100ms);
  Caller& second = dial();
  second.send(post("/v1/messages", asked(128'000)));
  run(500ms);
  EXPECT_EQ(second.received, "");
  EXPECT_EQ(upstream.seen.size(), 1U);
  run(5s);
  EXPECT_THAT(first.received, HasSubstr("message_stop"));
  EXPECT_THAT(second.received, HasSubstr("message_stop"));
  EXPECT_EQ(account(key).spent(), cost(20, 400));
}

TEST_F(MoneyTest, ARefusalSaysWhatIsHeldSpentAndAllowed) {
  open_with(dollars(3));
  upstream.script = [&](const Seen&) { return Reply{}; };
  Caller& first = exchange(post("/v1/messages", asked(128'000, "")), 100ms);
  const Got held = ask(post("/v1/messages", asked(128'000)), limits::kMoneyWait + 1s);
  EXPECT_EQ(held.error_code(), "budget_held");
  EXPECT_EQ(held.one("x-should-retry"), "true");
  EXPECT_EQ(held.one("retry-after"), "5");
  EXPECT_THAT(held.body, HasSubstr("hold $2.8208"));
  EXPECT_THAT(held.body, HasSubstr("spent $0.000000, held $2.8208"));
  EXPECT_THAT(held.body, HasSubstr("limit $3.000000, in USD"));
  first.stream->abort();
  run(100ms);
  const Got spent = ask(post("/v1/messages", asked(128'000)), 100ms);
  EXPECT_EQ(spent.error_code(), "budget_spent");
  EXPECT_EQ(spent.one("x-should-retry"), "false");
  EXPECT_THAT(spent.body, HasSubstr("held $0.000000"));
  EXPECT_EQ(upstream.seen.size(), 1U);
  // What costs nothing needs no room.
  upstream.script = nullptr;
  EXPECT_EQ(ask(post("/v1/messages/count_tokens", asked(1))).status, 200);
}

TEST_F(MoneyTest, WhoWaitsForMoneyCanLeaveAndCanBeRevoked) {
  open_with(dollars(3));
  upstream.script = [&](const Seen&) { return Reply{}; };
  Caller& first = exchange(post("/v1/messages", asked(128'000)), 100ms);
  Caller& leaves = exchange(post("/v1/messages", asked(128'000)), 100ms);
  EXPECT_EQ(worker->money_queue().size(), 1U);
  leaves.stream->abort();
  run(100ms);
  EXPECT_EQ(worker->money_queue().size(), 0U);
  Caller& revoked = exchange(post("/v1/messages", asked(128'000)), 100ms);
  set_state(key, model::tenant::KeyState::revoked);
  run(100ms);
  EXPECT_EQ(answers_in(revoked.received).at(0).error_code(), "key_revoked");
  EXPECT_EQ(worker->money_queue().size(), 0U);
  first.stream->abort();
}

TEST_F(MoneyTest, OnlySoManyWait) {
  open_with(dollars(3));
  upstream.script = [&](const Seen&) { return Reply{}; };
  exchange(post("/v1/messages", asked(128'000)), 100ms);
  for (std::size_t i = 0; i < limits::kMoneyWaiters; ++i) dial().send(post("/v1/messages", asked(128'000)));
  run(50ms);
  EXPECT_EQ(worker->money_queue().size(), limits::kMoneyWaiters);
  EXPECT_EQ(ask(post("/v1/messages", asked(128'000)), 100ms).error_code(), "budget_held");
}

// --- A client that leaves ------------------------------------------------------------------------------------------------------

TEST_F(MoneyTest, AStreamThatIsStoppedCostsWhatCameAndAMargin) {
  open_with(dollars(100));
  upstream.script = [&](const Seen&) { return stream(10, 1000, 27, 9000); };
  Money before{};
  for (int i = 0; i < 40; ++i) {
    Caller& client = exchange(post("/v1/messages", asked(128'000)), 1s);
    ASSERT_GT(client.received.size(), 2700U);
    client.stream->abort();
    run(20ms);
    const Money spent = account(key).spent() - before;
    before = account(key).spent();
    EXPECT_GE(spent, cost(10, 90 * 27));
    EXPECT_LE(spent, cost(10, 100 * 35 + limits::kUnseenOutput));
  }
  EXPECT_LT(account(key).spent(), dollars(5));
  EXPECT_EQ(upstream.reset, 40) << "nothing more is written for nobody";
  EXPECT_THAT(log_lines().back(), HasSubstr("by_bound"));
}

TEST_F(MoneyTest, AClientThatLeavesBeforeAByteCostsItsPromptAndTheTime) {
  open_with(dollars(100));
  upstream.script = [&](const Seen&) { return Reply{}; };
  exchange(post("/v1/messages", asked(128'000)), 2s).stream->abort();
  run(20ms);
  EXPECT_GE(account(key).spent(), cost(10, 2 * limits::kFastestOutput));
  EXPECT_LE(account(key).spent().nano_usd, cost(1200, 3 * limits::kFastestOutput + limits::kUnseenOutput).nano_usd * 11 / 10);
  // One that is no stream: nothing is told until its end, and nobody knows whether the API notices.
  const Money before = account(key).spent();
  exchange(post("/v1/messages", asked(128'000, "")), 2s).stream->abort();
  run(20ms);
  EXPECT_GT(account(key).spent() - before, cost(10, 128'000));
}

// What is paused is written all the same, and is not here.
TEST_F(MoneyTest, AStreamThatWasPausedIsNotJudgedByWhatCame) {
  open_with(dollars(100));
  upstream.script = [&](const Seen&) {
    Reply reply{head_of_stream() + chunk(start(10))};
    for (int i = 0; i < 20; ++i) reply.later.emplace_back(1ms, chunk(text(60'000)));
    return reply;
  };
  Caller& client = dial();
  client.stream->pause_reading();
  client.send(post("/v1/messages", asked(128'000)));
  run(20s);
  client.stream->abort();
  run(20ms);
  EXPECT_EQ(account(key).spent(), cost(10, 128'000));
}

TEST_F(MoneyTest, AnAnswerThatIsDrainedCostsWhatItTells) {
  open_with(dollars(100), OnLimit::refuse, OnDisconnect::drain);
  upstream.script = [&](const Seen&) { return stream(10, 300, 27, 1234); };
  for (const Duration after : {Duration(1s), Duration(20ms)}) {
    const Money before = account(key).spent();
    exchange(post("/v1/messages", asked(128'000)), after).stream->abort();
    run(100ms);
    EXPECT_EQ(account(key).spent(), before) << "not settled before its end";
    run(5s);
    EXPECT_EQ(account(key).spent() - before, cost(10, 1234));
  }
  // Also one whose head had not come, and one that is no stream.
  upstream.script = [&](const Seen&) {
    return Reply{"", Reply::Then::stay, {{1s, answer(200, "content-type: application/json\r\n",
                                                     R"({"model":"claude-opus-5-5","content":[{}],"usage":{"input_tokens":10,"output_tokens":7}})")}}};
  };
  const Money before = account(key).spent();
  exchange(post("/v1/messages", asked(128'000, "")), 100ms).stream->abort();
  run(3s);
  EXPECT_EQ(account(key).spent() - before, cost(10, 7));
  EXPECT_EQ(upstream.reset, 0);
  EXPECT_THAT(log_lines().back(), Not(HasSubstr("by_bound")));
  EXPECT_EQ(worker->drained().size(), 0U);
}

TEST_F(MoneyTest, WhatIsDrainedIsBoundedInTimeAndNumber) {
  open_with(dollars(10'000), OnLimit::refuse, OnDisconnect::drain);
  upstream.script = [&](const Seen&) { return Reply{head_of_stream() + chunk(start(10) + text(50))}; };
  for (std::size_t i = 0; i < limits::kDrained + 10; ++i) exchange(post("/v1/messages", asked(128'000)), 10ms).stream->abort();
  run(100ms);
  EXPECT_EQ(worker->drained().size(), limits::kDrained);
  EXPECT_EQ(upstream.reset, 10);
  run(limits::kDrainedFor + 1s);
  EXPECT_EQ(worker->drained().size(), 0U);
  EXPECT_EQ(account(key).held(), Money{});
  EXPECT_LT(account(key).spent(), dollars(30));
}

// --- A hold that grows ---------------------------------------------------------------------------------------------------------

TEST_F(MoneyTest, AStreamIsCutWhereTheLimitIs) {
  const Money limit{200'000'000};
  open_with(limit, OnLimit::cut);
  upstream.script = [&](const Seen&) { return stream(10, 2000, 100, 60'000); };
  Caller& client = exchange(post("/v1/messages", asked(128'000)), 30s);
  EXPECT_THAT(client.received, HasSubstr("event: error\ndata: "));
  EXPECT_THAT(client.received, HasSubstr("\"error_code\":\"budget_cut\""));
  EXPECT_THAT(client.received, HasSubstr("limit $0.200000"));
  EXPECT_THAT(client.received, Not(HasSubstr("message_stop")));
  EXPECT_EQ(upstream.reset, 1);
  EXPECT_LE(account(key).spent(), limit + cost(0, limits::kSlice + 200));
  EXPECT_GE(account(key).spent().nano_usd, limit.nano_usd * 8 / 10);
  EXPECT_EQ(account(key).held(), Money{});
  EXPECT_THAT(log_lines().back(), HasSubstr("\"cause\":\"spend_limit.gateway_cut\""));
  EXPECT_EQ(ask(post("/v1/messages", asked(128'000))).error_code(), "budget_spent");
}

TEST_F(MoneyTest, AHundredAgentsFitWhereTheWorstCaseLetsTwoIn) {
  const auto served = [&](OnLimit on_limit) {
    upstream.script = [&](const Seen&) { return stream(400, 100, 10, 300); };
    std::vector<Caller*> clients;
    for (int i = 0; i < 100; ++i) clients.push_back(&dial());
    const std::size_t before = upstream.seen.size();
    for (Caller* client : clients) client->send(post("/v1/messages", asked(128'000)));
    run(500ms);
    const std::size_t at_once = upstream.seen.size() - before;
    run(3s);
    if (on_limit == OnLimit::cut) {
      for (Caller* client : clients) EXPECT_THAT(client->received, HasSubstr("message_stop"));
    }
    for (Caller* client : clients) client->stream->abort();
    run(100ms);
    return at_once;
  };
  open_with(dollars(7), OnLimit::cut);
  EXPECT_EQ(served(OnLimit::cut), 100U);
  EXPECT_EQ(account(key).spent().nano_usd, cost(400, 300).nano_usd * 100);
  auto settings = make_settings();
  settings->key_limits.spend = dollars(7);
  worker->set_settings(std::move(settings));
  run(1s);
  EXPECT_EQ(served(OnLimit::refuse), 2U);
}

TEST_F(MoneyTest, WhatIsNoStreamIsHeldInFullAlsoWithCut) {
  open_with(dollars(1), OnLimit::cut);
  EXPECT_EQ(ask(post("/v1/messages", asked(128'000, ""))).error_code(), "budget_spent");
  EXPECT_EQ(ask(post("/v1/messages", asked(128'000, R"("stream":true,"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":1}],)"))).error_code(), "budget_spent");
  EXPECT_EQ(upstream.seen.size(), 0U);
}

}  // namespace
}  // namespace locksmith::gateway
