#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "emulator/server.h"
#include "host/epoll_loop.h"
#include "vocabulary/base64.h"
#include "vocabulary/limits/http.h"
#include "wire/http1/reader.h"

namespace locksmith::emulator {
namespace {

using wire::http1::Step;
using world::CloseReason;

std::string fake_key() { return "sk-ant-api03-" + std::string(93, 'x') + "AA"; }

// A client that sends bytes as they are and keeps all that comes back.
struct RawClient : world::StreamHandler {
  world::Loop& loop;
  std::vector<std::string> parts;
  bool finish_after = false;
  std::string received;
  world::Closing closing;
  bool closed = false;
  bool got_finish = false;
  std::function<void(RawClient&)> on_change;
  world::Stream* stream = nullptr;

  explicit RawClient(world::Loop& l) : loop(l) {}
  void on_open(world::Stream& s) override {
    stream = &s;
    for (const std::string& part : parts) s.write(part);
    if (finish_after) s.finish();
  }
  void on_bytes(world::Stream&, std::string_view bytes) override {
    received += bytes;
    if (on_change) on_change(*this);
  }
  void on_drained(world::Stream&) override {}
  void on_peer_finished(world::Stream& s) override {
    got_finish = true;
    s.finish();
  }
  void on_closed(world::Stream&, const world::Closing& c) override {
    closing = c;
    closed = true;
    stream = nullptr;
    if (on_change) on_change(*this);
  }
};

class ServerTest : public testing::Test {
 protected:
  host::EpollLoop loop;
  Server server{loop, {0ms, {}}};
  world::Address address;

  void SetUp() override {
    address = loop.listen({world::Family::ipv4, {127, 0, 0, 1}, 0}, {}, server).value();
    loop.after(60s, [this] {
      ADD_FAILURE() << "nothing ended the test";
      loop.stop();
    });
  }

  // Sends, and runs until the connection is over or (with `settle`) nothing more is expected.
  RawClient exchange(std::vector<std::string> parts, Duration settle = 5s) {
    RawClient client(loop);
    client.parts = std::move(parts);
    client.on_change = [this](RawClient& c) { if (c.closed) loop.stop(); };
    loop.dial(address, {5s}, client);
    const auto timer = loop.after(settle, [this] { loop.stop(); });
    loop.run();
    loop.cancel(timer);
    if (!client.closed) {
      client.stream->abort();
      loop.run();
    }
    return client;
  }

  std::string request(const std::string& line, const std::string& more = "", const std::string& body = "") {
    std::string text = line + " HTTP/1.1\r\nHost: h\r\nx-api-key: " + fake_key() +
                       "\r\nanthropic-version: 2023-06-01\r\nConnection: close\r\n" + more;
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
  }
  const std::string stream_body =
      R"({"model":"claude-haiku-4-5","max_tokens":99,"stream":true,"messages":[{"role":"user","content":"Hi"}]})";
};

// The statuses of the answers that came, in order.
std::vector<int> statuses(const std::string& bytes) {
  std::vector<int> all;
  wire::http1::ResponseReader reader(limits::kRequestBody);
  std::string_view input = bytes;
  std::string_view piece;
  for (;;) {
    const Step step = reader.read(input, piece);
    if (step == Step::head) all.push_back(reader.head().status);
    if (step == Step::need_more || step == Step::refused) return all;
  }
}

TEST_F(ServerTest, JudgesTheCorpusOfRequestsAsAServerShould) {
  std::ifstream file(std::string(LOCKSMITH_SOURCE_DIR) + "/src/wire/http1/testdata/cases.tsv");
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::vector<std::string> columns;
    for (std::size_t begin = 0; begin <= line.size();) {
      const std::size_t end = std::min(line.find('\t', begin), line.size());
      columns.push_back(line.substr(begin, end - begin));
      begin = end + 1;
    }
    ++cases;
    const std::string& id = columns[0];
    SCOPED_TRACE(id + ": " + columns[3]);
    const bool accept = columns[1] == "accept";
    const RawClient client = exchange({from_base64(columns[4]).value()}, 30ms);
    const std::vector<int> got = statuses(client.received);
    if (id.starts_with("part-")) {
      EXPECT_TRUE(got.empty());
    } else if (accept) {
      // An accepted request is answered by the API: here 401 or 404, for it has no key.
      ASSERT_FALSE(got.empty());
      for (const int status : got) EXPECT_TRUE(status == 401 || status == 404 || status == 405) << status;
    } else if (columns[2] != "accept") {
      ASSERT_EQ(got.size(), 1U);
      EXPECT_GE(got[0], 400);
      EXPECT_LT(got[0], 600);
    }
    for (const Record& record : server.api().records()) EXPECT_EQ(record.path.find("smuggled"), std::string::npos);
  }
  EXPECT_GT(cases, 120);
  loop.after(10ms, [this] { loop.stop(); });
  loop.run();
  EXPECT_EQ(server.connections(), 0U) << "connections are left behind";
}

TEST_F(ServerTest, StreamsWholeAndInChunks) {
  const RawClient client = exchange({request("POST /v1/messages", "", stream_body)});
  EXPECT_EQ(statuses(client.received), (std::vector{200}));
  EXPECT_NE(client.received.find("event: message_stop"), std::string::npos);
  EXPECT_TRUE(client.received.ends_with("0\r\n\r\n"));
  EXPECT_EQ(client.closing.reason, CloseReason::finished);
}

TEST_F(ServerTest, HttpTenIsStreamedUntilClose) {
  std::string text = request("POST /v1/messages", "", stream_body);
  text.replace(text.find("HTTP/1.1"), 8, "HTTP/1.0");
  const RawClient client = exchange({text});
  EXPECT_EQ(client.received.find("transfer-encoding"), std::string::npos);
  EXPECT_NE(client.received.find("event: message_stop"), std::string::npos);
  EXPECT_EQ(client.closing.reason, CloseReason::finished);
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  std::string all;
  for (int i = 0; i < 50; ++i) all += "GET /api/hello HTTP/1.1\r\nHost: h\r\n\r\n";
  const RawClient client = exchange({all + request("GET /v1/models")});
  EXPECT_EQ(statuses(client.received), std::vector<int>(51, 200));
}

TEST_F(ServerTest, ExpectedBodiesAreAskedFor) {
  const RawClient client = exchange({request("POST /v1/messages", "Expect: 100-continue\r\n", stream_body)});
  EXPECT_TRUE(client.received.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"));
}

TEST_F(ServerTest, AHalfClosingClientStillGetsItsAnswer) {
  RawClient client(loop);
  client.parts = {request("POST /v1/messages", "", stream_body)};
  client.finish_after = true;
  client.on_change = [this](RawClient& c) { if (c.closed) loop.stop(); };
  loop.dial(address, {5s}, client);
  loop.run();
  EXPECT_NE(client.received.find("event: message_stop"), std::string::npos);
}

TEST_F(ServerTest, ATooLargeRequestGetsItsAnswerBeforeTheEnd) {
  const RawClient client = exchange({"POST /v1/messages HTTP/1.1\r\nHost: h\r\nContent-Length: 33554433\r\n\r\n",
                                     std::string(4 * 1024 * 1024, 'x')});
  EXPECT_EQ(statuses(client.received), (std::vector{413}));
  EXPECT_NE(client.received.find("request_too_large"), std::string::npos);
}

TEST_F(ServerTest, TransportFaultsLookAsTheyShould) {
  struct Expected {
    const char* fault;
    CloseReason reason;
    bool answered;  // a head came
    bool whole;     // message_stop came
  };
  for (const Expected& one : {Expected{"reset-before-answer", CloseReason::reset, false, false},
                              Expected{"close-without-answer", CloseReason::finished, false, false},
                              Expected{"stream-reset", CloseReason::reset, true, false},
                              Expected{"stream-cut", CloseReason::finished, true, false},
                              Expected{"stream-truncated", CloseReason::finished, true, false},
                              Expected{"stream-error", CloseReason::finished, true, false},
                              Expected{"request-id-stripped", CloseReason::finished, true, true},
                              Expected{"no-answer", CloseReason::aborted, false, false},
                              Expected{"stream-stalled", CloseReason::aborted, true, false}}) {
    SCOPED_TRACE(one.fault);
    const std::string field = "x-locksmith-fault: " + std::string(one.fault) + "\r\n";
    const RawClient client = exchange({request("POST /v1/messages", field, stream_body)}, 200ms);
    EXPECT_EQ(client.closing.reason, one.reason) << client.closing.detail;
    EXPECT_EQ(client.received.starts_with("HTTP/1.1 200"), one.answered);
    EXPECT_EQ(client.received.find("message_stop") != std::string::npos, one.whole);
    const bool has_last_chunk = client.received.ends_with("0\r\n\r\n");
    EXPECT_EQ(has_last_chunk, one.reason == CloseReason::finished && one.answered && std::string(one.fault) != "stream-cut");
  }
  const RawClient stripped = exchange({request("GET /v1/models", "x-locksmith-fault: request-id-stripped\r\n")});
  EXPECT_EQ(stripped.received.find("anthropic-"), std::string::npos);
  const RawClient wrong = exchange({request("GET /v1/models", "x-locksmith-fault: wrong-content-length\r\n")});
  EXPECT_TRUE(wrong.received.ends_with("}"));
  EXPECT_EQ(wrong.closing.reason, CloseReason::finished);
}

TEST_F(ServerTest, DelaysAreKept) {
  server.api().faults().add({[] {
    FaultRule rule = parse_fault_argument("slow-first-byte").value();
    rule.delay = 80ms;
    return rule;
  }()}, loop.tick());
  const Tick begin = loop.tick();
  const RawClient client = exchange({request("GET /v1/models")});
  EXPECT_EQ(statuses(client.received), (std::vector{200}));
  EXPECT_GE(loop.tick() - begin, 80ms);
}

TEST_F(ServerTest, AClientThatNeverReadsIsNotAnsweredForEver) {
  // The client reads nothing for a while, then all.
  RawClient client(loop);
  constexpr int kRequests = 40000;
  std::string all;
  for (int i = 0; i < kRequests; ++i) all += "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n";
  client.parts = {all + request("GET /api/hello")};
  client.on_change = [this](RawClient& c) { if (c.closed) loop.stop(); };
  loop.dial(address, {5s}, client).pause_reading();
  std::size_t answered = 0;
  loop.after(500ms, [&] {
    answered = server.api().records().back().number;
    client.stream->resume_reading();
  });
  loop.run();
  EXPECT_LT(answered, static_cast<std::size_t>(kRequests)) << "answers pile up without a limit";
  EXPECT_EQ(statuses(client.received).size(), kRequests + 1U);
}

TEST_F(ServerTest, DrainingLetsAnAnswerFinish) {
  RawClient idle(loop);
  loop.dial(address, {5s}, idle);
  RawClient busy(loop);
  busy.parts = {request("POST /v1/messages", "", stream_body)};
  bool draining = false;
  busy.on_change = [&](RawClient& c) {
    if (std::exchange(draining, true) || c.closed) return;
    loop.stop_listening();
    server.drain(5s, [this] { loop.stop(); });
  };
  loop.dial(address, {5s}, busy);
  loop.run();
  EXPECT_EQ(server.connections(), 0U);
  EXPECT_NE(busy.received.find("event: message_stop"), std::string::npos);
  EXPECT_TRUE(idle.got_finish);
}

}  // namespace
}  // namespace locksmith::emulator
