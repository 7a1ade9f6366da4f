#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "vocabulary/base64.h"
#include "vocabulary/limits/http.h"
#include "wire/http1/reader.h"
#include "wire/http1/torn_head.h"
#include "wire/http1/write.h"

namespace locksmith::wire::http1 {
namespace {

using std::string_literals::operator""s;

// What a reader made of some bytes, comparable however they were torn.
struct Reading {
  std::string trace;  // one line a message
  Refusal refusal = Refusal::none;
  bool incomplete = false;
  friend bool operator==(const Reading&, const Reading&) = default;
};

std::string describe(const RequestHead& head) {
  std::string text(head.method);
  text.append(" ").append(head.path()).append("?").append(head.query());
  for (const Field& field : head.fields) text.append(" [").append(field.name).append("=").append(field.value).append("]");
  return text;
}

// Feeds `parts` one after another; each part is a copy of its own, so that ASan sees a view that outlives it.
Reading read_requests(const std::vector<std::string>& parts, ByteCount limit = limits::kRequestBody) {
  RequestReader reader(limit);
  Reading result;
  std::string body;
  for (const std::string& part : parts) {
    const std::string owned = part;
    std::string_view input = owned;
    std::string_view piece;
    for (bool more = true; more;) {
      switch (reader.read(input, piece)) {
        case Step::need_more:
          EXPECT_TRUE(input.empty());
          more = false;
          break;
        case Step::head:
          result.trace += describe(reader.head());
          body.clear();
          break;
        case Step::data:
          EXPECT_FALSE(piece.empty());
          body += piece;
          break;
        case Step::end:
          result.trace += " {" + body + "} <" + std::string(reader.trailers()) + ">\n";
          break;
        case Step::refused:
          result.refusal = reader.refusal();
          return result;
      }
    }
  }
  result.incomplete = !reader.idle();
  return result;
}

std::vector<std::string> every_byte(const std::string& bytes) {
  std::vector<std::string> parts;
  for (const char c : bytes) parts.emplace_back(1, c);
  return parts;
}

// Reads the bytes whole, byte by byte and in two parts at every place; all must agree.
Reading read_everyhow(const std::string& bytes, ByteCount limit = limits::kRequestBody) {
  const Reading whole = read_requests({bytes}, limit);
  EXPECT_EQ(read_requests(every_byte(bytes), limit), whole) << bytes;
  const std::size_t step = bytes.size() > 2000 ? bytes.size() / 50 : 1;
  for (std::size_t i = 0; i <= bytes.size(); i += step) {
    EXPECT_EQ(read_requests({bytes.substr(0, i), bytes.substr(i)}, limit), whole) << bytes << " torn at " << i;
  }
  return whole;
}

Refusal refusal_for(const std::string& bytes) { return read_everyhow(bytes).refusal; }

std::string with_field(const std::string& line) { return "GET / HTTP/1.1\r\nHost: h\r\n" + line + "\r\n\r\n"; }

std::string chunked(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}

TEST(RequestReader, ReadsHeadsInOrderAndLetters) {
  const Reading reading = read_everyhow("GET /a?b=c HTTP/1.1\r\nHost: h:1\r\nX-Api-Key:  v w \t\r\nEmpty:\r\n\r\n");
  EXPECT_EQ(reading.refusal, Refusal::none);
  EXPECT_FALSE(reading.incomplete);
  EXPECT_EQ(reading.trace, "GET /a?b=c [Host=h:1] [X-Api-Key=v w] [Empty=] {} <>\n");
}

TEST(RequestReader, ReadsBodiesOfEachFraming) {
  EXPECT_EQ(read_everyhow("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.0\r\n\r\n").trace,
            "POST /? [Host=h] [Content-Length=5] {hello} <>\nGET /? {} <>\n");
  EXPECT_EQ(read_everyhow(chunked("5;a=\"b\"\r\nhello\r\n1 ;x\r\n!\r\n000\r\nT: 1\r\nU: 2\r\n\r\n")).trace,
            "POST /? [Host=h] [Transfer-Encoding=chunked] {hello!} <T: 1\r\nU: 2\r\n>\n");
}

TEST(RequestReader, PassesOverOneEmptyLine) {
  EXPECT_EQ(read_everyhow("\r\nGET / HTTP/1.0\r\n\r\n").trace, "GET /? {} <>\n");
  EXPECT_EQ(refusal_for("\r\n\r\nGET / HTTP/1.0\r\n\r\n"), Refusal::start_line_malformed);
}

TEST(RequestReader, KnowsTheFourTargetForms) {
  EXPECT_EQ(read_everyhow("GET HTTPS://h/x?y HTTP/1.0\r\n\r\n").trace, "GET /x?y {} <>\n");
  EXPECT_EQ(read_everyhow("GET http://h?y HTTP/1.0\r\n\r\n").trace, "GET /?y {} <>\n");
  EXPECT_EQ(read_everyhow("OPTIONS * HTTP/1.0\r\n\r\n").trace, "OPTIONS *? {} <>\n");
  EXPECT_EQ(read_everyhow("CONNECT h:443 HTTP/1.0\r\n\r\n").trace, "CONNECT h:443? {} <>\n");
  EXPECT_EQ(refusal_for("CONNECT h HTTP/1.0\r\n\r\n"), Refusal::target_malformed);
  EXPECT_EQ(refusal_for("GET ftp://h/ HTTP/1.0\r\n\r\n"), Refusal::target_malformed);
  EXPECT_EQ(refusal_for("GET /a#b HTTP/1.0\r\n\r\n"), Refusal::target_malformed);
  EXPECT_EQ(refusal_for("GET http://u@h/ HTTP/1.0\r\n\r\n"), Refusal::target_malformed);
}

TEST(RequestReader, RefusesWithTheReason) {
  EXPECT_EQ(refusal_for("GET / HTTP/1.1\nHost: h\n\n"), Refusal::bare_line_feed);
  EXPECT_EQ(refusal_for("GET / HTTP/2.0\r\n\r\n"), Refusal::version_unsupported);
  EXPECT_EQ(refusal_for("GET / HTTP/1.1\r\n\r\n"), Refusal::host_missing);
  EXPECT_EQ(refusal_for(with_field("Host: h")), Refusal::host_repeated);
  EXPECT_EQ(refusal_for(with_field(" folded")), Refusal::folded_field);
  EXPECT_EQ(refusal_for(with_field("A : b")), Refusal::field_name_malformed);
  EXPECT_EQ(refusal_for(with_field(": b")), Refusal::field_name_malformed);
  EXPECT_EQ(refusal_for(with_field("A: b\rc")), Refusal::bare_carriage_return);
  EXPECT_EQ(refusal_for(with_field("A: b\0c"s)), Refusal::field_value_control_byte);
  EXPECT_EQ(refusal_for(with_field("NoColon")), Refusal::field_without_colon);
  EXPECT_EQ(refusal_for(with_field("Content-Length: 1\r\nContent-Length: 1")), Refusal::length_repeated);
  EXPECT_EQ(refusal_for(with_field("Content-Length: 1\r\nTransfer-Encoding: chunked")),
            Refusal::length_with_transfer_coding);
  EXPECT_EQ(refusal_for(with_field("Transfer-Encoding: gzip, chunked")), Refusal::transfer_coding_unknown);
  EXPECT_EQ(refusal_for("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), Refusal::transfer_coding_in_http10);
  EXPECT_EQ(refusal_for(with_field("Expect: 200-ok")), Refusal::expectation_unknown);
  EXPECT_EQ(refusal_for(chunked("g\r\n")), Refusal::chunk_size_malformed);
  EXPECT_EQ(refusal_for(chunked("fffffffffffffffff\r\n")), Refusal::chunk_size_too_large);
  EXPECT_EQ(refusal_for(chunked("1\r\nab")), Refusal::chunk_data_end_malformed);
  EXPECT_EQ(refusal_for(chunked("1;" + std::string(300, 'x') + "\r\n")), Refusal::chunk_line_too_long);
  EXPECT_EQ(refusal_for(chunked("0\r\nT: 1\n\r\n")), Refusal::bare_line_feed);
  EXPECT_EQ(refusal_for(chunked("0\r\n T: 1\r\n\r\n")), Refusal::folded_field);
  EXPECT_EQ(refusal_for(chunked("0\r\nT: " + std::string(9000, 'x'))), Refusal::trailers_too_large);
}

TEST(RequestReader, KeepsItsLimits) {
  const std::string long_target = "GET /" + std::string(limits::kStartLine, 'a') + " HTTP/1.1\r\n";
  EXPECT_EQ(read_requests({long_target}).refusal, Refusal::start_line_too_long);
  EXPECT_EQ(read_requests({long_target.substr(0, limits::kStartLine + 1)}).refusal, Refusal::start_line_too_long);
  EXPECT_EQ(read_requests({with_field("A: " + std::string(limits::kHeadBytes, 'a'))}).refusal,
            Refusal::head_too_large);
  std::string many;
  for (std::size_t i = 0; i < limits::kHeaderFields; ++i) many += "A: b\r\n";
  EXPECT_EQ(read_requests({with_field(many + "A: b")}).refusal, Refusal::too_many_fields);
  EXPECT_EQ(read_requests({"POST / HTTP/1.0\r\nContent-Length: 6\r\n\r\n"}, ByteCount{5}).refusal,
            Refusal::length_too_large);
  EXPECT_EQ(read_everyhow(chunked("3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n"), ByteCount{5}).refusal, Refusal::body_too_large);
}

// --- The corpus ------------------------------------------------------------------------------------------------------

struct Case {
  std::string id, expected, also, why, bytes;
};

std::vector<Case> corpus() {
  std::vector<Case> cases;
  std::ifstream file(std::string(LOCKSMITH_SOURCE_DIR) + "/src/wire/http1/testdata/cases.tsv");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    Case row;
    std::string* const columns[] = {&row.id, &row.expected, &row.also, &row.why, &row.bytes};
    std::size_t begin = 0;
    for (std::string* column : columns) {
      const std::size_t end = line.find('\t', begin);
      *column = line.substr(begin, end - begin);
      begin = end + 1;
    }
    row.bytes = from_base64(row.bytes).value();
    cases.push_back(std::move(row));
  }
  return cases;
}

TEST(Corpus, IsJudgedAsTheStandardSays) {
  const std::vector<Case> cases = corpus();
  ASSERT_EQ(cases.size(), 128U);
  for (const Case& row : cases) {
    if (row.also == "server") continue;
    SCOPED_TRACE(row.id + ": " + row.why);
    const Reading reading = read_everyhow(row.bytes);
    if (row.expected == "accept") {
      EXPECT_EQ(to_words(reading.refusal), to_words(Refusal::none));
      EXPECT_FALSE(reading.incomplete);
    } else if (row.id.starts_with("part-")) {
      EXPECT_TRUE(reading.incomplete);
    } else if (row.also != "accept" || reading.refusal != Refusal::none) {
      EXPECT_NE(reading.refusal, Refusal::none);
      if (row.expected == "reject_400" && row.also.find("50") == std::string::npos) {
        EXPECT_EQ(status_of(reading.refusal), 400) << to_words(reading.refusal);
      }
    }
    EXPECT_EQ(reading.trace.find("/smuggled"), std::string::npos);
  }
}

// --- Responses -------------------------------------------------------------------------------------------------------

struct Answer {
  int status = 0;
  std::string body;
  Refusal refusal = Refusal::none;
  bool ended = false;
  int interim = 0;
  friend bool operator==(const Answer&, const Answer&) = default;
};

Answer read_response(const std::vector<std::string>& parts, std::string_view method, bool closes) {
  ResponseReader reader(limits::kProbeBody);
  reader.expect(method);
  Answer answer;
  const auto note = [&](Step step, std::string_view piece) {
    if (step == Step::head) answer.status = reader.head().status;
    if (step == Step::data) answer.body += piece;
    if (step == Step::end) answer.ended = true;
    if (step == Step::refused) answer.refusal = reader.refusal();
  };
  for (const std::string& part : parts) {
    std::string_view input = part;
    Step step = Step::need_more;
    do {
      std::string_view piece;
      step = reader.read(input, piece);
      note(step, piece);
    } while (step == Step::head || step == Step::data);
    if (answer.ended || step == Step::refused) break;
  }
  answer.interim = reader.interim_responses();
  if (closes && !answer.ended && answer.refusal == Refusal::none) note(reader.finish(), {});
  return answer;
}

Answer respond(const std::string& bytes, std::string_view method = "GET", bool closes = false) {
  const Answer whole = read_response({bytes}, method, closes);
  EXPECT_EQ(read_response(every_byte(bytes), method, closes), whole) << bytes;
  return whole;
}

TEST(ResponseReader, KnowsWhereABodyEnds) {
  EXPECT_EQ(respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), (Answer{200, "hi", Refusal::none, true}));
  EXPECT_EQ(respond("HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
            (Answer{200, "hi", Refusal::none, true}));
  EXPECT_EQ(respond("HTTP/1.0 200 OK\r\n\r\nhi", "GET", true), (Answer{200, "hi", Refusal::none, true}));
  EXPECT_EQ(respond("HTTP/1.1 204 No Content\r\n\r\n"), (Answer{204, "", Refusal::none, true}));
  EXPECT_EQ(respond("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD"), (Answer{200, "", Refusal::none, true}));
  EXPECT_EQ(respond("HTTP/1.1 200 Connected\r\n\r\n", "CONNECT"), (Answer{200, "", Refusal::none, true}));
  EXPECT_EQ(respond("HTTP/1.1 407 No\r\nContent-Length: 1\r\n\r\nx", "CONNECT"),
            (Answer{407, "x", Refusal::none, true}));
}

TEST(ResponseReader, PassesOverInterimResponses) {
  EXPECT_EQ(respond("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            (Answer{200, "", Refusal::none, true, 2}));
  EXPECT_EQ(respond("HTTP/1.1 101 Switching Protocols\r\n\r\n").refusal, Refusal::upgrade_unexpected);
}

TEST(ResponseReader, TellsACutAnswerFromAWholeOne) {
  EXPECT_EQ(respond("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", "GET", true).refusal, Refusal::ended_early);
  EXPECT_EQ(respond("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", "GET", true).refusal,
            Refusal::ended_early);
  EXPECT_EQ(respond("HTTP/1.1 200 O", "GET", true).refusal, Refusal::ended_early);
  EXPECT_EQ(respond("", "GET", true).refusal, Refusal::ended_early);
}

TEST(ResponseReader, RefusesWhatIsNotHttp) {
  EXPECT_EQ(respond("SSH-2.0-OpenSSH\r\n\r\n").refusal, Refusal::version_malformed);
  EXPECT_EQ(respond("HTTP/1.1 99 X\r\n\r\n").refusal, Refusal::status_malformed);
  EXPECT_EQ(respond("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n").refusal,
            Refusal::length_repeated);
}

// --- Writing ---------------------------------------------------------------------------------------------------------

TEST(TornHead, IsFoundWhereItLiesAndKeptWhereItIsTorn) {
  const std::string message = "GET / HTTP/1.1\r\nHost: h\r\n\r\nbody";
  const std::size_t size = message.size() - 4;
  for (std::size_t cut = 0; cut < size; ++cut) {
    TornHead torn;
    std::string_view head;
    std::string_view first = std::string_view(message).substr(0, cut);
    ASSERT_EQ(torn.take(first, head).progress, Progress::need_more);
    ASSERT_TRUE(first.empty());
    ASSERT_EQ(torn.empty(), cut == 0);
    std::string_view second = std::string_view(message).substr(cut);
    ASSERT_EQ(torn.take(second, head).progress, Progress::done) << "cut at " << cut;
    EXPECT_EQ(head, message.substr(0, size));
    EXPECT_EQ(head.data() == message.data(), cut == 0) << "what lies whole is not copied";
    EXPECT_EQ(second, "body");
    torn.forget();
    EXPECT_TRUE(torn.empty());
    std::string_view next = message;
    EXPECT_EQ(torn.take(next, head).progress, Progress::done) << "a new message begins after forget()";
  }
  TornHead torn;
  std::string_view head;
  std::string_view wrong = "GET / HTTP/1.1\nHost: h\r\n\r\n";
  EXPECT_EQ(torn.take(wrong, head).progress, Progress::refused);
}

TEST(Write, WhatItWritesItReads) {
  std::string out;
  ASSERT_TRUE(begin_request(out, "POST", "/v1/messages?beta=true"));
  append_field(out, "Host", "h");
  append_field(out, "Transfer-Encoding", "chunked");
  end_head(out);
  append_chunk(out, "0123456789abcdef0");
  append_chunk(out, "");
  out += kLastChunk;
  EXPECT_EQ(read_everyhow(out).trace,
            "POST /v1/messages?beta=true [Host=h] [Transfer-Encoding=chunked] {0123456789abcdef0} <>\n");
}

TEST(Write, LetsNoContentBecomeProtocol) {
  std::string out;
  EXPECT_FALSE(append_field(out, "A", "b\r\nC: d"));
  EXPECT_FALSE(append_field(out, "A b", "c"));
  EXPECT_FALSE(append_field(out, "A", "b\0"s));
  EXPECT_FALSE(begin_request(out, "GET", "/ HTTP/1.1\r\nX: y"));
  EXPECT_FALSE(begin_request(out, "G T", "/"));
  EXPECT_EQ(out, "");
}

TEST(Fields, ListElementsAreFound) {
  Fields fields;
  fields.add("Connection", "keep-alive, Close");
  EXPECT_TRUE(fields.lists("connection", "close"));
  EXPECT_FALSE(fields.lists("connection", "clos"));
}

// Eight bytes of a value are looked at at once: what is refused does not depend on where it stands.
TEST(Fields, EveryControlByteIsFoundWhereverItStands) {
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    if (c == '\r' || c == '\n') continue;  // these end the line, or are refused as its end
    const bool allowed = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    for (std::size_t place = 0; place < 20; ++place) {
      for (const char around : {'a', '\t', '\xff'}) {
        std::string value(20, around);
        value.front() = value.back() = 'a';
        value[place] = c;
        Fields fields;
        const std::string line = "name: " + value + "\r\n";
        EXPECT_EQ(parse_fields(line, fields), allowed ? Refusal::none : Refusal::field_value_control_byte) << byte << " at " << place;
      }
    }
  }
}

}  // namespace
}  // namespace locksmith::wire::http1
