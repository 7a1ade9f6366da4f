#include "wire/dns/dns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vocabulary/limits/doctor.h"

namespace locksmith::wire::dns {
namespace {

using namespace std::string_literals;

constexpr std::uint16_t kId = 0x1234;

std::string number(unsigned value) { return {static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)}; }

// The reply to a query: its question, then these records.
std::string reply_to(std::string query, unsigned flags, unsigned records, const std::string& data) {
  query.replace(2, 2, number(flags));
  query.replace(6, 2, number(records));
  return query + data;
}
std::string record(const std::string& owner, unsigned type, const std::string& data) {
  return owner + number(type) + number(1) + std::string(4, '\0') + number(static_cast<unsigned>(data.size())) + data;
}
const std::string kPointer = "\xC0\x0C"s;  // to the question's name

TEST(Dns, AQueryIsWrittenAsTheStandardSays) {
  const auto query = write_query(kId, "api.anthropic.com", Type::aaaa);
  ASSERT_TRUE(query);
  EXPECT_EQ(*query, "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"s + "\x03" "api\x09" "anthropic\x03" "com\x00\x00\x1C\x00\x01"s);
  EXPECT_EQ(write_query(kId, "api.anthropic.com.", Type::aaaa), query);
}

TEST(Dns, NoQueryIsMadeOfWhatIsNoName) {
  for (const std::string& name : {""s, "."s, "a..b"s, ".a"s, "a b"s, "a/b"s, std::string(64, 'a'), std::string(254, 'a'), "ä.test"s, "a\0b"s}) {
    EXPECT_FALSE(write_query(kId, name, Type::a)) << name;
  }
  EXPECT_TRUE(write_query(kId, std::string(63, 'a') + ".b", Type::a));
}

TEST(Dns, AddressesAreReadThroughAliases) {
  const std::string query = *write_query(kId, "API.anthropic.com", Type::a);
  const std::string alias = record(kPointer, 5, "\x04" "edge\xC0\x10"s);
  const auto reply = read_reply(reply_to(query, 0x8180, 3, alias + record("\x04" "edge\xC0\x10"s, 1, "\x0A\x4D\x02\x02"s) + record(kPointer, 1, "\x0A\x4D\x02\x03"s)));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->code, Code::no_error);
  EXPECT_EQ(reply->name, "api.anthropic.com");
  EXPECT_THAT(reply->addresses, testing::ElementsAre("\x0A\x4D\x02\x02"s, "\x0A\x4D\x02\x03"s));
  EXPECT_TRUE(answers(*reply, kId, "api.Anthropic.com.", Type::a));
  EXPECT_FALSE(answers(*reply, kId + 1, "api.anthropic.com", Type::a));
  EXPECT_FALSE(answers(*reply, kId, "api.anthropic.com", Type::aaaa));
  EXPECT_FALSE(answers(*reply, kId, "anthropic.com", Type::a));
}

TEST(Dns, RefusalsAreToldApart) {
  const std::string query = *write_query(kId, "a.test", Type::a);
  EXPECT_EQ(read_reply(reply_to(query, 0x8183, 0, ""))->code, Code::no_such_name);
  EXPECT_EQ(read_reply(reply_to(query, 0x8182, 0, ""))->code, Code::server_failure);
  EXPECT_EQ(read_reply(reply_to(query, 0x8185, 0, ""))->code, Code::refused);
}

TEST(Dns, OfATruncatedReplyWhatIsThereCounts) {
  const std::string query = *write_query(kId, "a.test", Type::a);
  const auto reply = read_reply(reply_to(query, 0x8380, 2, record(kPointer, 1, "\x0A\x01\x01\x01"s) + kPointer));
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->truncated);
  EXPECT_EQ(reply->addresses.size(), 1u);
}

TEST(Dns, WhatIsMalformedIsNoReply) {
  const std::string query = *write_query(kId, "a.test", Type::a);
  EXPECT_FALSE(read_reply(query)) << "a query is no reply";
  const std::string good = reply_to(query, 0x8180, 1, record(kPointer, 1, "\x0A\x01\x01\x01"s));
  ASSERT_TRUE(read_reply(good));
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(read_reply(std::string_view(good).substr(0, size))) << size;
  EXPECT_FALSE(read_reply(reply_to(query, 0x8180, 1, record("\xC0\x18"s, 1, "\x0A\x01\x01\x01"s)))) << "a name that points at itself";
  EXPECT_FALSE(read_reply(reply_to(query, 0x8180, 1, record(kPointer, 1, "\x0A\x01\x01"s)))) << "three bytes are no address";
  std::string none = good;
  none.replace(4, 2, number(0));
  EXPECT_FALSE(read_reply(none)) << "no question";
}

TEST(Dns, NoMoreAnswersAreKeptThanTheLimit) {
  const std::string query = *write_query(kId, "a.test", Type::a);
  std::string many;
  for (std::size_t i = 0; i < limits::kDnsAnswers + 5; ++i) many += record(kPointer, 1, "\x0A\x01\x01\x01"s);
  EXPECT_EQ(read_reply(reply_to(query, 0x8180, limits::kDnsAnswers + 5, many))->addresses.size(), limits::kDnsAnswers);
}

}  // namespace
}  // namespace locksmith::wire::dns
