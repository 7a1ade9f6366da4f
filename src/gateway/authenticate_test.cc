#include "gateway/authenticate.h"

#include <gtest/gtest.h>

#include "gateway/request_for_tests.h"

namespace locksmith::gateway {
namespace {

using model::tenant::KeyState;

constexpr Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 10}};

KnownKey expiring(std::uint8_t number, Instant when) {
  KnownKey known = known_key(number);
  known.key.expires = when;
  return known;
}

class AuthenticateTest : public testing::Test {
 protected:
  Why ask(const std::string& lines) {
    const TestHead head("GET /v1/models", lines);
    Admitted admitted;
    EXPECT_EQ(head.admit(admitted).why, Why::none);
    const Authenticated result = authenticate(admitted, ring, kNow);
    key = result.key;
    return result.why;
  }

  const KeyRing ring{{known_key(1), known_key(2, KeyState::revoked), known_key(3, KeyState::suspended), expiring(4, kNow),
                      expiring(5, kNow + 1s)}};
  const KnownKey* key = nullptr;
};

TEST_F(AuthenticateTest, BothFieldsCarryAKeyAndTheSchemeIsReadInAnyCase) {
  for (const std::string& lines : {"x-api-key: " + test_key(1) + "\r\n", "Authorization: Bearer " + test_key(1) + "\r\n",
                                  "authorization: bEARER   " + test_key(1) + "\r\n",
                                  "x-api-key: " + test_key(1) + "\r\nauthorization: Bearer " + test_key(1) + "\r\n"}) {
    EXPECT_EQ(ask(lines), Why::none) << lines;
    EXPECT_EQ(key, ring.find(wire::digest::sha256(test_key(1))));
  }
}

// Every pair of a key of ours and a foreign credential, in both fields and both orders.
TEST_F(AuthenticateTest, OursAuthenticatesWhateverStandsBesideIt) {
  const std::string ours = test_key(1);
  const auto api = [](const std::string& text) { return "x-api-key: " + text + "\r\n"; };
  const auto bearer = [](const std::string& text) { return "Authorization: Bearer " + text + "\r\n"; };
  const std::string oauth = "sk-ant-" + std::string("oat01-none");
  for (const std::string& foreign : {oauth, "sk-ant-" + std::string("api03-none"), std::string("sk-other"), std::string("eyJhbGciOi.x.y"), std::string("")}) {
    for (const std::string& lines : {api(ours) + bearer(foreign), bearer(foreign) + api(ours), api(foreign) + bearer(ours), bearer(ours) + api(foreign),
                                     api("") + api(ours) + api(ours), bearer(ours) + bearer(ours) + api(foreign),
                                     api(ours) + "authorization: Basic dTpw\r\n", "authorization: " + foreign + "\r\n" + api(ours)}) {
      EXPECT_EQ(ask(lines), Why::none) << lines;
    }
  }
  const std::string other = test_key(5);
  for (const std::string& lines : {api(ours) + bearer(other), bearer(ours) + api(other), api(ours) + api(other), bearer(ours) + bearer(other),
                                   api(ours) + bearer(oauth) + bearer(other), api(ours) + api(oauth), bearer(oauth) + bearer(ours),
                                   api(ours) + bearer(other.substr(0, 40))}) {
    EXPECT_EQ(ask(lines), Why::credentials_differ) << lines;
  }
  EXPECT_EQ(ask(api(oauth) + bearer(oauth)), Why::provider_key);
  EXPECT_EQ(ask(bearer("sk-other") + api("sk-another")), Why::key_foreign);
}

TEST_F(AuthenticateTest, EachStateOfAKeyHasItsReasonAndTheKeyIsKnown) {
  const auto with = [](std::uint8_t number) { return "x-api-key: " + test_key(number) + "\r\n"; };
  EXPECT_EQ(ask(with(2)), Why::key_revoked);
  EXPECT_NE(key, nullptr);
  EXPECT_EQ(ask(with(3)), Why::key_suspended);
  EXPECT_EQ(ask(with(4)), Why::key_expired);
  EXPECT_EQ(ask(with(5)), Why::none);
  EXPECT_EQ(ask(with(9)), Why::key_unknown);
  EXPECT_EQ(key, nullptr);
}

TEST_F(AuthenticateTest, EachFlawOfAKeyHasItsReason) {
  std::string changed = test_key(1);
  changed[10] = changed[10] == 'a' ? 'b' : 'a';
  EXPECT_EQ(ask("x-api-key: " + changed + "\r\n"), Why::key_damaged);
  EXPECT_EQ(ask("x-api-key: " + test_key(1).substr(0, 40) + "\r\n"), Why::key_cut);
  EXPECT_EQ(ask("x-api-key: sk-ant-api03-none\r\n"), Why::provider_key);
  EXPECT_EQ(ask("x-api-key: something\r\n"), Why::key_foreign);
  EXPECT_EQ(ask(""), Why::credential_missing);
  EXPECT_EQ(ask("authorization: Basic abc\r\n"), Why::credential_unsendable);
}

}  // namespace
}  // namespace locksmith::gateway
