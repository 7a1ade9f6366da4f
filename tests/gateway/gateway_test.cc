// What passes: requests as upstream gets them, answers as the client gets them, torn anywhere.
#include <gmock/gmock.h>
#include <zlib.h>

#include <array>

#include "stage.h"

namespace locksmith::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class GatewayTest : public Stage {
 protected:
  std::string without_key(const std::string& fields) { return "GET /v1/models HTTP/1.1\r\nHost: gw\r\n" + fields + "\r\n"; }
};

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(text.size() + 200, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// --- The request ---------------------------------------------------------------------------------------------------------

TEST_F(GatewayTest, ACredentialIsTakenInBothFormsAndReplacedByExactlyOne) {
  open();
  const std::array forms{"x-api-key: " + key + "\r\n", "Authorization: Bearer " + key + "\r\n",
                         "AUTHORIZATION: bearer  " + key + "\r\n",
                         "x-api-key: " + key + "\r\nauthorization: Bearer " + key + "\r\n",
                         "x-api-key: " + key + "\r\nX-API-Key: " + key + "\r\n",
                         "x-api-key: " + key + "\r\nauthorization:\r\n"};
  for (const std::string& form : forms) {
    SCOPED_TRACE(form);
    upstream.seen.clear();
    EXPECT_EQ(ask(without_key(form)).status, 200);
    ASSERT_EQ(upstream.seen.size(), 1U);
    EXPECT_EQ(upstream.seen[0].one("x-api-key"), "fake-upstream-one");
    EXPECT_EQ(upstream.seen[0].one("authorization"), "(none)");
    EXPECT_THAT(upstream.seen[0].raw, Not(HasSubstr("lks_")));
  }
  const std::string other = make_key();
  for (const std::string& form : {"x-api-key: " + key + "\r\nx-api-key: " + other + "\r\n",
                                  "authorization: Bearer " + key + "\r\nauthorization: Bearer " + other + "\r\n",
                                  "authorization: Bearer " + other + "\r\nx-api-key: " + key + "\r\n"}) {
    SCOPED_TRACE(form);
    upstream.seen.clear();
    EXPECT_EQ(ask(without_key(form)).error_code(), "credentials_differ");
    EXPECT_THAT(upstream.seen, IsEmpty());
  }
}

TEST_F(GatewayTest, AVirtualKeyInAnotherFieldOrInTheUrlGoesNoFurther) {
  open();
  for (const std::string& field : {"api-key: " + key, "X-Goog-Api-Key: " + key, "x-auth: Basic " + key, "Cookie: a=b; token=" + key + "; c=d",
                                   "x-note: lks_ and lks_" + key, "accept-encoding: " + key}) {
    SCOPED_TRACE(field);
    const auto answer = ask(get("/v1/models", field + "\r\n"));
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.error_code(), "key_in_other_field");
    EXPECT_THAT(answer.body, Not(HasSubstr(key)));
  }
  EXPECT_EQ(ask(get("/v1/models?key=" + key)).error_code(), "key_in_other_field");
  EXPECT_EQ(ask(get("/v1/models/" + key)).error_code(), "key_in_other_field");
  EXPECT_THAT(upstream.seen, IsEmpty());
  // What only looks like one is nobody's secret.
  std::string damaged = key;
  damaged[20] = damaged[20] == 'q' ? 'r' : 'q';
  EXPECT_EQ(ask(get("/v1/models", "x-note: " + damaged + "\r\nx-more: lks_\r\n")).status, 200);
}

TEST_F(GatewayTest, ABearerCredentialGoesOutAsOne) {
  auto settings = make_settings();
  settings->credentials[0].bearer = true;
  open(std::move(settings));
  EXPECT_EQ(ask(get("/v1/models")).status, 200);
  EXPECT_EQ(upstream.seen.at(0).one("authorization"), "Bearer fake-upstream-one");
  EXPECT_EQ(upstream.seen.at(0).one("x-api-key"), "(none)");
}

TEST_F(GatewayTest, FieldsOfTheHopEndHereAndAllOthersPass) {
  open();
  EXPECT_EQ(ask(get("/v1/models?limit=2&after_id=a%20b",
                    "Connection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nTrailer: X-T\r\n"
                    "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==\r\nUpgrade: h2c\r\nOrigin: http://page.test\r\n"
                    "Anthropic-Version: 2023-06-01\r\nanthropic-beta: a,b\r\nanthropic-beta: c\r\nX-Stainless-Lang:  js \r\nX-Empty:\r\n"))
                .status,
            200);
  ASSERT_EQ(upstream.seen.size(), 1U);
  const Seen& seen = upstream.seen[0];
  EXPECT_EQ(seen.target, "/v1/models?limit=2&after_id=a%20b");
  EXPECT_EQ(seen.raw,
            "GET /v1/models?limit=2&after_id=a%20b HTTP/1.1\r\nhost: api.test\r\nAnthropic-Version: 2023-06-01\r\n"
            "anthropic-beta: a,b\r\nanthropic-beta: c\r\nX-Stainless-Lang: js\r\nX-Empty:\r\nx-api-key: fake-upstream-one\r\n\r\n");
}

TEST_F(GatewayTest, EveryConnectionFieldCounts) {
  open();
  for (const std::string lists : {"Connection: X-Hop\r\nConnection:\r\n", "Connection:\r\nConnection: X-Hop\r\n",
                                   "Connection: keep-alive\r\nConnection: x-hop\r\n",
                                   "Connection: x-hop\r\nConnection:\r\nConnection: close\r\n", "Connection: ,, x-HOP ,\r\n"}) {
    SCOPED_TRACE(lists);
    upstream.seen.clear();
    ask(get("/v1/models", lists + "X-Hop: 1\r\n"));
    ASSERT_EQ(upstream.seen.size(), 1U);
    EXPECT_EQ(upstream.seen[0].one("x-hop"), "(none)");
  }
  for (const std::string name : {"x-api-key", "Authorization", "content-length", "anthropic-version", "host", "transfer-encoding",
                                 "content-type", "content-encoding", "expect"}) {
    upstream.seen.clear();
    EXPECT_EQ(ask(get("/v1/models", "Connection: close, " + name + "\r\n")).error_code(), "connection_names_protected_field") << name;
    EXPECT_THAT(upstream.seen, IsEmpty());
  }
}

TEST_F(GatewayTest, BodiesArriveByteForByte) {
  open();
  std::string bytes;
  for (int i = 0; i < 100000; ++i) bytes.push_back(static_cast<char>(i * 7));
  const std::string head = "POST /v1/files HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\n";
  EXPECT_EQ(ask(head + "content-length: 100000\r\n\r\n" + bytes).status, 200);
  EXPECT_EQ(ask(head + "transfer-encoding: chunked\r\n\r\n" + chunked({bytes.substr(0, 1), bytes.substr(1, 70000), bytes.substr(70001)}) +
                "0\r\nX-Trailer: secret\r\n\r\n").status, 200);
  EXPECT_EQ(ask(post("/v1/messages", message_body())).status, 200);
  const std::string json = message_body();
  EXPECT_EQ(ask("POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\ntransfer-encoding: chunked\r\n\r\n" +
                chunked({json.substr(0, 10), json.substr(10)}) + "0\r\nX-Trailer: secret\r\n\r\n").status, 200);
  EXPECT_EQ(ask(head + "content-length: 0\r\n\r\n").status, 200);
  ASSERT_EQ(upstream.seen.size(), 5U);
  EXPECT_TRUE(upstream.seen[0].body == bytes);
  EXPECT_EQ(upstream.seen[0].one("content-length"), "100000");
  EXPECT_TRUE(upstream.seen[1].body == bytes);
  EXPECT_EQ(upstream.seen[1].one("transfer-encoding"), "chunked");
  EXPECT_EQ(upstream.seen[2].body, json);
  EXPECT_EQ(upstream.seen[3].body, json);
  EXPECT_EQ(upstream.seen[4].one("content-length"), "0") << "an empty body stays one that is told";
  for (const Seen& seen : upstream.seen) {
    EXPECT_EQ(seen.trailers, "");
    EXPECT_THAT(seen.raw, Not(HasSubstr("X-Trailer")));
  }
}

TEST_F(GatewayTest, AGzippedBodyIsReadForItsModelAndPassesAsItIs) {
  auto settings = make_settings();
  settings->models = {"claude-haiku"};
  open(std::move(settings));
  const std::string good = gzip(message_body());
  EXPECT_EQ(ask(post("/v1/messages", good, "content-encoding: gzip\r\n")).status, 200);
  EXPECT_TRUE(upstream.seen.at(0).body == good);
  EXPECT_EQ(upstream.seen.at(0).one("content-encoding"), "gzip");
  const std::string other = gzip(R"({"model":"claude-opus-4-5","max_tokens":1})");
  EXPECT_EQ(ask(post("/v1/messages", other, "content-encoding: gzip\r\n")).error_code(), "model_not_allowed");
  EXPECT_EQ(ask(post("/v1/messages", good.substr(0, good.size() - 9), "content-encoding: gzip\r\n")).error_code(), "body_not_json");
  EXPECT_EQ(upstream.seen.size(), 1U);
}

TEST_F(GatewayTest, ContinueIsSaidOnceAndNotAskedUpstream) {
  open();
  const std::string body = message_body();
  Caller& client = dial();
  const std::string whole = post("/v1/messages", body, "Expect: 100-continue\r\n");
  client.send(whole.substr(0, whole.size() - body.size()));
  run(50ms);
  EXPECT_EQ(client.received, "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(body);
  run(50ms);
  EXPECT_EQ(answers_in(client.received).at(0).status, 200);
  EXPECT_EQ(upstream.seen.at(0).one("expect"), "(none)");
}

// Torn into two at every place, and byte by byte, a request is the same request.
TEST_F(GatewayTest, ARequestTornAnywhereIsTheSameRequest) {
  open();
  const std::string body = message_body();
  const std::array requests{
      get("/v1/models", "anthropic-version: 2023-06-01\r\n"), post("/v1/messages", body),
      "POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\ntransfer-encoding: chunked\r\n\r\n" +
          chunked({body.substr(0, 5), body.substr(5)}) + "0\r\nX-T: 1\r\n\r\n",
      "POST /v1/files HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\ncontent-length: 5\r\n\r\nhello"};
  std::size_t tears = 0;
  for (const std::string& request : requests) {
    upstream.seen.clear();
    EXPECT_EQ(ask(request, 20ms).status, 200);
    const std::string expected = upstream.seen.at(0).raw;
    for (std::size_t cut = 1; cut <= request.size(); ++cut) {
      upstream.seen.clear();
      Caller& client = dial();
      if (cut == request.size()) {
        for (const char c : request) {
          client.send(std::string_view(&c, 1));
          run(1ms);
        }
      } else {
        client.send(request.substr(0, cut));
        run(5ms);
        client.send(request.substr(cut));
      }
      run(20ms);
      ASSERT_EQ(upstream.seen.size(), 1U) << "cut at " << cut;
      ASSERT_EQ(upstream.seen[0].raw, expected) << "cut at " << cut;
      ASSERT_EQ(answers_in(client.received).size(), 1U) << "cut at " << cut;
      client.stream->abort();
      ++tears;
    }
  }
  RecordProperty("tears", static_cast<int>(tears));
}

TEST_F(GatewayTest, SixtyFourRequestsAtOnceAreAnsweredInTheirOrder) {
  open();
  upstream.script = [](const Seen& seen) { return Reply{answer(200, "", seen.target)}; };
  std::string all;
  for (int i = 0; i < 64; ++i) {
    all += i % 3 == 2 ? post("/v1/messages?n=" + std::to_string(i), message_body()) : get("/v1/models?n=" + std::to_string(i));
  }
  for (const std::size_t piece : {all.size(), std::size_t{1000}, std::size_t{7}}) {
    SCOPED_TRACE(piece);
    Caller& client = dial();
    for (std::size_t at = 0; at < all.size(); at += piece) client.send(all.substr(at, piece));
    run(5s);
    const auto answers = answers_in(client.received);
    ASSERT_EQ(answers.size(), 64U);
    for (std::size_t i = 0; i < 64; ++i) EXPECT_THAT(answers[i].body, testing::EndsWith("?n=" + std::to_string(i)));
    client.stream->abort();
  }
}

TEST_F(GatewayTest, ARefusedBodyIsReadAndDroppedSoThatTheNextRequestFollows) {
  open();
  Caller& client = exchange("POST /v1/messages HTTP/1.1\r\nHost: gw\r\ncontent-length: 5\r\n\r\nhello" + get("/v1/models"));
  const auto answers = answers_in(client.received);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].status, 401);
  EXPECT_EQ(answers[1].status, 200);
  EXPECT_EQ(upstream.seen.size(), 1U);
}

// --- The answer ------------------------------------------------------------------------------------------------------------

TEST_F(GatewayTest, AnswersArriveAsTheyCameInEveryFraming) {
  open();
  struct Case {
    std::string method, bytes, body;
    Reply::Then then;
    std::vector<std::pair<std::string, std::string>> fields;
  };
  using enum Reply::Then;
  const std::array cases{
      Case{"GET", "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello", "hello", stay, {{"x-a", "1"}, {"content-length", "5"}}},
      Case{"GET", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "", stay, {{"content-length", "0"}}},
      Case{"GET", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n", "hello", stay,
           {{"transfer-encoding", "chunked"}}},
      Case{"GET", "HTTP/1.1 200 OK\r\nX-B: 2\r\n\r\nhello", "hello", finish, {{"x-b", "2"}, {"transfer-encoding", "chunked"}}},
      Case{"GET", "HTTP/1.0 200 OK\r\n\r\nhello", "hello", finish, {{"transfer-encoding", "chunked"}}},
      Case{"DELETE", "HTTP/1.1 204 No Content\r\nrequest-id: req_fake\r\n\r\n", "", stay, {{"request-id", "req_fake"}}},
      Case{"GET", "HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\ncontent-length: 77\r\n\r\n", "", stay, {{"etag", "\"e\""}, {"content-length", "77"}}},
      Case{"HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 77\r\n\r\n", "", stay, {{"content-length", "77"}}},
      Case{"HEAD", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "", stay, {}},
      Case{"GET", "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "ok",
           stay, {{"content-length", "2"}}},
      Case{"GET", "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nX-Locksmith-Id: not-ours\r\nset-cookie: a\r\nset-cookie: b\r\n"
           "content-length: 2\r\n\r\nok", "ok", stay, {{"set-cookie", "a"}, {"set-cookie", "b"}, {"content-length", "2"}}},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.bytes);
    // Whole, and torn at every byte: the client reads the same, and its connection goes on.
    std::string whole;
    for (std::size_t cut = 0; cut < each.bytes.size(); ++cut) {
      upstream.script = [&](const Seen&) {
        if (cut == 0) return Reply{each.bytes, each.then};
        return Reply{each.bytes.substr(0, cut), each.then, {{2ms, each.bytes.substr(cut)}}};
      };
      std::string request = get("/v1/files/file_1");
      request.replace(0, 3, each.method);
      Caller& client = exchange(request, 100ms);
      const auto answers = answers_in(client.received, false, {each.method});
      ASSERT_EQ(answers.size(), 1U) << "cut at " << cut << " " << client.received;
      ASSERT_TRUE(answers[0].whole) << "cut at " << cut;
      if (cut == 0) {
        whole = client.received;
        EXPECT_EQ(answers[0].body, each.body);
        EXPECT_EQ(answers[0].fields, each.fields);
      }
      ASSERT_FALSE(client.finished) << "cut at " << cut;
      client.stream->abort();
      run(5ms);
    }
  }
}

TEST_F(GatewayTest, AnHttp10ClientGetsWhatItCanRead) {
  open();
  const std::string request = "GET /v1/models HTTP/1.0\r\nx-api-key: " + key + "\r\n";
  upstream.script = [](const Seen&) { return Reply{"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}; };
  Caller& first = exchange(request + "Connection: keep-alive\r\n\r\n");
  EXPECT_EQ(first.received, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello");
  EXPECT_TRUE(first.finished);
  upstream.script = [](const Seen&) { return Reply{answer(200, "", "hello")}; };
  Caller& second = exchange(request + "Connection: keep-alive\r\n\r\n");
  EXPECT_EQ(answers_in(second.received).at(0).one("connection"), "keep-alive");
  EXPECT_FALSE(second.finished);
  Caller& third = exchange(request + "\r\n");
  EXPECT_EQ(answers_in(third.received).at(0).one("connection"), "close");
  EXPECT_TRUE(third.finished);
  for (const Seen& seen : upstream.seen) EXPECT_EQ(seen.one("connection"), "(none)");
}

TEST_F(GatewayTest, AnAnswerBeforeTheEndOfTheRequestIsPassedOnAndEndsBothConnections) {
  open();
  upstream.on_part = [said = false](world::Stream& stream, const std::string&) mutable {
    if (!std::exchange(said, true)) stream.write(answer(413, "", "{}"));
  };
  Caller& client = exchange("POST /v1/files HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\ncontent-length: 1000\r\n\r\nbegin");
  EXPECT_EQ(answers_in(client.received).at(0).status, 413);
  EXPECT_EQ(answers_in(client.received).at(0).one("connection"), "close");
  run(5s);
  EXPECT_EQ(upstream.open, 0);
}

TEST_F(GatewayTest, BytesThatNobodyAskedForEndTheLink) {
  open();
  upstream.script = [](const Seen&) { return Reply{answer(200, "", "ok") + answer(200, "", "poison")}; };
  EXPECT_EQ(ask(get("/v1/models")).body, "ok");
  upstream.script = [](const Seen&) { return Reply{answer(200, "", "clean"), Reply::Then::stay, {{50ms, answer(200, "", "late")}}}; };
  EXPECT_EQ(ask(get("/v1/models"), 20ms).body, "clean");
  run(1s);
  upstream.script = [](const Seen&) { return Reply{answer(200, "", "third")}; };
  EXPECT_EQ(ask(get("/v1/models")).body, "third");
  EXPECT_EQ(upstream.accepted, 3);
}

// An error answer passes byte for byte, with its cause beside it; a large one too, and has one line in the log.
TEST_F(GatewayTest, AnErrorAnswerKeepsItsBytes) {
  open();
  for (const std::size_t size : {std::size_t{2}, std::size_t{300}, std::size_t{200'000}}) {
    SCOPED_TRACE(size);
    log.clear();
    const std::string body = R"({"type":"error","error":{"type":"not_found_error","message":")" + std::string(size, 'x') + "\"}}";
    for (const bool in_chunks : {false, true}) {
      upstream.script = [&](const Seen&) {
        return in_chunks ? Reply{"HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n" + chunked({body.substr(0, 9), body.substr(9)}) + "0\r\n\r\n"}
                         : Reply{answer(404, "request-id: req_fake\r\n", body)};
      };
      const Got got = ask(get("/v1/models/none"));
      EXPECT_EQ(got.status, 404);
      EXPECT_TRUE(got.body == body);
      EXPECT_NE(got.one("x-locksmith-cause"), "(none)");
      EXPECT_EQ(got.one("x-locksmith-layer"), "upstream");
      EXPECT_NE(got.one("x-locksmith-id"), "(none)");
    }
    EXPECT_EQ(log_lines().size(), 2U);
  }
}

}  // namespace
}  // namespace locksmith::gateway
