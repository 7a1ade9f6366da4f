// What of a secret could come out at the wrong end: the real key in an answer, an address that leads around the gateway, one client's
// answer at another's.
#include <gmock/gmock.h>

#include "stage.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/upstream.h"
#include "wire/http1/write.h"

namespace locksmith::gateway {
namespace {

using model::tenant::KeyState;
using testing::HasSubstr;
using testing::Not;

class SecretTest : public Stage {
 protected:
  const std::string real = "fake-upstream-one";
  const std::string stars = std::string(real.size(), '*');
};

// --- The real key

TEST_F(SecretTest, TheRealKeyInAnAnswersBodyIsCovered) {
  open(make_settings({"one"}));
  for (const std::string fields : {"content-type: application/json\r\n", "content-type: text/plain\r\n"}) {
    for (const int status : {200, 400, 401, 500}) {
      const std::string body = R"({"type":"error","error":{"type":"api_error","message":"no such key: )" + real + R"("}})";
      upstream.script = [&](const Seen& seen) {
        EXPECT_EQ(seen.one("x-api-key"), real);
        return Reply{answer(status, fields, body)};
      };
      const Got got = ask(get("/v1/models"));
      EXPECT_EQ(got.status, status);
      EXPECT_EQ(got.body.size(), body.size());
      EXPECT_THAT(got.body, HasSubstr("no such key: " + stars));
    }
  }
  EXPECT_EQ(worker->counters().upstream.echoes.read(), 8U);
  log_lines();
  EXPECT_THAT(log, Not(HasSubstr(real)));
  worker->witness().for_each_kept([&](const Failed& failed) { EXPECT_THAT(failed.message, Not(HasSubstr(real))); });
}

TEST_F(SecretTest, AlsoWhereAStreamsChunksCutIt) {
  open(make_settings({"one"}));
  const std::string event = "event: content_block_delta\ndata: {\"text\":\"" + real + "\"}\n\n";
  for (std::size_t cut = 1; cut < event.size(); ++cut) {
    upstream.script = [&](const Seen&) {
      Reply reply{"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"};
      wire::http1::append_chunk(reply.bytes, event.substr(0, cut));
      std::string rest;
      wire::http1::append_chunk(rest, event.substr(cut));
      reply.later.push_back({5ms, rest.append(wire::http1::kLastChunk)});
      return reply;
    };
    const Got got = ask(post("/v1/messages", message_body(R"("stream":true,)")), 50ms);
    EXPECT_EQ(got.body.size(), event.size()) << cut;
    EXPECT_THAT(got.body, Not(HasSubstr(real.substr(3))));
  }
}

TEST_F(SecretTest, AFieldWithTheRealKeyIsNotPassedOn) {
  open(make_settings({"one"}));
  for (const int status : {200, 404}) {
    upstream.script = [&](const Seen&) { return Reply{answer(status, "x-echo: key=" + real + "\r\nrequest-id: req_1\r\n", "{}")}; };
    Caller& client = exchange(get("/v1/models"));
    EXPECT_THAT(client.received, Not(HasSubstr("x-echo")));
    EXPECT_THAT(client.received, Not(HasSubstr(real)));
    EXPECT_THAT(client.received, HasSubstr("request-id: req_1"));
    EXPECT_THAT(client.received, testing::EndsWith("{}"));
  }
}

// --- A proxy on the way

class ProxyTest : public SecretTest {
 protected:
  // Upstream is the proxy: it answers CONNECT so, and then whoever is behind it answers.
  void open_behind(const std::string& answer_to_connect, const std::string& login = "user:pass%20word@") {
    loop.set_name("proxy.test", {back});
    auto settings = make_settings({"one"});
    settings->upstream.target = upstream::parse_target("http://nowhere.test").value();
    settings->upstream.proxy = upstream::parse_proxy("http://" + login + "proxy.test").value();
    upstream.script = [answer_to_connect](const Seen& seen) {
      return seen.method == "CONNECT" ? Reply{answer_to_connect} : Reply{answer(200, "", "from behind")};
    };
    open(std::move(settings));
  }
};

TEST_F(ProxyTest, TheTunnelComesFirstAndCarriesTheProxysLoginAlone) {
  open_behind("HTTP/1.1 200 Connection established\r\n\r\n");
  EXPECT_EQ(ask(get("/v1/models"), 100ms).body, "from behind");
  EXPECT_EQ(ask(get("/v1/models"), 100ms).body, "from behind") << "on the same connection";
  ASSERT_EQ(upstream.seen.size(), 3U);
  EXPECT_EQ(upstream.seen[0].target, "nowhere.test:80");
  EXPECT_EQ(upstream.seen[0].one("proxy-authorization"), "Basic dXNlcjpwYXNzIHdvcmQ=");
  EXPECT_THAT(upstream.seen[0].raw, Not(HasSubstr(real)));
  EXPECT_EQ(upstream.seen[1].one("x-api-key"), real);
  EXPECT_THAT(upstream.seen[1].raw, Not(HasSubstr("proxy-authorization")));
  EXPECT_EQ(upstream.accepted, 1);
}

TEST_F(ProxyTest, ARefusedTunnelIsNamedAndNothingWasSent) {
  open_behind("");
  for (const std::string refusal : {"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n\r\n",
                                    "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"}) {
    SCOPED_TRACE(refusal);
    upstream.seen.clear();
    upstream.script = [&](const Seen&) { return Reply{refusal}; };
    const Got got = ask(get("/v1/models"), 100ms);
    EXPECT_EQ(got.status, 502);
    EXPECT_EQ(got.error_code(), "upstream_proxy_refused");
    EXPECT_EQ(upstream.seen.size(), 1U) << "it is not tried again, and the request was not sent";
    log_lines();
    for (const std::string secret : {"pass", "dXNlcj"}) {
      EXPECT_THAT(got.body, Not(HasSubstr(secret)));
      EXPECT_THAT(log, Not(HasSubstr(secret)));
    }
  }
}

TEST_F(ProxyTest, AProxyThatSaysNothingIsNotWaitedForLong) {
  open_behind("");
  EXPECT_EQ(ask(get("/v1/models"), 11s).error_code(), "upstream_proxy_refused");
}

// --- Addresses

TEST_F(SecretTest, ABatchsResultsAreFetchedFromTheGateway) {
  open(make_settings({"one"}));
  const auto batch = [](const std::string& origin) {
    return R"({"id":"msgbatch_1","type":"message_batch","results_url":")" + origin + R"(/v1/messages/batches/msgbatch_1/results","custom":"é"})";
  };
  for (const std::string path : {"/v1/messages/batches/msgbatch_1", "/v1/messages/batches?limit=20"}) {
    upstream.script = [&](const Seen& seen) {
      EXPECT_EQ(seen.one("accept-encoding"), "identity");
      return Reply{answer(200, "content-type: application/json\r\nrequest-id: req_1\r\n", batch("https://api.anthropic.com"))};
    };
    const Got got = ask(get(path, "accept-encoding: gzip\r\n"));
    EXPECT_EQ(got.body, batch("http://gw"));
    EXPECT_EQ(got.one("content-length"), std::to_string(got.body.size()));
    EXPECT_EQ(got.one("request-id"), "req_1");
    upstream.script = [&](const Seen&) {
      const std::string whole = batch("https://api.anthropic.com");
      Reply reply{"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"};
      wire::http1::append_chunk(reply.bytes, whole.substr(0, 40));
      wire::http1::append_chunk(reply.bytes, whole.substr(40));
      reply.bytes.append(wire::http1::kLastChunk);
      return reply;
    };
    EXPECT_EQ(ask(get(path)).body, batch("http://gw"));
  }
}

TEST_F(SecretTest, AnAnswerAboutBatchesThatBreaksOffOrNeverEndsIsAnErrorAndNothingHalf) {
  open(make_settings({"one"}));
  upstream.script = [](const Seen&) {
    return Reply{"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"id\":", Reply::Then::finish};
  };
  EXPECT_EQ(ask(get("/v1/messages/batches/msgbatch_1"), 100ms).error_code(), "upstream_closed");
  upstream.script = [](const Seen&) { return Reply{"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"id\":"}; };
  EXPECT_EQ(ask(get("/v1/messages/batches/msgbatch_1"), limits::kStreamSilence + 1s).error_code(), "upstream_silent");
  Caller& leaving = exchange(get("/v1/messages/batches/msgbatch_1"), 50ms);
  leaving.stream->abort();
  run(100ms);
  const std::string large(limits::kNamingBody + 1, ' ');
  upstream.script = [&](const Seen&) { return Reply{answer(200, "content-type: application/json\r\n", large)}; };
  EXPECT_EQ(ask(get("/v1/messages/batches/msgbatch_1"), 1s).error_code(), "upstream_garbled");
}

// --- An answer too many

TEST_F(SecretTest, ALateAnswerTooManyReachesNobodyElse) {
  open(make_settings({"one"}));
  const std::string other = make_key();
  int asked = 0;
  upstream.script = [&](const Seen&) {
    Reply reply{answer(200, "", "answer " + std::to_string(asked))};
    // The first one's second answer comes when the second request is on its way.
    if (asked++ > 0) return Reply{"", Reply::Then::stay, {{50ms, answer(200, "", "of the second")}}};
    reply.later.push_back({30ms, answer(200, "", "of the first")});
    return reply;
  };
  EXPECT_EQ(ask(get("/v1/models"), 10ms).body, "answer 0");
  const Got got = ask("GET /v1/models HTTP/1.1\r\nHost: gw\r\nx-api-key: " + other + "\r\n\r\n", 200ms);
  EXPECT_EQ(got.body, "of the second");
  EXPECT_EQ(upstream.accepted, 2) << "not on the first one's connection, which has not shown yet that nothing follows";
}

TEST_F(SecretTest, AConnectionThatSettledServesOthersToo) {
  open(make_settings({"one"}));
  const std::string other = make_key();
  upstream.script = [&](const Seen&) { return Reply{answer(200, "", "ok")}; };
  EXPECT_EQ(ask(get("/v1/models"), 10ms).body, "ok");
  EXPECT_EQ(ask(get("/v1/models"), 10ms).body, "ok") << "its own at once";
  run(limits::kLinkSettles + 100ms);
  EXPECT_EQ(ask("GET /v1/models HTTP/1.1\r\nHost: gw\r\nx-api-key: " + other + "\r\n\r\n", 50ms).body, "ok");
  EXPECT_EQ(upstream.accepted, 1);
}

TEST_F(SecretTest, WhatFollowsAConnectIsNotReadAsARequest) {
  open(make_settings({"one"}));
  Caller& client = exchange("CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\ncontent-length: 10\r\n\r\n0123456789" + get("/v1/models"), 50ms);
  const auto got = answers_in(client.received, client.finished);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].status, 405);
  EXPECT_EQ(got[0].one("connection"), "close");
  EXPECT_TRUE(upstream.seen.empty());
}

}  // namespace
}  // namespace locksmith::gateway
