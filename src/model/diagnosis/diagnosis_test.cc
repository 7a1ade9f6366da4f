#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "model/diagnosis/examine.h"
#include "model/diagnosis/remedy.h"

namespace locksmith::model::diagnosis {
namespace {

using evidence::Evidence;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// Wordings of the test's own: the rules refer to meanings, not to phrases.
const Examiner& examiner() {
  static const Examiner instance({{"key-unknown", {"unknown key"}},
                                  {"credential-required", {"no credential"}},
                                  {"credit-low", {"credit too low"}},
                                  {"reset", {"ECONNRESET"}},
                                  {"tls", {"self signed"}}});
  return instance;
}

Evidence answered(int status, std::string type, std::string text) {
  Evidence e;
  e.error.status = status;
  e.error.type = std::move(type);
  e.error.text = std::move(text);
  return e;
}

evidence::Credential credential(std::string source, std::string shape) {
  evidence::Credential c;
  c.source = std::move(source);
  c.state = "set";
  c.shape = std::move(shape);
  return c;
}

std::string first(const Evidence& e) {
  const Diagnosis d = examiner().examine(e);
  return d.findings.empty() ? "" : std::string(d.findings[0].code->name);
}

TEST(Examine, NothingKnownNamesNothing) { EXPECT_TRUE(examiner().examine(Evidence{}).findings.empty()); }

TEST(Examine, AFlawIsNearerThanTheApisAnswer) {
  Evidence e = answered(401, "authentication_error", "unknown key");
  EXPECT_EQ(first(e), "key_revoked_or_invalid");
  e.credentials.push_back(credential("env:ANTHROPIC_API_KEY", "api-key"));
  e.credentials[0].flaws = {"quoted"};
  const Diagnosis d = examiner().examine(e);
  EXPECT_EQ(d.findings[0].code->name, "key_malformed.quoted");
  EXPECT_EQ(d.findings[0].certainty, Certainty::proven);
}

TEST(Examine, WhatAGatewayNamesIsBelievedAndSaidToBeItsWord) {
  Evidence e = answered(401, "authentication_error", "unknown key");
  e.error.headers.emplace_back("x-locksmith-cause", "key_expired");
  const Diagnosis own = examiner().examine(e);
  ASSERT_FALSE(own.findings.empty());
  EXPECT_EQ(own.findings[0].code->name, "key_expired");
  EXPECT_EQ(own.findings[0].certainty, Certainty::proven);
  EXPECT_THAT(std::string(own.findings[0].supports.at(0).because), HasSubstr("the gateway itself refused"));
  e.error.headers.insert(e.error.headers.begin(), {"request-id", "req_1"});
  EXPECT_THAT(std::string(examiner().examine(e).findings[0].supports.at(0).because), HasSubstr("passed on"));
  EXPECT_EQ(examiner().examine_without(e, "gateway_names_cause").findings[0].code->name, "key_revoked_or_invalid");
  e.error.headers.back().second = "a-cause-of-a-newer-version";
  EXPECT_EQ(first(e), "key_revoked_or_invalid");
}

TEST(Examine, EveryFlawHasItsFinerCode) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"trailing-newline", "trailing_newline"}, {"carriage-return", "carriage_return"}, {"quoted", "quoted"},
      {"leading-space", "space"},               {"trailing-space", "space"},            {"inner-whitespace", "space"},
      {"embedded-newline", "embedded_newline"}, {"non-ascii", "non_ascii"},             {"truncated", "truncated"},
      {"bearer-prefixed", "bearer_prefixed"},   {"assignment-prefixed", "assignment_prefixed"}, {"doubled", "doubled"}};
  for (const auto& [flaw, code] : cases) {
    Evidence e;
    e.credentials.push_back(credential("env:ANTHROPIC_API_KEY", "api-key"));
    e.credentials[0].flaws = {flaw};
    EXPECT_EQ(first(e), "key_malformed." + code);
  }
}

TEST(Examine, EveryWrongKindHasItsFinerCode) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"admin-key", "admin_key"},   {"session-key", "session_key"}, {"refresh-token", "refresh_token"},
      {"key-id", "key_id"},         {"scoped-key", "scoped_key"},   {"other-provider:openai", "other_provider"},
      {"oauth-token", "oauth_token"}};
  for (const auto& [shape, code] : cases) {
    Evidence e = answered(401, "authentication_error", "unknown key");
    e.credentials.push_back(credential("env:ANTHROPIC_API_KEY", shape));
    EXPECT_EQ(first(e), "key_wrong_kind." + code);
  }
}

TEST(Examine, AValueThatWasLookedAtAndIsNoKeyIsNamedAsSuch) {
  Evidence e;
  e.credentials.push_back(credential("env:ANTHROPIC_API_KEY", "unknown"));
  EXPECT_EQ(first(e), "") << "nobody looked at it: the report only does not say";
  e.credentials[0].length = 7;
  EXPECT_EQ(first(e), "key_malformed.no_key");
  e.credentials[0].shape = "virtual-key";
  EXPECT_EQ(first(e), "key_wrong_kind.virtual_key");
  for (const std::string shape : {"unknown", "virtual-key"}) {
    e.credentials[0].shape = shape;
    e.settings.base_url = "https://gateway.example";
    EXPECT_EQ(first(e), "") << "a gateway makes its own keys";
    e.settings.base_url.reset();
  }
}

TEST(Examine, ANearerRootMutesWhatLiesBehindIt) {
  Evidence e;
  e.error.text = "ECONNRESET";
  e.error.transport = "ECONNRESET";
  e.observations = {"works.other-key"};
  EXPECT_EQ(first(e), "dns_or_connectivity.reset");
  e.error.text += " self signed";
  EXPECT_EQ(first(e), "tls_interception_or_ca.unknown_issuer");
}

TEST(Examine, AProvenFactThatContradictsChangesTheFirstCause) {
  Evidence e = answered(401, "authentication_error", "unknown key");
  EXPECT_EQ(first(e), "key_revoked_or_invalid");
  e.observations = {"account.key-active", "works.other-auth-header"};
  EXPECT_EQ(first(e), "auth_header_format");
  const Diagnosis d = examiner().examine(e);
  for (const Finding& finding : d.findings) {
    if (finding.code->cause() == "key_revoked_or_invalid") {
      EXPECT_FALSE(finding.against.empty());
    }
  }
}

TEST(Examine, ASubscriberWithoutCreditSendsTheWrongCredential) {
  Evidence e = answered(400, "invalid_request_error", "credit too low");
  EXPECT_EQ(first(e), "credit_exhausted.prepaid");
  e.observations = {"login.subscription"};
  EXPECT_EQ(first(e), "env_shadowed.key_over_login");
}

TEST(Examine, IsTheSameWhateverTheOrder) {
  Evidence e = answered(401, "", "unknown key");
  e.observations = {"works.curl", "config.two-credentials", "launched.ide"};
  e.credentials = {credential("env:A", "api-key"), credential("dotenv:.env", "api-key")};
  const std::string before = first(e);
  std::ranges::reverse(e.observations);
  std::ranges::reverse(e.credentials);
  EXPECT_EQ(first(e), before);
}

TEST(Examine, UnknownFactsDecideNothing) {
  Evidence e = answered(429, "rate_limit_error", "");
  const Diagnosis before = examiner().examine(e);
  e.observations = {"moon.is-full", ""};
  e.credentials.push_back(credential("planet:mars", "rune"));
  e.credentials[0].state = "engraved";
  EXPECT_EQ(examiner().examine(e).findings[0].points, before.findings[0].points);
}

TEST(Examine, LevelCausesComeWithTheTestThatSeparatesThem) {
  Evidence e = answered(401, "", "unknown key");
  e.observations = {"config.two-credentials"};
  const Diagnosis d = examiner().examine(e);
  ASSERT_NE(d.next_test, nullptr);
  EXPECT_NE(d.next_test->yes_means, d.next_test->no_means);
  e.observations.push_back("!" + std::string(d.next_test->fact));
  const Diagnosis denied = examiner().examine(e);
  ASSERT_NE(denied.next_test, nullptr);
  EXPECT_NE(denied.next_test->fact, d.next_test->fact) << "what was answered is not asked again";
}

TEST(Rules, AreWellFormed) {
  for (const Rule* rule : all_rules()) {
    EXPECT_FALSE(rule->because.ends_with('.')) << rule->name;
    EXPECT_FALSE(rule->because.empty()) << rule->name;
    EXPECT_THAT(std::string(rule->name), testing::MatchesRegex("[a-z0-9_]+"));
  }
}

TEST(Rules, ConcludeEveryCause) {
  std::set<std::string_view> concluded;
  for (const Rule* rule : all_rules()) {
    std::string_view rest = rule->concludes;
    while (!rest.empty()) {
      const std::size_t end = rest.find(' ');
      concluded.insert(rest.substr(0, end));
      concluded.insert(rest.substr(0, std::min(end, rest.find('.'))));
      rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    }
  }
  // "other" is what is said when no rule speaks.
  for (const CauseCode& code : cause_codes()) {
    if (code.name == "other") continue;
    EXPECT_THAT(concluded, Contains(code.name));
  }
}

TEST(Remedy, EveryCauseHasStepsAndNoPlaceholderOfOurs) {
  Evidence e;
  for (const std::string os : {"linux", "windows"}) {
    e.os = os;
    for (const CauseCode& code : cause_codes()) {
      const Remedy r = remedy(code, e);
      EXPECT_FALSE(r.steps.empty()) << code.name;
      for (const Step& step : r.steps) {
        EXPECT_THAT(step.text, Not(HasSubstr("{"))) << code.name;
        EXPECT_FALSE(step.text.empty());
      }
    }
  }
}

TEST(Remedy, NamesTheVariableThatIsMeant) {
  Evidence e;
  e.credentials.push_back(credential("env:ANTHROPIC_AUTH_TOKEN", "api-key"));
  const Remedy r = remedy(*find_cause("key_malformed.trailing_newline"), e);
  EXPECT_THAT(r.steps[0].command, HasSubstr("ANTHROPIC_AUTH_TOKEN"));
}

TEST(Causes, NearestNames) {
  std::string_view room[3];
  EXPECT_THAT(nearest_causes("key_mising", room), Contains("key_missing"));
  EXPECT_THAT(nearest_causes("quoted", room), Contains("key_malformed.quoted"));
  EXPECT_TRUE(nearest_causes("foo", room).empty());  // nothing is near, so nothing is suggested
  EXPECT_LE(nearest_causes(std::string(100000, 'x'), room).size(), 3u);
}

}  // namespace
}  // namespace locksmith::model::diagnosis
