// The policy against a client that means to walk around it: paths, models, bodies and credentials in every spelling that
// somebody behind the gateway might understand.
#include <gmock/gmock.h>
#include <zlib.h>

#include "stage.h"
#include "vocabulary/limits/gateway.h"

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
  static std::string zipped(const std::string& text) {
    std::string out(compressBound(text.size()) + 64, '\0');
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<unsigned>(text.size());
    stream.next_out = reinterpret_cast<unsigned char*>(out.data());
    stream.avail_out = static_cast<unsigned>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
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
    const model::ledger::Usage usage{.input = 1'000'000, .output = 500, .web_searches = 5};
    billed += prices.cost("claude-haiku-4-5", usage);
    return Reply{answer(200, "content-type: application/json\r\n",
                        R"({"model":"claude-haiku-4-5","content":[{}],"usage":{"input_tokens":1000000,"output_tokens":500,"server_tool_use":{"web_search_requests":5}}})")};
  };
  const std::string body = message_body(R"("tools":[{"type":"web_search_20250305","name":"web_search","max_uses":5}],)");
  for (int i = 0; i < 200; ++i) dial().send(post("/v1/messages", body));
  run(2s);
  EXPECT_GT(billed, Money{});
  EXPECT_LE(billed, Money{20'000'000'000});
  EXPECT_EQ(account(key).spent(), billed);
  EXPECT_EQ(account(key).held(), Money{});
}

// --- Before a body is read ---------------------------------------------------------------------------------------------------

// Undone, the body is no JSON: who is refused for it had it read.
TEST_F(PolicyTest, RateAndPlaceAreTakenBeforeTheBodyIsRead) {
  auto settings = make_settings();
  settings->key_limits.requests = model::limit::rate_of(1, 1min, 1);
  open(std::move(settings));
  const std::string broken = request("POST /v1/messages", "content-encoding: gzip\r\n", "no gzip at all");
  EXPECT_EQ(ask(broken, 50ms).error_code(), "body_not_json");
  EXPECT_EQ(ask(broken, 50ms).error_code(), "rate_limit_reached");
  // Also while the body is still to come.
  Caller& client = exchange(broken.substr(0, broken.find("no gzip")), 50ms);
  EXPECT_EQ(answers_in(client.received).at(0).error_code(), "rate_limit_reached");
}

TEST_F(PolicyTest, ARequestHasItsPlaceWhileItsBodyComes) {
  auto settings = make_settings();
  settings->key_limits.concurrent = 1;
  open(std::move(settings));
  const std::string whole = post("/v1/messages", message_body());
  Caller& slow = exchange(whole.substr(0, whole.size() - 1), 50ms);
  EXPECT_EQ(ask(whole, 50ms).error_code(), "concurrency_limit_reached");
  slow.send(whole.substr(whole.size() - 1));
  run(50ms);
  EXPECT_EQ(answers_in(slow.received).at(0).status, 200);
  EXPECT_EQ(ask(whole, 50ms).status, 200);
}

TEST_F(PolicyTest, ABodyThatBecomesManyTimesAsLargeIsRefused) {
  open();
  const std::string start = R"({"model":"claude-haiku-4-5","max_tokens":1,"messages":[])";
  const auto gzipped = [&](std::size_t blanks) {
    const std::string body = zipped(start + std::string(blanks, ' ') + "}");
    return ask(request("POST /v1/messages", "content-encoding: gzip\r\n", body), 50ms);
  };
  EXPECT_EQ(gzipped(1000).status, 200);
  EXPECT_EQ(gzipped(900'000).status, 200) << "small all the same";
  const Got bomb = gzipped(20'000'000);
  EXPECT_EQ(bomb.status, 413);
  EXPECT_EQ(bomb.error_code(), "body_too_large");
  EXPECT_THAT(bomb.body, HasSubstr("compressed too well"));
}

// One key that sends large bodies and stops leaves room for all others.
TEST_F(PolicyTest, OneKeyCannotTakeAllMemoryForBodies) {
  open();
  const std::string other = make_key();
  const std::string part(31 * 1024 * 1024, ' ');
  for (int i = 0; i < 16; ++i) {
    Caller& client = dial();
    client.send("POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\ncontent-length: 33000000\r\n\r\n");
    client.send(part);
  }
  run(100ms);
  EXPECT_LE(worker->body_memory().held(), limits::kBodyMemory.value / 2);
  const std::string body = message_body() + std::string(8 * 1024 * 1024, ' ');
  EXPECT_EQ(ask("POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: " + other + "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body).status,
            200);
}

// A body that passes as it comes has the pace of every other one: too slow, it ends; steady, it may take its time.
TEST_F(PolicyTest, AnUploadHasToKeepItsPace) {
  auto settings = make_settings();
  settings->first_byte = 60s;
  open(std::move(settings));
  const auto upload = [&](std::size_t size, std::size_t piece, Duration pause) {
    Caller& client = dial();
    client.send("POST /v1/files HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\ncontent-length: " + std::to_string(size) + "\r\n\r\n");
    for (std::size_t sent = 0; sent < size && client.received.empty(); sent += piece) {
      run(pause);
      client.send(std::string(std::min(piece, size - sent), 'x'));
    }
    run(1s);
    const auto got = answers_in(client.received, client.finished);
    return got.empty() ? Got{} : got[0];
  };
  const Tick before = loop.tick();
  const Got slow = upload(100, 1, 1s);
  EXPECT_EQ(slow.error_code(), "body_too_slow");
  EXPECT_LT(loop.tick() - before, limits::kClientBody + 5s);
  EXPECT_EQ(upload(20'000'000, 100'000, 1s).status, 200) << "200 seconds, longer than first_byte";
}

// Claude Desktop sends its subscription's token beside the virtual key: it authenticates nobody here, and goes nowhere.
TEST_F(PolicyTest, AForeignCredentialBesideOursIsLeftOut) {
  open();
  const std::string token = "sk-ant-" + std::string("oat01-") + "canary";
  for (const std::string& fields : {"authorization: Bearer " + token + "\r\n", "Authorization: bearer   " + token + "\r\nx-api-key:\r\n"}) {
    upstream.seen.clear();
    EXPECT_EQ(ask(get("/v1/models", fields), 50ms).status, 200);
    ASSERT_EQ(upstream.seen.size(), 1U);
    EXPECT_EQ(upstream.seen[0].one("x-api-key"), "fake-upstream-one");
    EXPECT_THAT(upstream.seen[0].raw, Not(HasSubstr("canary")));
  }
  log_lines();
  EXPECT_THAT(log, Not(HasSubstr("canary")));
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
