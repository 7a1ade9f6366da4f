#include "model/credential/credential.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace locksmith::model::credential {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Keys are made here, so that none stands in the source.
std::string made(std::string_view prefix, std::size_t middle = 93) {
  std::string key(prefix);
  for (std::size_t i = 0; i < middle; ++i) key += "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"[i * 7 % 36];
  return key + "AA";
}
std::string api_key() { return made("sk-ant-api03-"); }

TEST(Examine, WholeKeysHaveNoFlaw) {
  for (const auto& [prefix, shape] : std::vector<std::pair<std::string, Shape>>{{"sk-ant-api03-", Shape::api_key},
                                                                                {"sk-ant-admin01-", Shape::admin_key},
                                                                                {"sk-ant-oat01-", Shape::oauth_token},
                                                                                {"sk-ant-ort01-", Shape::refresh_token},
                                                                                {"sk-ant-sid02-", Shape::session_key}}) {
    const Examined e = examine(made(prefix));
    EXPECT_EQ(e.shape, shape) << prefix;
    EXPECT_THAT(e.flaws, IsEmpty()) << prefix;
    EXPECT_TRUE(e.sendable);
    EXPECT_EQ(e.tail.size(), 4u);
  }
}

struct FlawCase {
  std::string value;
  std::vector<Flaw> flaws;
  bool sendable;
};

TEST(Examine, EachFlawIsNamed) {
  const std::string key = api_key();
  const std::vector<FlawCase> cases{
      {key + "\n", {Flaw::trailing_newline}, false},
      {key + "\r\n", {Flaw::trailing_newline, Flaw::carriage_return}, false},
      {key + "\r", {Flaw::carriage_return}, false},
      {" " + key, {Flaw::leading_space}, true},
      {key + " ", {Flaw::trailing_space}, true},
      {key + " \n", {Flaw::trailing_space, Flaw::trailing_newline}, false},
      {"\"" + key + "\"", {Flaw::quoted}, true},
      {"'" + key + "'", {Flaw::quoted}, true},
      {"“" + key + "”", {Flaw::quoted}, false},
      {key.substr(0, 60) + "\n" + key.substr(60), {Flaw::embedded_newline}, false},
      {key.substr(0, 60) + " " + key.substr(60), {Flaw::inner_whitespace}, true},
      {key.substr(0, 60) + "\u200b" + key.substr(60), {Flaw::non_ascii}, false},
      {key.substr(0, 90), {Flaw::truncated}, true},
      {"Bearer " + key, {Flaw::bearer_prefixed}, true},
      {"ANTHROPIC_API_KEY=" + key, {Flaw::assignment_prefixed}, true},
      {"export ANTHROPIC_API_KEY='" + key + "'", {Flaw::quoted, Flaw::assignment_prefixed}, true},
      {key + key, {Flaw::doubled}, true},
  };
  for (const FlawCase& c : cases) {
    const Examined e = examine(c.value);
    EXPECT_EQ(e.shape, Shape::api_key) << redacted(c.value);
    EXPECT_EQ(e.flaws, c.flaws) << redacted(c.value);
    EXPECT_EQ(e.sendable, c.sendable);
    EXPECT_EQ(core(c.value).substr(0, 13), "sk-ant-api03-");
  }
}

TEST(Examine, OtherKinds) {
  EXPECT_EQ(examine("sk-ant-api03-R2D...igAA").shape, Shape::masked);
  EXPECT_EQ(examine("sk-ant-…****").shape, Shape::masked);
  EXPECT_EQ(examine("your-api-key-here").shape, Shape::placeholder);
  EXPECT_EQ(examine("sk-ant-xxxxxxxx").shape, Shape::placeholder);
  EXPECT_EQ(examine("${ANTHROPIC_API_KEY}").shape, Shape::reference);
  EXPECT_EQ(examine("apikey_01Rj2N8SVvo6BePZj99NhmiT").shape, Shape::key_id);
  EXPECT_EQ(examine(made("sk-proj-", 60)).provider, "openai");
  EXPECT_EQ(examine(made("sk-or-v1-", 60)).provider, "openrouter");
  EXPECT_EQ(examine(made("sk-", 20)).shape, Shape::virtual_key);
  EXPECT_EQ(examine(made("AIza", 33)).provider, "google");
  EXPECT_EQ(examine(made("sgp_", 40)).provider, "sourcegraph");
  EXPECT_EQ(examine(std::string(32, 'a')).provider, "azure");
  EXPECT_EQ(examine(std::string(31, 'a')).shape, Shape::unknown);
  EXPECT_EQ(examine("").shape, Shape::unknown);
  EXPECT_EQ(examine("hunter2").shape, Shape::unknown);
}

TEST(Redact, LeavesNoSecretInAnyText) {
  const std::string key = api_key();
  const std::string secret = key.substr(13, 60);
  for (const std::string& text :
       {"key " + key + ".", "{\"x-api-key\": \"" + key + "\"}", "Authorization: Bearer " + key.substr(13),
        "prefix" + key, key.substr(0, 70) + "\nnext", "http://user:" + secret + "@proxy.test:8080/",
        "\\\"authorization\\\":\\\"Bearer " + secret + "\\\""}) {
    EXPECT_THAT(redact(text), Not(HasSubstr(secret))) << text;
  }
  EXPECT_EQ(redact("x-api-key header is required"), "x-api-key header is required");
  EXPECT_EQ(redact("see sk-ant-api03-…"), "see sk-ant-api03-…");
  EXPECT_EQ(redact("task-list and disk-usage-of-everything"), "task-list and disk-usage-of-everything");
  EXPECT_THAT(redact("used " + key + ". Then"), HasSubstr(". Then"));
}

TEST(Redact, SeesThroughWhatBrokeAKey) {
  const std::string key = api_key();
  const std::string a = key.substr(0, 60), b = key.substr(60);
  for (const std::string between : {"\n", "\r\n", "\n      ", "\\n", "\x1b[31m", "\u200b", " ", "\" \"", "\\\n"}) {
    const std::string out = redact("401 for " + a + between + b + " was refused\nnext line");
    EXPECT_THAT(out, Not(HasSubstr(b.substr(0, 12)))) << out;
    EXPECT_THAT(out, HasSubstr("was refused"));
  }
  EXPECT_THAT(redact("sk-\x1b[31mant-api03-" + key.substr(13)), Not(HasSubstr(key.substr(30, 12))));
  EXPECT_THAT(redact("sk-ant-api03- " + key.substr(13)), Not(HasSubstr(key.substr(30, 12))));
  for (const char* name : {"\"apiKey\": \"", "\"password\":\"", "AWS_SECRET_ACCESS_KEY=", "http://h/?key=", "http://h/?a=1&k="}) {
    EXPECT_THAT(redact(name + key.substr(20, 40)), Not(HasSubstr(key.substr(30, 12)))) << name;
  }
  EXPECT_EQ(redact("sk-ant-api03-… is no key"), "sk-ant-api03-… is no key");
}

TEST(Redact, KnowsTheVirtualKeysOfTheGateway) {
  const std::string secret = "q7W" + std::string(20, 'x') + "Zk2" + std::string(19, 'y') + "B9";
  const std::string key = "lks_" + secret + "1a";
  for (const std::string& text : {"refused: " + key, "{\"error\":\"" + key + "\"}", "# " + key, "http://h/" + key + "/v1", "glued" + key,
                                  "lks%5F" + secret, key.substr(0, 30) + "\n  " + key.substr(30), "http://h/?k=" + key}) {
    const std::string out = redact(text);
    for (const char* part : {"q7W", "xxxxxx", "Zk2", "yyyyyy"}) EXPECT_THAT(out, Not(HasSubstr(part))) << text;
    EXPECT_EQ(redact(out), out);
  }
  for (const char* text : {"keys begin with lks_", "lks_… is no key", "it talks_to_the_other_server", "walks_and_talks"}) EXPECT_EQ(redact(text), text);
}

TEST(Redacted, ShowsFourCharactersAtMost) {
  const std::string key = api_key();
  EXPECT_EQ(redacted(key), "sk-ant-api03-…" + key.substr(key.size() - 4));
  EXPECT_EQ(redacted("sk-ant-api03-short"), "sk-ant-api03-…");
  EXPECT_EQ(redacted("hunter2"), "…");
}

TEST(Redact, TwiceIsOnce) {
  const std::string key = "sk-ant-api03-" + std::string(93, 'q') + "AA";
  for (const std::string& text : {std::string("146sk-ant-3250"), "a" + key, key + ".", "x-api-key: " + key, std::string("https://a:b@c"), std::string("sk-ant-")}) {
    const std::string once = redact(text);
    EXPECT_EQ(redact(once), once) << once;
  }
}

TEST(Redact, FindsAValueByTheWordsThatStandBeforeIt) {
  const std::string secret = "q7W" + std::string(10, 'x') + "Zk2" + std::string(10, 'y');
  for (const std::string& text :
       {"sent Bearer " + secret + " there", "bearer \"" + secret + "\"", "Bearer: " + secret, "('x-api-key', '" + secret + "')", "(b'x-api-key', b'" + secret + "')",
        "\"authorization\":[\"Bearer " + secret + "\"]", "\"authorization\": [\n      \"Bearer " + secret + "\"\n]",
        "map[X-Api-Key:[" + secret + "]]", "failed\\nx-api-key: " + secret, "x-api-key: sk-ant-" + secret + "\n  " + secret}) {
    const std::string out = redact(text);
    for (const char* part : {"q7W", "xxxxxx", "Zk2"}) EXPECT_THAT(out, Not(HasSubstr(part))) << text;
    EXPECT_EQ(redact(out), out);
  }
  for (const char* text : {"needs Bearer authentication-required", "[\"x-api-key\", \"anthropic-version\"]", "x-api-key, anthropic-version-2023",
                           "Bearer realm=\"api\"", "x-api-key:\nauthentication-failed"}) {
    EXPECT_EQ(redact(text), text);
  }
}

TEST(Redact, ADashOfProseStaysADash) {
  const std::string key = api_key();
  EXPECT_THAT(redact("one \u2013 two " + key), HasSubstr("one \u2013 two "));
  EXPECT_EQ(redact("2020\u20132026 &ndash; a\u2014b"), "2020\u20132026 &ndash; a\u2014b");
}

TEST(Redact, SeesThroughTheEscapesOfUrlsAndJson) {
  const std::string key = "sk-ant-api03-" + std::string(40, 'q') + "_w-" + std::string(48, 'z') + "AA";
  for (const std::string dash : {"%2D", "%2d", "%252D", "\\u002d", "\\u002D", "\\\\u002d", "\\x2d", "&#x2d;", "&amp;#x2D;"}) {
    std::string line = dash;
    line.replace(line.find_first_of("dD") - 1, 2, "5F");
    std::string escaped;
    for (const char c : key) escaped += c == '-' ? dash : c == '_' ? line : std::string(1, c);
    const std::string out = redact("?x=1%2D2 {\"k\": \"" + escaped + "\"} and more");
    EXPECT_THAT(out, HasSubstr("and more"));
    for (const char* part : {"qqqqqq", "zzzzzz", "_w-"}) EXPECT_THAT(out, Not(HasSubstr(part))) << dash;
    EXPECT_EQ(redact(out), out);
  }
  for (const std::string dash : {"&#45;", "&ndash;", "\u2013", "\u2011", "\u2212"}) {
    std::string escaped;
    for (const char c : key) escaped += c == '-' ? dash : std::string(1, c);
    const std::string out = redact("401 for " + escaped + " and more");
    EXPECT_THAT(out, HasSubstr("and more"));
    for (const char* part : {"qqqqqq", "zzzzzz"}) EXPECT_THAT(out, Not(HasSubstr(part))) << dash;
  }
  const std::string harmless = "100% of /a%2Db and \\u002d and %";
  EXPECT_EQ(redact(harmless), harmless);
}

}  // namespace
}  // namespace locksmith::model::credential
