// The policy against a client that means to walk around it: paths, models, bodies and credentials in every spelling that
// somebody behind the gateway might understand.
#include <gmock/gmock.h>

#include "stage.h"

namespace locksmith::gateway {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PolicyTest : public Stage {
 protected:
  // One model only, and a limit that lets nothing through: what is judged is refused, so what goes out was not judged.
  void open_strict() {
    auto settings = make_settings();
    settings->models = {"claude-haiku"};
    settings->key_limits.spend = Money{1};
    open(std::move(settings));
  }
  std::string request(const std::string& start, const std::string& fields, const std::string& body) {
    return start + " HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\n" + fields + "content-length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

TEST_F(PolicyTest, WhatIsForwardedIsWhatWasJudged) {
  open();
  for (const std::string target : {"/v1/messages", "/v1/messages?beta=true", "/v1/messages/?beta=true&x=%2F..%2f", "/v1/messages/count_tokens?a=//b"}) {
    upstream.seen.clear();
    EXPECT_EQ(ask(request("POST " + target, "", message_body())).status, 200) << target;
    ASSERT_EQ(upstream.seen.size(), 1U) << target;
    EXPECT_EQ(upstream.seen[0].target, target);
  }
}

TEST_F(PolicyTest, AnotherSpellingOfAPathGoesNowhere) {
  open_strict();
  for (const std::string path :
       {"/v1/%6dessages", "/v1/mess%61ges", "/%761/messages", "/v1/Messages", "/V1/messages", "/v1/messages;a", "/v1;a/messages", "//v1/messages",
        "/v1//messages", "/v1/./messages", "/v1/x/../messages", "/v1\\messages", "/v1/messages%20", "/v1/messages.", "/v1/%6frganizations/api_keys",
        "/v1/Organizations/me", "/v1/organizations;a/me", "/v1/organizations/me", "/v1/ORGANIZATIONS", "/v1/chat/completions", "/v1/messages/other",
        "http://api.test/v1/organizations/me"}) {
    for (const char* const method : {"GET ", "POST "}) {
      const Got got = ask(request(method + path, "content-type: text/plain\r\n", message_body()), 50ms);
      EXPECT_THAT(got.status, testing::AnyOf(400, 403, 404, 405, 429)) << path;
    }
  }
  EXPECT_THAT(upstream.seen, IsEmpty());
  EXPECT_EQ(account(key).spent(), Money{});
}

TEST_F(PolicyTest, ABodyIsReadWhateverItsTypeIsSaidToBe) {
  open_strict();
  for (const std::string type : {"", "content-type: text/plain\r\n", "content-type: application/x-www-form-urlencoded\r\n", "content-type: APPLICATION/JSON\r\n",
                                 "content-type: multipart/form-data; boundary=x\r\n", "content-type: application/octet-stream\r\n"}) {
    for (const std::string path : {"/v1/messages", "/v1/complete", "/v1/messages/batches"}) {
      const std::string one = R"({"model":"claude-opus-5","max_tokens":9,"max_tokens_to_sample":9,"messages":[]})";
      const std::string body = path == "/v1/messages/batches" ? R"({"requests":[{"custom_id":"a","params":)" + one + "}]}" : one;
      EXPECT_EQ(ask(request("POST " + path, type, body), 50ms).error_code(), "model_not_allowed") << type << path;
    }
  }
  EXPECT_THAT(upstream.seen, IsEmpty());
}

// What the settings list goes out, and a body that names a model is judged there too.
TEST_F(PolicyTest, AListedPathIsForwardedAndItsModelsAreJudged) {
  auto settings = make_settings();
  settings->endpoints = {"/v1/skills"};
  settings->models = {"claude-haiku"};
  open(std::move(settings));
  EXPECT_EQ(ask(get("/v1/skills/s1?limit=1"), 50ms).status, 200);
  EXPECT_EQ(ask(request("POST /v1/skills", "content-type: multipart/form-data; boundary=x\r\n", "--x\r\n\r\n--x--\r\n"), 50ms).status, 200);
  EXPECT_EQ(upstream.seen.at(1).body, "--x\r\n\r\n--x--\r\n");
  EXPECT_EQ(ask(request("POST /v1/skills", "", R"({"model":"claude-opus-5"})"), 50ms).error_code(), "model_not_allowed");
  EXPECT_EQ(upstream.seen.size(), 2U);
}

TEST_F(PolicyTest, AnEncodedKeyInTheUrlOrAFieldIsRefusedAndNotLogged) {
  open();
  std::string encoded = key;
  encoded.replace(3, 1, "%5f");
  for (const std::string& bytes :
       {get("/v1/models/" + encoded), get("/v1/models?key=" + encoded), get("/v1/models", "x-note: " + encoded + "\r\n"), get("/v1/models", key + ": x\r\n")}) {
    EXPECT_EQ(ask(bytes, 50ms).error_code(), "key_in_other_field") << bytes;
  }
  EXPECT_THAT(upstream.seen, IsEmpty());
  log_lines();
  EXPECT_THAT(log, Not(HasSubstr(key.substr(4, 12))));
  worker->witness().for_each_kept([&](const Failed& failed) { EXPECT_THAT(failed.path, Not(HasSubstr(key.substr(4, 12)))); });
}

// --- What is not understood is not free ---------------------------------------------------------------------------------------

TEST_F(PolicyTest, AnAnswerWhoseUsageIsNotUnderstoodCostsItsHold) {
  open();
  const auto spent_by = [&](const std::string& reply, Reply::Then then = Reply::Then::stay) {
    const Money before = account(key).spent();
    upstream.script = [&](const Seen&) { return Reply{reply, then}; };
    ask(post("/v1/messages", message_body()), 100ms);
    EXPECT_EQ(account(key).held(), Money{});
    return account(key).spent() - before;
  };
  const Money hold = spent_by("", Reply::Then::finish);  // executed or not, nobody knows
  ASSERT_GT(hold, Money{});
  std::vector<std::string> usages{"", R"("usage":null,)", R"("usage":{},)", R"("usage":[],)", R"("usage":"1",)", R"("usage":{"prompt_tokens":5,"completion_tokens":5},)"};
  for (const std::string count : {"\"5\"", "5.5", "-5", "true", "[]", "{}", "1e99", "null"}) {
    usages.push_back(R"("usage":{"input_tokens":)" + count + R"(,"output_tokens":5},)");
    usages.push_back(R"("usage":{"input_tokens":5,"output_tokens":)" + count + "},");
    if (count == "null") continue;  // not told, which is fine for these
    usages.push_back(R"("usage":{"input_tokens":5,"output_tokens":5,"cache_read_input_tokens":)" + count + "},");
    usages.push_back(R"("usage":{"input_tokens":5,"output_tokens":5,"cache_creation_input_tokens":)" + count + "},");
    if (count != "[]" && count != "{}" && count != "true") {
      usages.push_back(R"("usage":{"input_tokens":5,"output_tokens":5,"server_tool_use":{"web_search_requests":)" + count + "}},");
    }
    usages.push_back(R"("usage":{"input_tokens":5,"output_tokens":5,"iterations":[{"type":"message","input_tokens":1,"output_tokens":)" + count + "}]},");
  }
  usages.push_back(R"("usage":{"input_tokens":5,"output_tokens":5,"iterations":[{"type":"unheard","input_tokens":1,"output_tokens":1}]},)");
  for (const std::string part : {"server_tool_use", "cache_creation", "iterations"}) {
    for (const std::string wrong : {"5", "\"x\"", "true"}) usages.push_back(R"("usage":{"input_tokens":5,"output_tokens":5,")" + part + "\":" + wrong + "},");
  }
  for (const std::string& usage : usages) {
    const std::string whole = R"({"id":"m","model":"claude-haiku-4-5",)" + usage + R"("content":[{"type":"text","text":"x"}],"stop_reason":"end_turn"})";
    EXPECT_EQ(spent_by(answer(200, "content-type: application/json\r\n", whole)), hold) << usage;
    const std::string member = usage.empty() ? "" : "," + usage.substr(0, usage.size() - 1);
    EXPECT_EQ(spent_by(stream_answer(event("message_start", R"("message":{"model":"claude-haiku-4-5")" + member + "}") +
                                     event("message_delta", R"("delta":{"stop_reason":"end_turn"})" + member) + event("message_stop", R"("x":1)"))),
              hold)
        << usage;
  }
  EXPECT_EQ(spent_by(answer(200, "content-type: text/plain\r\n", "some words")), hold);
  EXPECT_EQ(spent_by(answer(204, "", "")), hold);
  EXPECT_LT(spent_by(answer(200, "content-type: application/json\r\n", R"({"model":"claude-haiku-4-5","content":[{}],"usage":{"input_tokens":5,"output_tokens":5}})")), hold);
}

// Counts may come at the beginning, at the end, or in both; none of them is added twice, and one that is not told is not zero.
TEST_F(PolicyTest, AStreamsCountsMayComeInEitherEvent) {
  open();
  const auto spent_by = [&](const std::string& begin, const std::string& end) {
    const Money before = account(key).spent();
    upstream.script = [&](const Seen&) {
      return Reply{stream_answer(event("message_start", R"("message":{"model":"claude-haiku-4-5")" + begin + "}") +
                                 event("content_block_start", R"("index":0)") + event("message_delta", R"("delta":{"stop_reason":"end_turn"})" + end) +
                                 event("message_stop", R"("x":1)"))};
    };
    ask(post("/v1/messages", message_body()), 100ms);
    return account(key).spent() - before;
  };
  const Money cost = prices.cost("claude-haiku-4-5", {.input = 9, .output = 16, .cache_write_5m = 5, .cache_read = 2});
  const std::string all = R"(,"usage":{"input_tokens":9,"cache_creation_input_tokens":5,"cache_read_input_tokens":2,"output_tokens":16})";
  EXPECT_EQ(spent_by(all, R"(,"usage":{"output_tokens":16})"), cost);
  EXPECT_EQ(spent_by(all, all), cost);
  EXPECT_EQ(spent_by("", all), cost);
  EXPECT_EQ(spent_by(all, R"(,"usage":{"input_tokens":null,"cache_read_input_tokens":null,"output_tokens":16})"), cost);
}

TEST_F(PolicyTest, FastModeIsBilledAsItWasServed) {
  open();
  const auto spent_by = [&](const std::string& speed) {
    const Money before = account(key).spent();
    upstream.script = [&](const Seen&) {
      return Reply{answer(200, "content-type: application/json\r\n",
                          R"({"model":"claude-opus-4-6","content":[{}],"usage":{"input_tokens":10,"output_tokens":10)" + speed + "}}")};
    };
    ask(post("/v1/messages", R"({"model":"claude-opus-4-6","max_tokens":10,"speed":"fast","messages":[]})"), 100ms);
    return account(key).spent() - before;
  };
  const Money plain = prices.cost("claude-opus-4-6", {.input = 10, .output = 10});
  EXPECT_EQ(spent_by(""), plain);
  EXPECT_EQ(spent_by(R"(,"speed":"standard")"), plain);
  EXPECT_EQ(spent_by(R"(,"speed":"fast")"), Money{plain.nano_usd * 6});
}

// Many at once of the dearest kind: what upstream bills stays within the limit.
TEST_F(PolicyTest, ALimitHoldsAgainstServerToolsSideBySide) {
  auto settings = make_settings();
  settings->key_limits.spend = Money{20'000'000'000};
  open(std::move(settings));
  Money billed{};
  upstream.script = [&](const Seen&) {
    // Five searches, each of which fills the context window.
    const model::ledger::Usage usage{.input = 5'000'000, .output = 500, .web_searches = 5};
    billed += prices.cost("claude-haiku-4-5", usage);
    return Reply{answer(200, "content-type: application/json\r\n",
                        R"({"model":"claude-haiku-4-5","content":[{}],"usage":{"input_tokens":5000000,"output_tokens":500,"server_tool_use":{"web_search_requests":5}}})")};
  };
  const std::string body = message_body(R"("tools":[{"type":"web_search_20250305","name":"web_search","max_uses":5}],)");
  for (int i = 0; i < 200; ++i) dial().send(post("/v1/messages", body));
  run(2s);
  EXPECT_GT(billed, Money{});
  EXPECT_LE(billed, Money{20'000'000'000});
  EXPECT_EQ(account(key).spent(), billed);
  EXPECT_EQ(account(key).held(), Money{});
}

// Claude Code asks whether anything answers, before it has a credential.
TEST_F(PolicyTest, AProbeIsAnsweredByTheGatewayItself) {
  open();
  for (const std::string start : {"HEAD /", "HEAD /api/hello", "GET /api/hello"}) {
    Caller& client = exchange(start + " HTTP/1.1\r\nHost: gw\r\n\r\n", 50ms);
    const auto got = answers_in(client.received, false, {start.substr(0, start.find(' '))});
    ASSERT_EQ(got.size(), 1U) << client.received;
    EXPECT_EQ(got[0].status, 200);
    EXPECT_EQ(got[0].one("x-locksmith-cause"), "(none)");
  }
  EXPECT_EQ(ask("POST /api/hello HTTP/1.1\r\nHost: gw\r\ncontent-length: 0\r\n\r\n", 50ms).status, 401);
  EXPECT_THAT(upstream.seen, IsEmpty());
}

}  // namespace
}  // namespace locksmith::gateway
