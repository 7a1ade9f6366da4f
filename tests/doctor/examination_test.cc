// The examination over real sockets, with the emulator on the same loop.
#include "doctor/examination/examination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/examination/judge.h"
#include "emulator/server.h"
#include "host/epoll_loop.h"
#include "knowledge/knowledge.h"

namespace locksmith::doctor::examination {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string key() { return "sk-ant-api03-" + std::string(93, 'k') + "AA"; }

class ExaminationTest : public testing::Test {
 protected:
  ExaminationTest() : server(loop, {}) {
    const auto address = loop.listen(world::Address{world::Family::ipv4, {127, 0, 0, 1}, 0}, {}, server);
    EXPECT_TRUE(address);
    base = "http://" + world::to_string(*address);
  }

  survey::Survey with(std::string value, std::string shape_source = "env:ANTHROPIC_API_KEY") {
    survey::Survey s;
    s.os = "linux";
    survey::Held held;
    held.variable = "ANTHROPIC_API_KEY";
    held.described.source = std::move(shape_source);
    held.described.state = "set";
    const auto examined = model::credential::examine(value);
    held.described.shape = model::credential::name(examined.shape);
    for (const auto flaw : examined.flaws) held.described.flaws.emplace_back(model::credential::name(flaw));
    held.described.used = true;
    held.value = Secret(value);
    s.held.push_back(std::move(held));
    s.winner = 0;
    return s;
  }

  Examination run(survey::Survey s, bool deep = false) {
    Options options;
    options.base_url = base;
    options.deep = deep;
    options.examiner = examiner->get();
    return examine(loop, std::move(s), options);
  }

  void fault(std::string_view argument) {
    auto rule = emulator::parse_fault_argument(argument);
    ASSERT_TRUE(rule);
    std::vector<emulator::FaultRule> rules;
    rules.push_back(std::move(*rule));
    ASSERT_TRUE(server.api().faults().add(std::move(rules), loop.tick()));
  }

  std::string first(const Examination& e) {
    const auto diagnosis = (*examiner)->examine(e.evidence);
    return diagnosis.findings.empty() ? "none" : std::string(diagnosis.findings[0].code->name);
  }

  host::EpollLoop loop;
  emulator::Server server;
  std::string base;
  Result<std::unique_ptr<model::diagnosis::Examiner>> examiner = knowledge::make_examiner();
};

TEST_F(ExaminationTest, AGoodKeyWorks) {
  const Examination e = run(with(key()));
  EXPECT_TRUE(e.works);
  EXPECT_EQ(judge(e, (*examiner)->examine(e.evidence), false), Verdict::healthy);
}

TEST_F(ExaminationTest, AGoodKeyWorksDeeply) { EXPECT_TRUE(run(with(key()), true).works); }

TEST_F(ExaminationTest, AnUnsendableValueIsNeverSent) {
  const Examination e = run(with(key() + "\n"));
  EXPECT_FALSE(e.works);
  EXPECT_THAT(e.evidence.observations, Contains("request.not-sent"));
  EXPECT_THAT(e.evidence.observations, Contains("works.after-resave"));
  EXPECT_EQ(first(e), "key_malformed.trailing_newline");
}

TEST_F(ExaminationTest, CreditIsSeenByTheCountAlone) {
  fault("credit-too-low@/v1/messages");
  const Examination e = run(with(key()));
  EXPECT_EQ(e.evidence.error.status, 400);
  EXPECT_EQ(e.evidence.request.url, base + "/v1/messages/count_tokens");
  EXPECT_EQ(first(e), "credit_exhausted.prepaid");
}

TEST_F(ExaminationTest, AWebPageWithStatus200IsNotTheApi) {
  fault("captive-portal");
  const Examination e = run(with(key()));
  EXPECT_FALSE(e.works);
  EXPECT_EQ(e.evidence.error.body, "html");
}

TEST_F(ExaminationTest, ACutStreamIsSeenByTheDeepExamination) {
  fault("stream-cut@/v1/messages");
  const Examination e = run(with(key()), true);
  EXPECT_FALSE(e.works);
  ASSERT_TRUE(e.evidence.stream);
  EXPECT_EQ(e.evidence.stream->message_stop, false);
  EXPECT_EQ(first(e).substr(0, 18), "stream_interrupted");
}

TEST_F(ExaminationTest, NobodyListens) {
  base = "http://127.0.0.1:1";
  const Examination e = run(with(key()));
  EXPECT_EQ(e.evidence.error.transport, "ECONNREFUSED");
  EXPECT_FALSE(e.works);
}

TEST_F(ExaminationTest, NoNameNoNetworkNoAnswer) {
  base = "https://no-such-host.invalid";
  const Examination e = run(with(key()));
  EXPECT_THAT(e.evidence.observations, Contains("network.dns-fails"));
  EXPECT_EQ(first(e), "dns_or_connectivity.dns");
}

TEST_F(ExaminationTest, AnUnusableBaseUrlIsAFinding) {
  base = "api.anthropic.com";
  const Examination e = run(with(key()));
  EXPECT_EQ(first(e), "wrong_endpoint");
}

TEST_F(ExaminationTest, TheAdminApiTellsADeadKeysState) {
  for (const auto& [state, cause] : std::vector<std::pair<std::string, std::string>>{{"inactive", "key_revoked_or_invalid.revoked"}, {"expired", "key_expired"}}) {
    wire::json::Reader reader;
    const auto document = reader.parse(R"({"only_these":true,"keys":[{"credential":")" + key() + R"(","state":")" + state + R"(","name":"ci"}]})");
    ASSERT_TRUE(server.api().keys().set(*document));
    Options options;
    options.base_url = base;
    options.examiner = examiner->get();
    options.admin_key = Secret("sk-ant-admin01-" + std::string(93, 'z') + "AA");
    const Examination e = examine(loop, with(key()), options);
    EXPECT_EQ(first(e), cause);
  }
}

TEST_F(ExaminationTest, TheIsolationTestsChangeOneThing) {
  fault("key-invalid");
  const Examination e = run(with("\"" + key() + "\""));
  std::vector<std::string> changed;
  for (const Tried& tried : e.tried) {
    if (!tried.changed.empty()) changed.push_back(tried.changed);
  }
  EXPECT_THAT(changed, testing::ElementsAre("the credential without what surrounds it")) << "its damage explains it: no header is suspected";
}

TEST_F(ExaminationTest, RefusedInBothHeadersIsNeverTheHeadersFault) {
  for (const char* name : {"bearer-invalid", "key-invalid"}) {
    fault(name);
    for (const survey::Header header : {survey::Header::bearer, survey::Header::x_api_key}) {
      survey::Survey s = with(key());
      s.header = header;
      const Examination e = run(std::move(s));
      EXPECT_EQ(first(e), "key_revoked_or_invalid") << name;
      EXPECT_THAT(e.evidence.observations, testing::Contains("fails.other-auth-header")) << name;
    }
  }
}

TEST_F(ExaminationTest, OfflineSendsNothing) {
  Options options;
  options.base_url = base;
  options.offline = true;
  const Examination e = examine(loop, with(key()), options);
  EXPECT_EQ(server.connections(), 0u);
  EXPECT_EQ(judge(e, (*examiner)->examine(e.evidence), true), Verdict::undetermined);
}

TEST_F(ExaminationTest, NothingTriedShowsTheCredential) {
  fault("key-invalid");
  const Examination e = run(with(key()));
  for (const Tried& tried : e.tried) EXPECT_THAT(tried.detail, Not(HasSubstr("kkkkkkkk")));
}

TEST_F(ExaminationTest, WhatWorksAndIsOddIsObserved) {
  fault("request-id-stripped@/v1/models");
  EXPECT_THAT(run(with(key())).evidence.observations, Contains("response.lacks-request-id"));
  fault("stream-buffered@/v1/messages");
  const Examination held = run(with(key()), true);
  EXPECT_THAT(held.evidence.observations, Contains("stream.held-back"));
}

TEST_F(ExaminationTest, AnOrdinaryStreamIsNotHeldBack) {
  const Examination e = run(with(key()), true);
  EXPECT_THAT(e.evidence.observations, Not(Contains("stream.held-back")));
  EXPECT_THAT(e.evidence.observations, Not(Contains("response.lacks-request-id")));
}

}  // namespace
}  // namespace locksmith::doctor::examination
