// What is spent and what is held: exact where the answer tells it, never above a limit, on the credential that can be used.
#include <gmock/gmock.h>

#include <map>

#include "gateway/status.h"
#include "stage.h"

namespace locksmith::gateway {
namespace {

using model::ledger::Usage;

class AccountTest : public Stage {
 protected:
  // One request, answered by `reply`; what it cost.
  Money cost_of(const std::string& reply, const std::string& more = {}) {
    const Money before = account(key).spent();
    upstream.script = [&](const Seen&) { return Reply{reply}; };
    EXPECT_EQ(ask(post("/v1/messages", message_body(more)), 100ms).status, 200);
    EXPECT_EQ(account(key).held(), Money{});
    return account(key).spent() - before;
  }
  static std::string whole(const std::string& usage, const std::string& more = R"("content":[{"type":"text","text":"x"}],"stop_reason":"end_turn",)") {
    return answer(200, "content-type: application/json\r\n", R"({"id":"m","model":"claude-haiku-4-5",)" + more + R"("usage":)" + usage + "}");
  }
  static std::string start(const std::string& usage) {
    return event("message_start", R"("message":{"model":"claude-haiku-4-5","usage":)" + usage + "}");
  }
  static std::string delta(const std::string& reason, const std::string& usage) {
    return event("message_delta", R"("delta":{"stop_reason":")" + reason + R"("},"usage":)" + usage);
  }
  Money price(const Usage& usage, const std::string& model = "claude-haiku-4-5") { return prices.cost(model, usage); }
  static std::string error(int status, const std::string& type, const std::string& message, const std::string& fields = {}) {
    return answer(status, "content-type: application/json\r\n" + fields,
                  R"({"type":"error","error":{"type":")" + type + R"(","message":")" + message + "\"}}");
  }
};

TEST_F(AccountTest, AWholeAnswerCostsWhatItTells) {
  open();
  EXPECT_EQ(cost_of(whole(R"({"input_tokens":10,"output_tokens":20})")), price({.input = 10, .output = 20}));
  EXPECT_EQ(cost_of(whole(R"({"input_tokens":10,"output_tokens":20,"cache_read_input_tokens":1000,"cache_creation_input_tokens":300,
             "cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200}})")),
            price({.input = 10, .output = 20, .cache_write_5m = 100, .cache_write_1h = 200, .cache_read = 1000}));
  EXPECT_EQ(cost_of(whole(R"({"input_tokens":1,"output_tokens":2,"server_tool_use":{"web_search_requests":3}})")),
            price({.input = 1, .output = 2, .web_searches = 3}));
  EXPECT_EQ(cost_of(whole(R"({"input_tokens":10,"output_tokens":0})", R"("content":[],"stop_reason":"refusal",)")), Money{});
  EXPECT_EQ(cost_of(whole(R"({"input_tokens":9,"output_tokens":9,"iterations":[{"type":"message","input_tokens":5,"output_tokens":6},
             {"type":"message","model":"claude-opus-4-5","input_tokens":7,"output_tokens":8}]})")),
            price({.input = 5, .output = 6}) + price({.input = 7, .output = 8}, "claude-opus-4-5"));
}

// A network's login page stands where the API's answer should: the client sees it as it is, with its cause.
TEST_F(AccountTest, APageOrARedirectIsNoAnswerOfTheApiAndCostsNothing) {
  open();
  const std::string page = "<!DOCTYPE html><html><head><title>Guest network login</title></head><body>Accept the terms of use</body></html>";
  for (const std::string& reply : {answer(200, "content-type: text/html\r\n", page), answer(302, "content-type: text/html\r\nlocation: http://portal.example/\r\n", page)}) {
    upstream.script = [&](const Seen&) { return Reply{reply}; };
    const Got got = ask(post("/v1/messages", message_body("")), 100ms);
    EXPECT_EQ(got.status, reply.starts_with("HTTP/1.1 200") ? 200 : 302);
    EXPECT_EQ(got.body, page);
    EXPECT_EQ(got.one("x-locksmith-cause"), "dns_or_connectivity.captive_portal");
    EXPECT_EQ(account(key).spent(), Money{});
    EXPECT_EQ(account(key).held(), Money{});
  }
}

TEST_F(AccountTest, AStreamCostsItsLastCounts) {
  open();
  const std::string text = event("content_block_start", R"("index":0,"content_block":{"type":"text","text":""})");
  const auto cost = [&](const std::string& events) { return cost_of(stream_answer(events), R"("stream":true,)"); };
  EXPECT_EQ(cost(stream_of_message()), price({.input = 20, .output = 7}));
  EXPECT_EQ(cost(start(R"({"input_tokens":5,"cache_read_input_tokens":50,"output_tokens":1})") + text + delta("end_turn", R"({"output_tokens":30})") +
                 delta("end_turn", R"({"output_tokens":40,"input_tokens":6})") + event("message_stop", "")),
            price({.input = 6, .output = 40, .cache_read = 50}));
  EXPECT_EQ(cost(start(R"({"input_tokens":5,"output_tokens":1})") + delta("refusal", R"({"output_tokens":3})") + event("message_stop", "")), Money{});
  EXPECT_EQ(cost(start(R"({"input_tokens":5,"output_tokens":1})") + text + delta("refusal", R"({"output_tokens":3})") + event("message_stop", "")),
            price({.input = 5, .output = 3}));
  // Without its end the most that it can cost.
  EXPECT_EQ(cost(start(R"({"input_tokens":5,"output_tokens":1})") + text), price({.input = 5, .output = 100}));
}

TEST_F(AccountTest, ErrorsAndFreePathsCostNothing) {
  open();
  upstream.script = [](const Seen&) { return Reply{error(529, "overloaded_error", "Overloaded")}; };
  EXPECT_EQ(ask(post("/v1/messages", message_body())).status, 529);
  upstream.script = nullptr;
  EXPECT_EQ(ask(post("/v1/messages/count_tokens", message_body())).status, 200);
  EXPECT_EQ(ask(get("/v1/models")).status, 200);
  EXPECT_EQ(account(key).spent(), Money{});
}

// Found by the simulation: the second request took the first one's usage for its own, and was spent too low.
TEST_F(AccountTest, ARequestWithoutAnAnswerKnowsNothingOfTheOneBeforeIt) {
  open();
  upstream.script = [&](const Seen& seen) {
    if (seen.number == 0) return Reply{whole(R"({"input_tokens":1,"output_tokens":2})")};
    return Reply{"HTTP/1.1 200", Reply::Then::reset};
  };
  Caller& client = dial();
  client.send(post("/v1/messages", message_body()));
  run(100ms);
  const Money first = account(key).spent();
  EXPECT_EQ(first, price({.input = 1, .output = 2}));
  client.send(post("/v1/messages", message_body()));
  run(100ms);
  EXPECT_EQ(answers_in(client.received).at(1).error_code(), "upstream_closed");
  EXPECT_GE((account(key).spent() - first).nano_usd, price({.input = 10, .output = 100}).nano_usd) << "it may have been executed";
  const std::string line = log_lines().back();
  EXPECT_EQ(line.find("tokens_in"), std::string::npos) << line;
}

// Two hundred at once against a limit that has room for a few: what is spent and held never passes it, and those who wait for
// what comes free use it up.
TEST_F(AccountTest, ManyAtOnceNeverPassTheSpendLimit) {
  auto settings = make_settings();
  const Money limit = price({.input = 60'000, .output = 1000});
  settings->key_limits.spend = limit;
  open(std::move(settings));
  int served = 0;
  bool passed = false;
  upstream.script = [&](const Seen&) {
    ++served;
    passed |= account(key).spent() + account(key).held() > limit;
    return Reply{"", Reply::Then::stay, {{std::chrono::milliseconds(served % 7), whole(R"({"input_tokens":500,"output_tokens":100})")}}};
  };
  std::vector<Caller*> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(&dial());
  for (Caller* client : clients) client->send(post("/v1/messages", message_body()));
  run(5s);
  std::map<int, int> statuses;
  for (Caller* client : clients) ++statuses[answers_in(client->received).at(0).status];
  EXPECT_FALSE(passed);
  EXPECT_LE(account(key).spent(), limit);
  EXPECT_EQ(statuses[200], served);
  EXPECT_EQ(statuses[200] + statuses[429], 200);
  EXPECT_GT(served, 1);
  EXPECT_GT(statuses[429], 1);
  EXPECT_EQ(account(key).spent(), Money{price({.input = 500, .output = 100}).nano_usd * served});
  EXPECT_GE(account(key).spent().nano_usd, limit.nano_usd * 95 / 100);
  EXPECT_EQ(account(key).held(), Money{});
}

TEST_F(AccountTest, ConcurrencyAndRateHoldExactly) {
  auto settings = make_settings();
  settings->key_limits.concurrent = 5;
  settings->key_limits.requests = model::limit::rate_of(600, 1min, 20);
  open(std::move(settings));
  int most = 0;
  upstream.script = [&](const Seen&) {
    most = std::max(most, static_cast<int>(account(key).in_flight()));
    return Reply{"", Reply::Then::stay, {{20ms, answer(200, "", "ok")}}};
  };
  std::vector<Caller*> clients;
  for (int i = 0; i < 50; ++i) clients.push_back(&dial());
  run(1s);
  for (Caller* client : clients) client->send(get("/v1/models"));
  run(1s);
  std::map<std::string, int> codes;
  for (Caller* client : clients) {
    const Got got = answers_in(client->received).at(0);
    ++codes[got.status == 200 ? "ok" : got.error_code()];
  }
  EXPECT_EQ(codes["ok"], 5);
  EXPECT_EQ(most, 5);
  EXPECT_EQ(codes["ok"] + codes["concurrency_limit_reached"] + codes["rate_limit_reached"], 50);
  // One after another: the burst, then one each 100 ms.
  run(10s);
  int ok = 0;
  for (int i = 0; i < 60; ++i) ok += ask(get("/v1/models"), 30ms).status == 200 ? 1 : 0;
  EXPECT_GE(ok, 20);
  EXPECT_LE(ok, 20 + 60 * 45 / 100 + 1);
}

// --- Which credential ---------------------------------------------------------------------------------------------------------

TEST_F(AccountTest, WhatOneCredentialIsRefusedForAnotherServes) {
  struct Case {
    int status;
    std::string type, message;
  };
  const std::array cases{
      Case{429, "rate_limit_error", "This request would exceed your organization's rate limit of 50 requests per minute"},
      Case{401, "authentication_error", "invalid x-api-key"},
      Case{400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."},
      Case{403, "permission_error", "OAuth authentication is currently not allowed for this organization."},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.message);
    if (worker) worker->set_settings(std::shared_ptr<const Settings>(make_settings({"one", "two"})));
    if (!worker) open(make_settings({"one", "two"}));
    run(2min);  // whatever rests is awake again
    upstream.script = nullptr;
    for (int i = 0; i < 20; ++i) ask(get("/v1/models"), 20ms);  // fills the retry budget
    const std::string first = upstream.seen.back().one("x-api-key");
    upstream.seen.clear();
    upstream.script = [&](const Seen& seen) {
      return seen.one("x-api-key") == first ? Reply{error(each.status, each.type, each.message)} : Reply{answer(200, "", "other")};
    };
    EXPECT_EQ(ask(post("/v1/messages", message_body()), 100ms).body, "other");
    ASSERT_EQ(upstream.seen.size(), 2U);
    EXPECT_NE(upstream.seen[1].one("x-api-key"), first);
    EXPECT_EQ(upstream.seen[0].body, upstream.seen[1].body);
    // While the first rests it is not asked, a reload between or not.
    EXPECT_EQ(ask(post("/v1/messages", message_body()), 100ms).body, "other");
    EXPECT_EQ(upstream.seen.size(), 3U);
    worker->set_settings(std::shared_ptr<const Settings>(make_settings({"one", "two"})));
    run(500ms);
    EXPECT_EQ(ask(post("/v1/messages", message_body()), 100ms).body, "other");
    EXPECT_EQ(upstream.seen.size(), 4U) << "the same credential is no better for a reload";
  }
}

// A tenant may ask for what no credential here may do. That is no reason to take the credentials from the others.
TEST_F(AccountTest, AForbiddenRequestTakesNoCredentialFromTheOthers) {
  open(make_settings({"one", "two"}));
  upstream.script = [&](const Seen& seen) {
    if (seen.body.find("forbidden") == std::string::npos) return Reply{answer(200, "", seen.one("x-api-key").substr(std::string("fake-upstream-").size()))};
    return Reply{error(403, "permission_error", "Your API key does not have permission to use the specified resource.")};
  };
  for (int i = 0; i < 20; ++i) ask(get("/v1/models"), 20ms);  // fills the retry budget
  const std::string mine = ask(get("/v1/models"), 20ms).body;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(post("/v1/messages", R"({"model":"forbidden","max_tokens":1,"messages":[]})")).status, 403);
  EXPECT_EQ(ask(get("/v1/models"), 20ms).body, mine) << "the session's own credential still";
  for (const CredentialStatus& credential : status_of(*worker).credentials) {
    EXPECT_FALSE(credential.fails()) << credential.name;
    EXPECT_EQ(credential.rests, Duration::zero()) << credential.name;
  }
}

TEST_F(AccountTest, WhatIsTheRequestsOwnFaultIsNotTriedElsewhere) {
  open(make_settings({"one", "two"}));
  for (int i = 0; i < 20; ++i) ask(get("/v1/models"), 20ms);
  for (const auto& [status, type] : {std::pair{400, "invalid_request_error"}, {404, "not_found_error"}, {529, "overloaded_error"}, {500, "api_error"}}) {
    upstream.seen.clear();
    upstream.script = [&](const Seen&) { return Reply{error(status, type, "messages: at least one message is required")}; };
    EXPECT_EQ(ask(post("/v1/messages", message_body())).status, status);
    EXPECT_EQ(upstream.seen.size(), 1U) << type;
  }
}

TEST_F(AccountTest, CredentialsOfOneOrganizationShareItsLimits) {
  auto settings = make_settings({"one", "two"});
  settings->credentials[0].organization = settings->credentials[1].organization = "same";
  open(std::move(settings));
  for (int i = 0; i < 20; ++i) ask(get("/v1/models"), 20ms);
  upstream.seen.clear();
  upstream.script = [&](const Seen&) {
    return Reply{error(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.")};
  };
  EXPECT_EQ(ask(post("/v1/messages", message_body())).status, 400);
  EXPECT_EQ(upstream.seen.size(), 1U) << "the other one has the same balance";
}

TEST_F(AccountTest, ASessionStaysOnItsCredentialAndSessionsSpread) {
  open(make_settings({"one", "two", "three"}));
  std::map<std::string, std::string> of_session;
  std::map<std::string, int> uses;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 60; ++i) {
      const std::string session = "session-" + std::to_string(i);
      upstream.seen.clear();
      ask(get("/v1/models", "X-Claude-Code-Session-Id: " + session + "\r\n"), 20ms);
      const std::string used = upstream.seen.at(0).one("x-api-key");
      if (round == 0) of_session[session] = used;
      EXPECT_EQ(of_session[session], used);
      ++uses[used];
    }
  }
  EXPECT_EQ(uses.size(), 3U);
  for (const auto& [name, count] : uses) EXPECT_GT(count, 20) << name;
}

}  // namespace
}  // namespace locksmith::gateway
