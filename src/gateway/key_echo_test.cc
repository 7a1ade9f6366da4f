#include "gateway/key_echo.h"

#include <gtest/gtest.h>

#include <random>

namespace locksmith::gateway {
namespace {

std::string made_key(std::mt19937_64& random, std::size_t size) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  std::string key = "made-";
  while (key.size() < size) key.push_back(kLetters[random() % kLetters.size()]);
  return key;
}

// What comes out where `text` comes in pieces of these sizes, again and again.
std::string passed(const KeyTrace& trace, std::string_view text, std::vector<std::size_t> sizes, std::size_t* masked = nullptr) {
  EchoMask echo;
  std::string out;
  for (std::size_t at = 0, i = 0; at < text.size(); ++i) {
    const std::string_view piece = text.substr(at, sizes[i % sizes.size()]);
    at += piece.size();
    out.append(echo.passes(trace, piece) ? piece : echo.take(trace, piece));
  }
  if (!echo.idle()) out.append(echo.finish(trace));
  if (masked != nullptr) *masked = echo.masked();
  return out;
}

TEST(KeyEcho, AKeyIsCoveredWhereverItStandsAndHoweverItIsCut) {
  std::mt19937_64 random(7);
  for (const std::size_t size : {17UL, 40UL, 108UL, 200UL}) {
    const std::string key = made_key(random, size);
    const KeyTrace trace(key);
    for (int round = 0; round < 300; ++round) {
      std::string before(random() % 700, ' '), after(random() % 700, ' ');
      for (char& c : before) c = static_cast<char>(' ' + random() % 90);
      for (char& c : after) c = static_cast<char>(' ' + random() % 90);
      const std::string text = before + key + after;
      std::vector<std::size_t> sizes;
      for (int i = 0; i < 5; ++i) sizes.push_back(1 + random() % (round % 3 == 0 ? 3 : 300));
      const std::string out = passed(trace, text, sizes);
      ASSERT_EQ(out.size(), text.size());
      // Up to three bytes went on before it was suspected.
      EXPECT_EQ(out.find(key.substr(3, trace.least() - 3)), std::string::npos) << size << " round " << round;
      EXPECT_EQ(out.substr(0, before.size()), before);
      EXPECT_EQ(out.substr(before.size() + key.size()), after);
    }
  }
}

TEST(KeyEcho, ACutAtEveryByteChangesNothing) {
  std::mt19937_64 random(8);
  const std::string key = made_key(random, 108);
  const KeyTrace trace(key);
  const std::string text = "{\"error\":\"no such key: " + key + "\"}\n";
  const std::string whole = passed(trace, text, {text.size()});
  EXPECT_EQ(whole, "{\"error\":\"no such key: " + std::string(108, '*') + "\"}\n");
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    const std::string out = passed(trace, text, {cut, text.size()});
    EXPECT_EQ(out.size(), text.size());
    EXPECT_EQ(out.find(key.substr(3, 20)), std::string::npos) << cut;
  }
  std::size_t masked = 0;
  const std::string bytewise = passed(trace, text, {1}, &masked);
  EXPECT_EQ(bytewise, whole);
  EXPECT_EQ(masked, 1U);
}

TEST(KeyEcho, WhatHoldsNoKeyPassesByteForByteAndWithoutDelay) {
  std::mt19937_64 random(9);
  const std::string key = made_key(random, 108);
  const KeyTrace trace(key);
  for (int round = 0; round < 2000; ++round) {
    std::string text(1 + random() % 2000, ' ');
    for (char& c : text) c = static_cast<char>(random());
    if (round % 3 == 0) text.append(key.substr(random() % 50, 20 + random() % 30));  // too short a part of it
    std::vector<std::size_t> sizes;
    for (int i = 0; i < 5; ++i) sizes.push_back(1 + random() % 200);
    ASSERT_EQ(passed(trace, text, sizes), text) << round;
  }
  EchoMask echo;
  for (const std::string_view event : {"event: ping\ndata: {}\n\n", "data: {\"text\":\"made-\"}\n\n"}) {
    EXPECT_TRUE(echo.passes(trace, event) || echo.take(trace, event).size() == event.size()) << "an event waits for nothing";
  }
}

TEST(KeyEcho, AFieldWithTheKeyIsLeftOut) {
  std::mt19937_64 random(10);
  const std::string key = made_key(random, 108);
  const KeyTrace trace(key);
  for (const std::string& field : {"x-echo: " + key, key + ": 1", "x-request: a,b," + key.substr(0, 100)}) {
    const std::string text = "HTTP/1.1 200 OK\r\nrequest-id: req_1\r\n" + field + "\r\ncontent-length: 0\r\n\r\n";
    wire::http1::ResponseHead head;
    ASSERT_EQ(parse_response_head(text, head), wire::http1::Refusal::none);
    ASSERT_TRUE(echoes_key(head, trace)) << field;
    const wire::http1::ResponseHead clean = without_echoes(head, trace);
    EXPECT_EQ(clean.fields.size(), 2U);
    EXPECT_EQ(clean.fields.find("request-id"), "req_1");
    EXPECT_EQ(clean.reason, "OK");
  }
  const std::string phrase = "HTTP/1.1 401 " + key + "\r\nrequest-id: req_1\r\n\r\n";
  wire::http1::ResponseHead head;
  ASSERT_EQ(parse_response_head(phrase, head), wire::http1::Refusal::none);
  ASSERT_TRUE(echoes_key(head, trace));
  EXPECT_EQ(without_echoes(head, trace).reason, "");
}

}  // namespace
}  // namespace locksmith::gateway
