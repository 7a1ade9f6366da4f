#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wire/sse/event_reader.h"
#include "wire/sse/event_writer.h"

namespace locksmith::wire::sse {
namespace {

std::string read_parts(const std::vector<std::string>& parts, EventReader& reader) {
  std::string trace;
  for (const std::string& part : parts) {
    std::string_view input = part;
    Event event;
    while (reader.read(input, event) == EventReader::Step::event) {
      trace.append(event.type).append("=").append(event.data).append("|");
    }
  }
  return trace;
}

// Whole and torn at every byte; both must agree.
std::string read(const std::string& bytes) {
  EventReader reader;
  const std::string whole = read_parts({bytes}, reader);
  std::vector<std::string> parts;
  for (const char c : bytes) parts.emplace_back(1, c);
  EventReader torn;
  EXPECT_EQ(read_parts(parts, torn), whole) << bytes;
  for (std::size_t i = 0; i <= bytes.size(); ++i) {
    EventReader twice;
    EXPECT_EQ(read_parts({bytes.substr(0, i), bytes.substr(i)}, twice), whole) << bytes << " torn at " << i;
  }
  return whole;
}

TEST(EventReader, ReadsEventsWithEachLineEnd) {
  EXPECT_EQ(read("event: ping\ndata: {}\n\n"), "ping={}|");
  EXPECT_EQ(read("event: ping\r\ndata: {}\r\n\r\nevent: a\r\ndata: b\r\n\r\n"), "ping={}|a=b|");
  EXPECT_EQ(read("event: ping\rdata: {}\r\rdata: x\r\r"), "ping={}|message=x|");
}

TEST(EventReader, JoinsDataLinesAndSkipsWhatItShould) {
  EXPECT_EQ(read("\xEF\xBB\xBF" "data: a\ndata\ndata:b\n\n"), "message=a\n\nb|");
  EXPECT_EQ(read(": comment\n\nunknown: x\n\nevent: lost\n\ndata: y\n\n"), "message=y|");
  EXPECT_EQ(read("data: unfinished\n"), "");
}

TEST(EventReader, TellsAStreamThatWasCutWithinAnEvent) {
  EventReader reader;
  read_parts({"data: a\n\nevent: mess"}, reader);
  EXPECT_TRUE(reader.inside_event());
  EventReader whole;
  read_parts({"data: a\n\n"}, whole);
  std::string_view none;
  Event event;
  whole.read(none, event);
  EXPECT_FALSE(whole.inside_event());
}

TEST(EventReader, KeepsIdAndRetry) {
  EventReader reader;
  read_parts({"id: 7\nretry: 1500\ndata: a\n\nretry: soon\n\n"}, reader);
  EXPECT_EQ(reader.last_id(), "7");
  EXPECT_EQ(reader.retry_ms(), 1500);
}

TEST(EventReader, RefusesAnEventWithoutEnd) {
  EventReader reader;
  const std::string part(1024 * 1024, 'x');
  Event event;
  EventReader::Step step = EventReader::Step::need_more;
  for (int i = 0; i < 10; ++i) {
    std::string_view input = part;
    step = reader.read(input, event);
  }
  EXPECT_EQ(step, EventReader::Step::too_large);
}

TEST(EventWriter, WhatItWritesIsRead) {
  std::string out;
  append_event(out, "content_block_delta", "{\"a\":1}");
  append_comment(out, "keep\nalive");
  append_event(out, "", "two\nlines");
  append_event(out, "x\ndata: injected", "");
  EXPECT_EQ(read(out), "content_block_delta={\"a\":1}|message=two\nlines|x=|");
}

}  // namespace
}  // namespace locksmith::wire::sse
