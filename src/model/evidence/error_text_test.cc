#include "model/evidence/error_text.h"

#include <gtest/gtest.h>

#include <set>

#include "model/evidence/phrase_book.h"
#include "vocabulary/limits/input.h"

namespace locksmith::model::evidence {
namespace {

std::string letters(std::string_view text) {
  NormalText normal;
  normal.append(plain(text));
  return normal.letters;
}

TEST(Plain, UndoesWhatClientsDoToAnError) {
  const std::string expected = letters(R"({"type":"error","error":{"message":"invalid x-api-key"}})");
  for (const char* text : {
           R"({\"type\":\"error\",\"error\":{\"message\":\"invalid x-api-key\"}})",
           R"({\\\"type\\\":\\\"error\\\",\\\"error\\\":{\\\"message\\\":\\\"invalid x-api-key\\\"}})",
           R"({'type': 'error', 'error': {'message': 'invalid x-api-key'}})",
           "{\x1b[31m\"type\"\x1b[0m: \"error\",\n  \"error\": {\n \"message\": \"invalid x-\napi-key\"}}",
           R"({\u001b[1m\"type\": \"error\"\n, \"error\":{\"message\":\"INVALID X-API-KEY\"}})",
           "{&quot;type&quot;:&quot;error&quot;,&quot;error&quot;:{&quot;message&quot;:&quot;invalid x-api-key&quot;}}"}) {
    EXPECT_EQ(letters(text), expected) << text;
  }
}

TEST(Plain, IsBounded) {
  EXPECT_LE(plain(std::string(10 * limits::kErrorText, 'x')).size(), limits::kErrorText + 1);
  EXPECT_EQ(plain("\\"), "");
  EXPECT_EQ(plain("\\u12"), "u12");
  EXPECT_EQ(plain("\x1b["), "");
}

TEST(ReadError, FindsTheStatusWhereverItStands) {
  struct Case {
    const char* text;
    int status;
  };
  for (const Case& c : {Case{"Error code: 401 - {'type': 'error'}", 401}, Case{"API Error: 403 {\"error\":1}", 403},
                        Case{"HTTP/1.1 429 Too Many Requests", 429}, Case{"[404] Not Found", 404},
                        Case{"status code 529", 529}, Case{"Request failed with status code 400", 400},
                        Case{"anthropic.RateLimitError: slow down", 429}, Case{"API Error (401 {\"error\":\"x\"})", 401},
                        Case{"{\"statusCode\": 413, \"x\": 1}", 413}, Case{"server answered 502 Bad Gateway", 502}}) {
    EXPECT_EQ(read_error(plain(c.text)).status, c.status) << c.text;
  }
  for (const char* text : {"prompt is too long: 211180 tokens > 200000", "took 450 ms", "at line 404 of main.py",
                           "limit of 400,000 tokens", "version 2.1.500"}) {
    EXPECT_EQ(read_error(plain(text)).status, std::nullopt) << text;
  }
}

TEST(ReadError, FindsTypeRequestIdAndBody) {
  const ReadError e = read_error(plain(
      R"(Error: 400 {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"},\"request_id\":\"req_011CabcDEF123456789\"})"));
  EXPECT_EQ(e.type, "invalid_request_error");
  EXPECT_EQ(e.request_id, "req_011CabcDEF123456789");
  EXPECT_TRUE(e.json);
  EXPECT_FALSE(e.html);
  EXPECT_EQ(read_error("{\"error\": {\"type\": \"forbidden\", \"message\": \"no\"}}").type, "forbidden");
  EXPECT_TRUE(read_error("<!DOCTYPE html><title>x</title>").html);
}

std::set<std::string> meanings(const PhraseBook& book, std::string_view text) {
  NormalText normal;
  normal.append(plain(text));
  std::set<std::string> found;
  book.find(normal, [&](std::size_t m) { found.emplace(book.name(m)); });
  return found;
}

TEST(PhraseBook, FindsMeaningsWhateverTheForm) {
  const PhraseBook book({{"low", {"credit balance * too low"}},
                         {"key", {"invalid x-api-key", "invalid key"}},
                         {"top", {"top_p"}},
                         {"limit", {"rate limit"}}});
  using Set = std::set<std::string>;
  EXPECT_EQ(meanings(book, "Your CREDIT\nbalance is way too-low"), Set{"low"});
  EXPECT_EQ(meanings(book, "invalid 'x-api-key'"), Set{"key"});
  EXPECT_EQ(meanings(book, "it stopped early"), Set{}) << "a phrase begins where a word begins";
  EXPECT_EQ(meanings(book, "RateLimitError"), Set{"limit"}) << "a hump of camelCase begins a word";
  EXPECT_EQ(meanings(book, "too low is the credit balance"), Set{}) << "the parts come in order";
  EXPECT_EQ(meanings(book, "credit balance " + std::string(200, 'x') + " too low"), Set{}) << "a gap has an end";
  EXPECT_EQ(meanings(book, "credit balance x, credit balance y too low"), Set{"low"});
}

TEST(ReadError, ANumberThatIsCalledAStatusWinsOverOneThatOnlyLooksLikeIt) {
  EXPECT_EQ(read_error("ERROR app [req 451] Error code: 401 - {}").status, 401);
  EXPECT_EQ(read_error("worker 503 failed: POST /v1/messages HTTP/1.1 429").status, 429);
  EXPECT_EQ(read_error("[404] Not Found").status, 404);
}

TEST(ReadError, ATypeIsAWholeWordOrAMemberThatATerminalBroke) {
  EXPECT_EQ(read_error("401 (new_api_error): x").type, "");
  EXPECT_EQ(read_error("{\"type\":\"overload     ed_error\"}").type, "overloaded_error");
  EXPECT_EQ(read_error("{'type': 'rate_limit\n  _error'}").type, "rate_limit_error");
  EXPECT_EQ(read_error("\"api_error_status\": 401").status, 401);
}

TEST(PhraseBook, AGapEndsWithItsParagraph) {
  const PhraseBook book(std::vector<Meaning>{{"missing", {"model * not found"}}});
  EXPECT_EQ(meanings(book, "model x\nnot found"), std::set<std::string>{"missing"});
  EXPECT_EQ(meanings(book, "model x\n\nuser not found"), std::set<std::string>{});
}

TEST(Plain, ANumberWithAPointIsOneNumber) {
  const PhraseBook book(std::vector<Meaning>{{"nothing", {"cost 0"}}});
  EXPECT_EQ(meanings(book, "cost: 0, turns: 1"), std::set<std::string>{"nothing"});
  EXPECT_EQ(meanings(book, "cost: 0.0123"), std::set<std::string>{});
}

TEST(Plain, ComposesPrefixIsAServicesName) {
  EXPECT_EQ(container_prefix("litellm_proxy  | INFO"), 17U);
  for (const std::string_view line : {"", "| x", "x", "x|y", "a b | c"}) EXPECT_EQ(container_prefix(line), 0U) << line;
}

TEST(Denied, AMessageThatTheReportSaysItIsNotWasNotSeen) {
  EXPECT_EQ(without_denied("I get 401, it is not the 'credit balance is too low' error"), "I get 401, it is not the  error");
  EXPECT_EQ(without_denied("429 and I don't get \"overloaded, try again\""), "429 and I don't get ");
  EXPECT_EQ(without_denied("401 instead of the usual \u201Ctoken has expired\u201D"), "401 instead of the usual ");
}

TEST(Denied, InsteadAndRatherDenyOnlyWithOfAndThan) {
  for (const std::string text : {"It should work, instead got the error \"Your credit balance is too low\"", "no answer, instead getting \"invalid x-api-key\" today",
                                 "not a 401 but rather the \"prompt is too long\" error", "Instead, I see \"invalid x-api-key\""}) {
    EXPECT_EQ(without_denied(text), text);
  }
  EXPECT_EQ(without_denied("401 rather than the usual 'token has expired'"), "401 rather than the usual ");
  EXPECT_EQ(without_denied("429 instead of getting 'credit balance is too low'"), "429 instead of getting ");
}

TEST(Denied, WhatIsQuotedOtherwiseStays) {
  for (const std::string text : {"It says 'credit balance is too low'", "could not find 'the api key'", "{'type': 'not_found_error', 'message': 'model: x y'}",
                                 "it isn't working: \"invalid x-api-key\"", "is not a 'string'", "not the 'one that never ends", "don't 'a b'c"}) {
    EXPECT_EQ(without_denied(text), text);
  }
}

}  // namespace
}  // namespace locksmith::model::evidence
