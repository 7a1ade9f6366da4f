#include "gateway/own_urls.h"

#include <gtest/gtest.h>

namespace locksmith::gateway {
namespace {

struct Case {
  std::string body, becomes;
};

TEST(OwnUrls, OnlyTheAddressOfABatchsResultsIsMadeOurOwn) {
  const std::string path = "/v1/messages/batches/msgbatch_1/results\"}";
  for (const auto& [body, becomes] : {
           Case{R"({"id":"msgbatch_1","results_url":"https://api.anthropic.com)" + path, R"({"id":"msgbatch_1","results_url":"http://gw:8787)" + path},
           Case{R"({"results_url" :  "https://api.anthropic.com:443)" + path, R"({"results_url" :  "http://gw:8787)" + path},
           Case{R"({"results_url":"http://127.0.0.1:8788/anthropic)" + path, R"({"results_url":"http://gw:8787)" + path},
           Case{R"({"data":[{"results_url":"https://a.b)" + path + R"(,{"results_url":null},{"results_url":"https://a.b)" + path + "]}",
                R"({"data":[{"results_url":"http://gw:8787)" + path + R"(,{"results_url":null},{"results_url":"http://gw:8787)" + path + "]}"},
           Case{R"({"results_url":"https:\/\/api.anthropic.com\/v1\/messages\/batches\/msgbatch_1\/results"})",
                R"({"results_url":"http://gw:8787\/v1\/messages\/batches\/msgbatch_1\/results"})"},
       }) {
    std::string text = body;
    EXPECT_GT(make_urls_own(text, "http://gw:8787", "/anthropic"), 0U) << body;
    EXPECT_EQ(text, becomes);
  }
}

TEST(OwnUrls, WhateverElseStandsThereStays) {
  for (const std::string body : {R"({"results_url":null})", R"({"results_url":"/v1/messages/batches/m/results"})", R"({"results_url":"https://elsewhere.example/x"})",
                                 R"({"results_url":7})", R"({"results_url")", R"({"results_url":)", R"({"results_url":"https://)", R"({"results_url":"https://a)",
                                 R"({"text":"say \"results_url\":\"https://a.b/v1/messages/batches/m/results\""})", R"({"url":"https://a.b/v1/messages/batches/m/results"})"}) {
    std::string text = body;
    EXPECT_EQ(make_urls_own(text, "http://gw", ""), 0U) << body;
    EXPECT_EQ(text, body);
  }
}

TEST(OwnUrls, TheOriginIsTheOneThatTheClientAskedFor) {
  const auto origin = [](const std::string& fields, bool over_tls) {
    const std::string text = "GET /v1/messages/batches HTTP/1.1\r\n" + fields + "\r\n";
    wire::http1::RequestHead head;
    EXPECT_EQ(parse_request_head(text, head), wire::http1::Refusal::none);
    return own_origin(head, over_tls);
  };
  EXPECT_EQ(origin("Host: gw.example:8787\r\n", false), "http://gw.example:8787");
  EXPECT_EQ(origin("Host: gw.example\r\n", true), "https://gw.example");
  EXPECT_EQ(origin("Host: gw.example\r\nX-Forwarded-Proto: https\r\n", false), "https://gw.example");
}

TEST(OwnUrls, TheLengthFollows) {
  std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nrequest-id: r\r\n\r\n";
  set_length(head, 1234);
  EXPECT_EQ(head, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nrequest-id: r\r\n\r\n");
  std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string before = chunked;
  set_length(chunked, 9);
  EXPECT_EQ(chunked, before);
}

}  // namespace
}  // namespace locksmith::gateway
