#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/examination/account.h"
#include "doctor/examination/isolation.h"
#include "doctor/examination/observe.h"
#include "doctor/examination/platform.h"

namespace locksmith::doctor::examination {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

model::diagnosis::Finding finding(std::string_view cause) {
  model::diagnosis::Finding f;
  f.code = model::diagnosis::find_cause(cause);
  return f;
}

TEST(Isolation, OnlyTestsThatSeparateTheCausesThatStand) {
  const Possible all{true, true, true, true, true, true, true, true};
  model::evidence::Evidence answered;
  answered.error.status = 401;
  const std::vector<model::diagnosis::Finding> key{finding("key_revoked_or_invalid"), finding("auth_header_format")};
  EXPECT_THAT(plan_isolation(answered, key, all, 5), ElementsAre(Isolation::repaired_value, Isolation::other_header, Isolation::without_custom_headers));
  const std::vector<model::diagnosis::Finding> net{finding("dns_or_connectivity")};
  model::evidence::Evidence silent;
  EXPECT_THAT(plan_isolation(silent, net, all, 5), ElementsAre(Isolation::without_proxy, Isolation::ipv4, Isolation::ipv6, Isolation::default_host));
  EXPECT_THAT(plan_isolation(answered, net, all, 5), Not(Contains(Isolation::ipv4))) << "an answer came";
  const std::vector<model::diagnosis::Finding> credit{finding("credit_exhausted")};
  EXPECT_THAT(plan_isolation(answered, credit, all, 5), IsEmpty()) << "no request can tell more";
}

TEST(Isolation, KeepsToItsBudgetAndToWhatIsPossible) {
  EXPECT_EQ(plan_isolation({}, {}, {true, true, true, true, true, true, true, true}, 2).size(), 2u);
  EXPECT_THAT(plan_isolation({}, {}, {}, 9), IsEmpty());
}

TEST(StatusPage, IsReadByComponentAndIncident) {
  const auto page = [](std::string_view state, std::string_view incidents) {
    return read_status_page(R"({"components":[{"id":"rwppv331jlwc","name":"claude.ai","status":"major_outage"},{"id":"k8w3r06qmzrp","name":"Claude API","status":")" +
                            std::string(state) + R"("}],"incidents":[)" + std::string(incidents) + "]}");
  };
  EXPECT_FALSE(page("operational", "")->incident) << "another component's outage is not the API's";
  EXPECT_TRUE(page("partial_outage", "")->incident);
  EXPECT_TRUE(page("operational", R"({"name":"Elevated errors","status":"investigating","components":[{"id":"k8w3r06qmzrp"}]})")->incident);
  EXPECT_FALSE(page("operational", R"({"name":"Old","status":"resolved"})")->incident);
  EXPECT_FALSE(page("operational", R"({"name":"Site","status":"investigating","components":[{"id":"rwppv331jlwc"}]})")->incident);
  EXPECT_FALSE(read_status_page("<html>challenge</html>"));
  EXPECT_FALSE(read_status_page("{}"));
}

TEST(Account, FindsAKeyByItsHint) {
  const std::string key = "sk-ant-api03-R2D" + std::string(88, 'x') + "igAA";
  EXPECT_EQ(key_hint(key), "sk-ant-api03-R2D...igAA");
  EXPECT_EQ(key_hint("\"" + key + "\""), "sk-ant-api03-R2D...igAA");
  EXPECT_EQ(key_hint("sk-ant-oat01-" + std::string(90, 'x')), "");
  bool readable = false;
  const auto record = find_key(R"({"data":[{"partial_key_hint":"sk-ant-api03-aaa...bbAA","status":"active"},
      {"partial_key_hint":"sk-ant-api03-R2D...igAA","status":"inactive","name":"ci"}]})", key_hint(key), readable);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->name, "ci");
  EXPECT_EQ(observation_of(*record), "account.key-revoked");
  EXPECT_EQ(observation_of({"expired", "", ""}), "account.key-past-end-date");
  EXPECT_FALSE(find_key(R"({"data":[]})", key_hint(key), readable));
  EXPECT_TRUE(readable);
  EXPECT_FALSE(find_key("{}", key_hint(key), readable));
  EXPECT_FALSE(readable);
}

TEST(Observe, TellsWhoAnswered) {
  upstream::Observed seen;
  seen.reached = upstream::Stage::done;
  seen.status = 401;
  seen.body = R"({"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}})";
  seen.headers = {{"request-id", "req_1"}, {"content-type", "application/json"}, {"set-cookie", "secret=1"}};
  model::evidence::Evidence e;
  describe_failure(seen, e);
  EXPECT_EQ(e.error.type, "authentication_error");
  EXPECT_EQ(e.error.body, "json");
  EXPECT_EQ(model::evidence::find_field(e.error.headers, "set-cookie"), nullptr) << "only what bears on the cause is kept";
  EXPECT_EQ(summary(seen), "401 authentication_error: invalid x-api-key");
}

TEST(Observe, NamesTheStageThatFailed) {
  upstream::Observed seen;
  seen.reached = upstream::Stage::tls;
  seen.tls.emplace();
  seen.tls->distrust = world::Distrust::issuer;
  seen.tls->verify_error = "self-signed certificate in certificate chain";
  model::evidence::Evidence e;
  describe_failure(seen, e);
  EXPECT_EQ(e.error.transport, "CERTIFICATE_VERIFY_FAILED: self-signed certificate in certificate chain");
  EXPECT_THAT(e.observations, ElementsAre("tls.unknown-issuer"));
  upstream::Observed dns;
  dns.resolve_error = "EAI_NONAME";
  model::evidence::Evidence e2;
  describe_failure(dns, e2);
  EXPECT_THAT(e2.observations, ElementsAre("network.dns-fails"));
}

TEST(Observe, AWebPageIsNotTheApi) {
  upstream::Observed seen;
  seen.reached = upstream::Stage::done;
  seen.status = 200;
  seen.body = "<html>sign in</html>";
  EXPECT_FALSE(is_api_answer(seen));
  seen.body = "{}";
  EXPECT_TRUE(is_api_answer(seen));
}

TEST(Observe, ReadsTheClock) {
  upstream::Observed seen;
  seen.headers = {{"date", "Wed, 25 Nov 2026 12:00:00 GMT"}};
  seen.answered_at = *from_http_date("Wed, 25 Nov 2026 14:00:00 GMT");
  EXPECT_NEAR(*clock_skew(seen), 7200, 1);
  seen.answered_at = *from_http_date("Wed, 25 Nov 2026 12:00:01 GMT");
  EXPECT_EQ(clock_skew(seen), 0.0);
  seen.headers.clear();
  EXPECT_FALSE(clock_skew(seen));
}

}  // namespace
}  // namespace locksmith::doctor::examination
