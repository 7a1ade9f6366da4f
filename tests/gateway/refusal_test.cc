// Every row of gateway/refusal.h is provoked from outside and told as its row says.
#include <gmock/gmock.h>

#include "stage.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/upstream.h"
#include "wire/json/json.h"

namespace locksmith::gateway {
namespace {

using model::tenant::KeyState;
using testing::HasSubstr;
using testing::MatchesRegex;

// How a refusal came about, and what is owed beside its row.
struct Provoked {
  Got got;
  bool keeps = true;        // the connection serves the next request
  bool waits = false;       // retry-after is told
  Caller* client = nullptr;
};

class RefusalTest : public Stage, public testing::WithParamInterface<RefusalRow> {
 protected:
  Provoked on_one_connection(const std::string& bytes, Duration time = 1s) {
    Caller& client = exchange(bytes, time);
    const auto all = answers_in(client.received, client.finished);
    EXPECT_EQ(all.size(), 1U) << client.received;
    Provoked provoked{all.empty() ? Got{} : all.front()};
    provoked.client = &client;
    return provoked;
  }
  std::string with_key(const std::string& text) { return "GET /v1/models HTTP/1.1\r\nHost: gw\r\nx-api-key: " + text + "\r\n\r\n"; }
  std::string with_fields(const std::string& fields) { return "GET /v1/models HTTP/1.1\r\nHost: gw\r\n" + fields + "\r\n"; }
  Provoked provoke(Why why);
  Provoked provoke_by_body(Why why);
  Provoked provoke_by_limit(Why why);
  Provoked provoke_by_upstream(Why why);
};

Provoked RefusalTest::provoke(Why why) {
  Provoked closing;
  switch (why) {
    case Why::head_refused:
      open();
      closing = on_one_connection("GET /v1/models HTTP/1.1\r\nHost: gw\r\nHost: gw\r\n\r\n");
      closing.keeps = false;
      return closing;
    case Why::credential_in_connection:
      open();
      return on_one_connection(get("/v1/models", "Connection: x-api-key\r\n"));
    case Why::key_elsewhere:
      open();
      return on_one_connection(get("/v1/models", "api-key: " + key + "\r\n"));
    case Why::path_ambiguous:
      open();
      return on_one_connection(get("/v1/messages/../models"));
    case Why::method_unsupported:
      open();
      return on_one_connection("OPTIONS /v1/models HTTP/1.1\r\nHost: gw\r\n\r\n");
    case Why::body_coding_unknown:
      open();
      return on_one_connection(post("/v1/messages", message_body(), "content-encoding: br\r\n"));
    case Why::credential_missing:
      open();
      return on_one_connection(with_fields(""));
    case Why::credentials_differ:
      open();
      return on_one_connection(with_fields("x-api-key: " + key + "\r\nauthorization: Bearer " + make_key() + "\r\n"));
    case Why::credential_unsendable:
      open();
      return on_one_connection(with_fields("authorization: Basic " + key + "\r\n"));
    case Why::provider_key:
      open();
      return on_one_connection(with_key("sk-ant-" + std::string("api03-") + std::string(95, 'x')));
    case Why::key_foreign:
      open();
      return on_one_connection(with_key("sk-other"));
    case Why::key_cut:
      open();
      return on_one_connection(with_key(key.substr(0, 40)));
    case Why::key_damaged: {
      open();
      std::string damaged = key;
      damaged[20] = damaged[20] == 'q' ? 'r' : 'q';
      return on_one_connection(with_key(damaged));
    }
    case Why::key_unknown: {
      open();
      std::array<std::uint8_t, model::tenant::kKeyRandomBytes> random{};
      random[9] = 200;
      return on_one_connection(with_key(std::string(model::tenant::make_key_text(random).reveal())));
    }
    case Why::key_suspended:
      open();
      return on_one_connection(with_key(make_key(KeyState::suspended)));
    case Why::key_revoked:
      open();
      return on_one_connection(with_key(make_key(KeyState::revoked)));
    case Why::key_expired:
      open();
      return on_one_connection(with_key(make_key(KeyState::active, loop.now())));
    case Why::admin_path:
      open();
      return on_one_connection(get("/v1/organizations/api_keys"));
    case Why::endpoint_unknown:
      open();
      return on_one_connection(get("/v1/skills"));
    case Why::endpoint_doubled_v1:
      open();
      return on_one_connection(post("/v1/v1/messages", message_body()));
    case Why::endpoint_openai_style:
      open();
      return on_one_connection(post("/v1/chat/completions", message_body()));
    case Why::endpoint_method:
      open();
      return on_one_connection(get("/v1/messages"));
    case Why::draining:
      open();
      worker->drain(60s, [] {});
      closing = on_one_connection(get("/v1/models"));
      closing.keeps = false;
      return closing;
    default:
      return provoke_by_body(why);
  }
}

Provoked RefusalTest::provoke_by_body(Why why) {
  Provoked closing;
  closing.keeps = false;
  switch (why) {
    case Why::model_not_allowed: {
      auto settings = make_settings();
      settings->models = {"claude-opus"};
      open(std::move(settings));
      return on_one_connection(post("/v1/messages", message_body()));
    }
    case Why::body_not_json:
      open();
      return on_one_connection(post("/v1/messages", "[1,2]"));
    case Why::member_repeated:
      open();
      return on_one_connection(post("/v1/messages", message_body(R"("model":"claude-opus-4-5",)")));
    case Why::member_wrong:
      open();
      return on_one_connection(post("/v1/messages", R"({"model":"claude-haiku-4-5","max_tokens":"64000","messages":[]})"));
    case Why::cost_unbounded: {
      auto settings = make_settings();
      settings->key_limits.spend = Money{1'000'000'000'000};
      open(std::move(settings));
      return on_one_connection(post("/v1/messages", message_body(R"("tools":[{"type":"code_execution_20250825","name":"c"}],)")));
    }
    case Why::body_too_large:
      open();
      closing = on_one_connection("POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key +
                                  "\r\ncontent-length: 33554433\r\n\r\n");
      closing.keeps = false;
      return closing;
    case Why::body_memory: {
      open();
      // Bodies of 31 MiB that do not end, until the memory for bodies is used up.
      const std::string head = "POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\ncontent-length: 33000000\r\n\r\n";
      const std::string part(31 * 1024 * 1024, ' ');
      for (int i = 0; i < 16; ++i) {
        Caller& client = dial();
        client.send(head);
        client.send(part);
      }
      run(20ms);
      closing = on_one_connection(head + part + std::string(1024, ' '), 100ms);
      closing.keeps = false;
      return closing;
    }
    case Why::body_too_slow:
      open();
      closing = on_one_connection("POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\ncontent-length: 9\r\n\r\n{", 21s);
      closing.keeps = false;
      return closing;
    default:
      return provoke_by_limit(why);
  }
}

Provoked RefusalTest::provoke_by_limit(Why why) {
  auto settings = make_settings();
  switch (why) {
    case Why::rate: {
      settings->key_limits.requests = model::limit::rate_of(60, 1min, 1);
      open(std::move(settings));
      EXPECT_EQ(ask(get("/v1/models"), 100ms).status, 200);
      Provoked provoked = on_one_connection(get("/v1/models"), 50ms);
      provoked.waits = true;
      EXPECT_EQ(provoked.got.one("retry-after"), "1");
      run(1s);
      return provoked;
    }
    case Why::concurrency: {
      settings->key_limits.concurrent = 1;
      open(std::move(settings));
      upstream.script = [n = 0](const Seen&) mutable { return n++ == 0 ? Reply{} : Reply{answer(200, "", "ok")}; };
      Caller& first = exchange(get("/v1/models"), 100ms);
      Provoked provoked = on_one_connection(get("/v1/models"), 100ms);
      first.stream->abort();
      run(100ms);
      return provoked;
    }
    case Why::budget_spent: {
      settings->key_limits.spend = Money{1};
      open(std::move(settings));
      return on_one_connection(post("/v1/messages", message_body()));
    }
    case Why::budget_held: {
      settings->key_limits.spend = Money{3'000'000};
      open(std::move(settings));
      upstream.script = [n = 0](const Seen&) mutable { return n++ == 0 ? Reply{} : Reply{answer(200, "", "ok")}; };
      Caller& first = exchange(post("/v1/messages", message_body()), 100ms);
      Provoked provoked = on_one_connection(post("/v1/messages", message_body()), limits::kMoneyWait + 1s);
      provoked.waits = true;
      first.stream->abort();
      run(100ms);
      return provoked;
    }
    default:
      return provoke_by_upstream(why);
  }
}

Provoked RefusalTest::provoke_by_upstream(Why why) {
  Provoked provoked;
  switch (why) {
    case Why::upstream_unresolved: {
      auto settings = make_settings();
      settings->upstream.target = upstream::parse_target("http://nowhere.test").value();
      open(std::move(settings));
      provoked = on_one_connection(get("/v1/models"));
      EXPECT_THAT(provoked.got.body, HasSubstr("EAI_NONAME"));
      return provoked;
    }
    case Why::upstream_unreachable:
      nobody_listens();
      open();
      return on_one_connection(get("/v1/models"));
    case Why::upstream_resting: {
      nobody_listens();
      open();
      for (int i = 0; i < limits::kBreakerFailures; ++i) exchange(get("/v1/models"), 20ms);
      provoked = on_one_connection(get("/v1/models"), 50ms);
      provoked.waits = true;
      return provoked;
    }
    case Why::upstream_proxy: {
      auto settings = make_settings();
      settings->upstream.proxy = upstream::parse_proxy("http://api.test").value();
      open(std::move(settings));
      upstream.script = [](const Seen&) { return Reply{"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"}; };
      provoked = on_one_connection(get("/v1/models"));
      EXPECT_THAT(provoked.got.body, HasSubstr("407"));
      return provoked;
    }
    case Why::upstream_tls: {
      auto settings = make_settings();
      settings->upstream.target = upstream::parse_target("https://api.test").value();
      world::Address secure = back;
      secure.port = 443;
      EXPECT_TRUE(loop.listen(secure, {}, upstream));
      world::TlsFacts facts;
      facts.verify_error = "self-signed certificate";
      sim::HostBehaviour behaviour;
      behaviour.certificate = facts;
      loop.set_host(secure, behaviour);
      open(std::move(settings));
      return on_one_connection(get("/v1/models"));
    }
    case Why::upstream_closed:
      open();
      upstream.script = [](const Seen&) { return Reply{"", Reply::Then::finish}; };
      return on_one_connection(get("/v1/models"));
    case Why::upstream_garbled:
      open();
      upstream.script = [](const Seen&) { return Reply{"SSH-2.0-OpenSSH_9.2\r\n\r\n"}; };
      return on_one_connection(get("/v1/models"));
    case Why::upstream_silent: {
      open();
      upstream.script = [](const Seen&) { return Reply{}; };
      Caller& client = exchange(get("/v1/models"), limits::kFirstByte - 1s);
      EXPECT_EQ(client.received, "");
      run(2s);
      provoked.client = &client;
      provoked.got = answers_in(client.received).at(0);
      return provoked;
    }
    default:
      ADD_FAILURE() << "nothing provokes this row";
      return provoked;
  }
}

TEST_P(RefusalTest, IsToldAsItsRowSays) {
  const RefusalRow& row = GetParam();
  if (row.why == Why::stream_cut || row.why == Why::budget_cut) GTEST_SKIP() << "an event of a stream, not an answer: see failure_test.cc";
  const Provoked provoked = provoke(row.why);
  const Got& got = provoked.got;
  EXPECT_EQ(got.status, row.status);
  EXPECT_TRUE(got.whole);
  EXPECT_EQ(got.error_code(), row.code);
  EXPECT_EQ(got.error_type(), row.type);
  EXPECT_EQ(got.one("x-locksmith-cause"), row.cause);
  EXPECT_EQ(got.one("x-locksmith-layer"), "gateway");
  EXPECT_EQ(got.one("allow") != "(none)", row.status == 405);
  EXPECT_THAT(got.one("x-locksmith-id"), MatchesRegex("lkf_[0-9a-z]{13}"));
  EXPECT_EQ(got.one("content-type"), "application/json");
  EXPECT_EQ(got.one("x-should-retry"), row.retry == RefusalRow::Retry::useless  ? "false"
                                           : row.retry == RefusalRow::Retry::wanted ? "true"
                                                                                    : "(none)");
  EXPECT_EQ(got.one("retry-after") != "(none)", provoked.waits);
  EXPECT_EQ(got.one("request-id"), "(none)") << "no request id is made up";
  EXPECT_THAT(got.body, HasSubstr("\"request_id\":null"));
  EXPECT_THAT(got.body, HasSubstr(std::string(row.sentence)));
  EXPECT_EQ(got.one("connection"), provoked.keeps ? "(none)" : "close");
  EXPECT_EQ(worker->counters().refusals[static_cast<std::size_t>(row.why)].read() > 0, true);
  ASSERT_NE(provoked.client, nullptr);
  if (!provoked.keeps) {
    run(limits::kClientLinger + 1s);
    EXPECT_TRUE(provoked.client->finished);
    return;
  }
  // The connection goes on: the next request on it gets an answer of its own.
  ASSERT_FALSE(provoked.client->finished);
  const std::size_t before = provoked.client->received.size();
  provoked.client->send("GET /v1/organizations HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\n\r\n");
  run(50ms);
  const auto next = answers_in(std::string_view(provoked.client->received).substr(before));
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].status, 403);
}

INSTANTIATE_TEST_SUITE_P(EveryRow, RefusalTest, testing::ValuesIn(refusal_rows().begin(), refusal_rows().end()),
                         [](const auto& each) { return std::string(each.param.code); });

// --- Whoever has only the refusal learns that it is the gateway's: from the whole answer, from its body as SDKs print it, and from
// --- its sentence as terminal clients do. None of the API's causes is named beside it.

class ToldRefusalTest : public RefusalTest {
 protected:
  const model::diagnosis::Finding& first(const model::evidence::Evidence& evidence) {
    diagnosis = examiner->examine(evidence);
    EXPECT_FALSE(diagnosis.findings.empty());
    static const model::diagnosis::Finding nothing = [] {
      model::diagnosis::Finding made;
      made.code = model::diagnosis::find_cause("other");
      return made;
    }();
    return diagnosis.findings.empty() ? nothing : diagnosis.findings.front();
  }
  model::diagnosis::Diagnosis diagnosis;
};

TEST_P(ToldRefusalTest, ItsCauseIsNamedFromWhateverIsLeftOfIt) {
  const RefusalRow& row = GetParam();
  std::string body;
  append_error_body(body, row, {});
  model::evidence::Evidence whole;
  whole.error.status = row.status;
  whole.error.headers = {{"x-locksmith-layer", "gateway"}, {"x-locksmith-cause", std::string(std::string_view(row.cause))}};
  whole.error.body = "json";
  whole.error.text = body;
  EXPECT_EQ(first(whole).code->cause(), std::string_view(row.cause).substr(0, std::string_view(row.cause).find('.')));
  EXPECT_EQ(first(whole).certainty, model::diagnosis::Certainty::proven);
  if (!std::string_view(row.cause).starts_with("gateway_refusal.")) return;  // a cause that is the client's or the network's own
  EXPECT_EQ(first(whole).code->name, row.cause);
  EXPECT_EQ(std::string_view(row.cause), "gateway_refusal." + std::string(row.code)) << "its own, by its code";
  EXPECT_EQ(first(whole).supports.front().because.find("the API"), std::string_view::npos);
  EXPECT_EQ(diagnosis.findings.size(), 1U) << diagnosis.findings.back().code->name << ": something else is blamed, too";

  model::evidence::Evidence printed;
  printed.error.text = std::to_string(row.status) + " " + body;
  EXPECT_EQ(first(printed).code->name, row.cause) << printed.error.text;
  EXPECT_EQ(first(printed).certainty, model::diagnosis::Certainty::proven);

  model::evidence::Evidence sentence;
  sentence.error.text = "API Error: " + std::to_string(row.status) + " " + std::string(row.sentence) + ". " + std::string(row.next_step);
  EXPECT_EQ(first(sentence).code->name, row.cause) << sentence.error.text;

  model::evidence::Evidence code;
  code.error.status = row.status;
  code.error.type = row.type;
  code.error.code = row.code;
  EXPECT_EQ(first(code).code->name, row.cause) << "of a document that has its code alone";
}

INSTANTIATE_TEST_SUITE_P(EveryRow, ToldRefusalTest, testing::ValuesIn(refusal_rows().begin(), refusal_rows().end()),
                         [](const auto& each) { return std::string(each.param.code); });

// Of a request that says nothing of itself, nothing of the one before it may be told.
TEST_F(RefusalTest, AHeadThatDoesNotEndIsRefusedOnItsOwn) {
  open();
  upstream.script = [](const Seen&) { return Reply{"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"}; };
  std::string head = get("/v1/models/first");
  head.replace(0, 3, "HEAD");
  Caller& client = exchange(head);
  ASSERT_EQ(client.received.substr(0, 12), "HTTP/1.1 200");
  client.received.clear();
  client.send("GET /v1/mod");
  run(limits::kClientHead + 1s);
  const auto got = answers_in(client.received, true);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].status, 408);
  EXPECT_EQ(got[0].error_code(), "body_too_slow") << "the request before was HEAD; this one's method is not known";
  const auto lines = log_lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].find("first"), std::string::npos) << lines[1];
}

// Found by fuzz/gateway_request: a key in a base URL or where the model should be was logged as it stood.
TEST_F(RefusalTest, AKeyInThePathOrAsTheModelIsNotLogged) {
  open();
  const std::string real = std::string("sk-ant-") + "api03-" + std::string(93, 'x') + "AA";
  for (const std::string& secret : {key, real}) {
    SCOPED_TRACE(secret.substr(0, 4));
    upstream.script = [](const Seen&) { return Reply{answer(404, "content-type: application/json\r\n", "{}")}; };
    const bool ours = secret == key;  // goes no further (Why::key_elsewhere), and is not logged either
    EXPECT_EQ(ask(get("/" + secret + "/v1/models")).status, ours ? 400 : 404);
    EXPECT_EQ(ask(get("/proxy-" + secret)).status, ours ? 400 : 404);
    EXPECT_EQ(ask(post("/v1/messages", R"({"model":")" + secret + R"(","max_tokens":1,"messages":[]})")).status, 404);
    EXPECT_EQ(ask("POST /v1/" + secret + " HTTP/1.1\r\nHost: gw\r\n\r\n").status, ours ? 400 : 401);
    log_lines();
    EXPECT_EQ(log.find(secret.substr(0, 16)), std::string::npos) << log;
    worker->witness().for_each_kept([&](const Failed& failed) {
      EXPECT_EQ((failed.path + failed.model).find(secret.substr(0, 16)), std::string::npos);
    });
  }
}

// Found by fuzz/gateway_request: the next answer on the connection was misread.
TEST_F(RefusalTest, ARefusedHeadRequestHasNoBody) {
  open();
  for (const std::string fields : {"Connection: x-api-key\r\n", "Content-Length: many\r\n", "Content-Encoding: br\r\n"}) {
    SCOPED_TRACE(fields);
    std::string head = get("/v1/models", fields);
    head.replace(0, 3, "HEAD");
    Caller& client = exchange(head, 50ms);
    EXPECT_TRUE(client.received.starts_with("HTTP/1.1 4")) << client.received;
    EXPECT_TRUE(client.received.ends_with("\r\n\r\n")) << client.received;
  }
}

// Clients send all before they read: one that is cut off meanwhile tells its user of a broken connection, not of the key.
TEST_F(RefusalTest, AWrongKeyIsNamedAlsoWithALargeBody) {
  open();
  const std::string body(31 * 1024 * 1024, 'x');
  Caller& client = dial();
  client.send("POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: lks_wrong\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n");
  for (std::size_t at = 0; at < body.size(); at += 1024 * 1024) {
    client.send(std::string_view(body).substr(at, 1024 * 1024));
    run(5ms);
  }
  ASSERT_FALSE(client.closed);
  EXPECT_FALSE(client.finished) << "the next request may follow";
  const auto got = answers_in(client.received);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].status, 401);
  client.send(get("/v1/models"));
  run(50ms);
  EXPECT_EQ(answers_in(client.received).size(), 2U);
}

TEST_F(RefusalTest, ABodyThatIsTooLargeIsReadToItsEnd) {
  open();
  const std::string body(40 * 1024 * 1024, 'x');
  Caller& client = dial();
  client.send("POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n");
  for (std::size_t at = 0; at < body.size(); at += 1024 * 1024) {
    client.send(std::string_view(body).substr(at, 1024 * 1024));
    run(5ms);
  }
  run(50ms);
  EXPECT_TRUE(client.closed && client.closing.reason == world::CloseReason::finished) << "not reset";
  const auto got = answers_in(client.received, client.finished);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].status, 413);
}

TEST_F(RefusalTest, AnHttp10ClientWithoutHostIsAskedForItsKey) {
  open();
  const Got got = ask("GET /v1/models HTTP/1.0\r\n\r\n");
  EXPECT_EQ(got.status, 401);
  EXPECT_EQ(got.error_code(), "credential_missing");
}

}  // namespace
}  // namespace locksmith::gateway
