// The policy against a client that means to walk around it: paths, models, bodies and credentials in every spelling that
// somebody behind the gateway might understand.
#include <gmock/gmock.h>

#include "stage.h"

namespace locksmith::gateway {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PolicyTest : public Stage {
 protected:
  // One model only, and a limit that lets nothing through: what is judged is refused, so what goes out was not judged.
  void open_strict() {
    auto settings = make_settings();
    settings->models = {"claude-haiku"};
    settings->key_limits.spend = Money{1};
    open(std::move(settings));
  }
  std::string request(const std::string& start, const std::string& fields, const std::string& body) {
    return start + " HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\n" + fields + "content-length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

TEST_F(PolicyTest, WhatIsForwardedIsWhatWasJudged) {
  open();
  for (const std::string target : {"/v1/messages", "/v1/messages?beta=true", "/v1/messages/?beta=true&x=%2F..%2f", "/v1/messages/count_tokens?a=//b"}) {
    upstream.seen.clear();
    EXPECT_EQ(ask(request("POST " + target, "", message_body())).status, 200) << target;
    ASSERT_EQ(upstream.seen.size(), 1U) << target;
    EXPECT_EQ(upstream.seen[0].target, target);
  }
}

TEST_F(PolicyTest, AnotherSpellingOfAPathGoesNowhere) {
  open_strict();
  for (const std::string path :
       {"/v1/%6dessages", "/v1/mess%61ges", "/%761/messages", "/v1/Messages", "/V1/messages", "/v1/messages;a", "/v1;a/messages", "//v1/messages",
        "/v1//messages", "/v1/./messages", "/v1/x/../messages", "/v1\\messages", "/v1/messages%20", "/v1/messages.", "/v1/%6frganizations/api_keys",
        "/v1/Organizations/me", "/v1/organizations;a/me", "/v1/organizations/me", "/v1/ORGANIZATIONS", "/v1/chat/completions", "/v1/messages/other",
        "http://api.test/v1/organizations/me"}) {
    for (const char* const method : {"GET ", "POST "}) {
      const Got got = ask(request(method + path, "content-type: text/plain\r\n", message_body()), 50ms);
      EXPECT_THAT(got.status, testing::AnyOf(400, 403, 404, 405, 429)) << path;
    }
  }
  EXPECT_THAT(upstream.seen, IsEmpty());
  EXPECT_EQ(account(key).spent(), Money{});
}

TEST_F(PolicyTest, ABodyIsReadWhateverItsTypeIsSaidToBe) {
  open_strict();
  for (const std::string type : {"", "content-type: text/plain\r\n", "content-type: application/x-www-form-urlencoded\r\n", "content-type: APPLICATION/JSON\r\n",
                                 "content-type: multipart/form-data; boundary=x\r\n", "content-type: application/octet-stream\r\n"}) {
    for (const std::string path : {"/v1/messages", "/v1/complete", "/v1/messages/batches"}) {
      const std::string one = R"({"model":"claude-opus-5","max_tokens":9,"max_tokens_to_sample":9,"messages":[]})";
      const std::string body = path == "/v1/messages/batches" ? R"({"requests":[{"custom_id":"a","params":)" + one + "}]}" : one;
      EXPECT_EQ(ask(request("POST " + path, type, body), 50ms).error_code(), "model_not_allowed") << type << path;
    }
  }
  EXPECT_THAT(upstream.seen, IsEmpty());
}

// What the settings list goes out, and a body that names a model is judged there too.
TEST_F(PolicyTest, AListedPathIsForwardedAndItsModelsAreJudged) {
  auto settings = make_settings();
  settings->endpoints = {"/v1/skills"};
  settings->models = {"claude-haiku"};
  open(std::move(settings));
  EXPECT_EQ(ask(get("/v1/skills/s1?limit=1"), 50ms).status, 200);
  EXPECT_EQ(ask(request("POST /v1/skills", "content-type: multipart/form-data; boundary=x\r\n", "--x\r\n\r\n--x--\r\n"), 50ms).status, 200);
  EXPECT_EQ(upstream.seen.at(1).body, "--x\r\n\r\n--x--\r\n");
  EXPECT_EQ(ask(request("POST /v1/skills", "", R"({"model":"claude-opus-5"})"), 50ms).error_code(), "model_not_allowed");
  EXPECT_EQ(upstream.seen.size(), 2U);
}

TEST_F(PolicyTest, AnEncodedKeyInTheUrlOrAFieldIsRefusedAndNotLogged) {
  open();
  std::string encoded = key;
  encoded.replace(3, 1, "%5f");
  for (const std::string& bytes :
       {get("/v1/models/" + encoded), get("/v1/models?key=" + encoded), get("/v1/models", "x-note: " + encoded + "\r\n"), get("/v1/models", key + ": x\r\n")}) {
    EXPECT_EQ(ask(bytes, 50ms).error_code(), "key_in_other_field") << bytes;
  }
  EXPECT_THAT(upstream.seen, IsEmpty());
  log_lines();
  EXPECT_THAT(log, Not(HasSubstr(key.substr(4, 12))));
  worker->witness().for_each_kept([&](const Failed& failed) { EXPECT_THAT(failed.path, Not(HasSubstr(key.substr(4, 12)))); });
}

// Claude Code asks whether anything answers, before it has a credential.
TEST_F(PolicyTest, AProbeIsAnsweredByTheGatewayItself) {
  open();
  for (const std::string start : {"HEAD /", "HEAD /api/hello", "GET /api/hello"}) {
    Caller& client = exchange(start + " HTTP/1.1\r\nHost: gw\r\n\r\n", 50ms);
    const auto got = answers_in(client.received, false, {start.substr(0, start.find(' '))});
    ASSERT_EQ(got.size(), 1U) << client.received;
    EXPECT_EQ(got[0].status, 200);
    EXPECT_EQ(got[0].one("x-locksmith-cause"), "(none)");
  }
  EXPECT_EQ(ask("POST /api/hello HTTP/1.1\r\nHost: gw\r\ncontent-length: 0\r\n\r\n", 50ms).status, 401);
  EXPECT_THAT(upstream.seen, IsEmpty());
}

}  // namespace
}  // namespace locksmith::gateway
