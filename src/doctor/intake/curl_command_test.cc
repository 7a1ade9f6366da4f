#include "doctor/intake/curl_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/intake/evidence_json.h"
#include "doctor/intake/shell_words.h"
#include "knowledge/knowledge.h"

namespace locksmith::doctor::intake {
namespace {

using model::evidence::Evidence;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

const std::string kKey = "sk-ant-api03-" + std::string(93, 'q') + "AA";
const std::string kBody =
    R"('{"model":"claude-x","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}')";

CurlReading one(std::string_view text) {
  auto readings = read_curl(text);
  EXPECT_TRUE(readings) << text;
  if (!readings) return {};
  EXPECT_EQ(readings->size(), 1U) << text;
  return std::move(readings->front());
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (const SimpleCommand& command : read_shell(text).commands) {
    for (const Word& word : command.words) out.push_back(word.text);
    out.emplace_back("|");
  }
  if (!out.empty()) out.pop_back();
  return out;
}

// The names that the real examiner gives, best first.
std::vector<std::string> codes(std::string_view text) {
  static const auto kExaminer = knowledge::make_examiner();
  std::vector<std::string> out;
  for (const auto& finding : (*kExaminer)->examine(one(text).evidence).findings)
    out.emplace_back(finding.code->name);
  return out;
}
std::string first(std::string_view text) {
  const auto all = codes(text);
  return all.empty() ? "" : all.front();
}

TEST(ShellWords, AreThoseOfAPosixShell) {
  EXPECT_THAT(words(R"(a 'b c' "d \"e\" \n" f\ g h'i'"j" '' # k)"),
              ElementsAre("a", "b c", "d \"e\" \\n", "f g", "hij", ""));
  EXPECT_THAT(words("a \\\n  b\nc;d|e && f & g"),
              ElementsAre("a", "b", "|", "c", "|", "d", "|", "e", "|", "f", "|", "g"));
  EXPECT_THAT(words(R"($'a\tb\x41\101\'\u00e9')"), ElementsAre("a\tbAA'\xC3\xA9"));
  EXPECT_THAT(words("a >out 2>&1 <in b"), ElementsAre("a", "b"));
  EXPECT_THAT(words("a $(cat 'x y') `id` b"), ElementsAre("a", "$(…)", "$(…)", "b"));
}

TEST(ShellWords, VariablesAreNotedUnlessSingleQuotesHoldThem) {
  const auto command = read_shell(R"(a "x $ONE y" ${TWO}z '$THREE' \$FOUR)").commands.at(0);
  ASSERT_EQ(command.words.size(), 5U);
  ASSERT_EQ(command.words[1].expansions.size(), 1U);
  EXPECT_EQ(command.words[1].expansions[0].name, "ONE");
  EXPECT_EQ(command.words[1].text.substr(command.words[1].expansions[0].at, 4), "$ONE");
  EXPECT_EQ(command.words[2].expansions.at(0).name, "TWO");
  EXPECT_THAT(command.words[3].expansions, IsEmpty());
  EXPECT_THAT(command.words[4].expansions, IsEmpty());
}

TEST(ShellWords, OfWindowsAreReadAsTheirShellDoes) {
  EXPECT_THAT(words("curl ^\r\n -H ^\"a: b^\" \"c \\\" d\" %KEY%\r\n"),
              ElementsAre("curl", "-H", "a: b", "c \" d", "%KEY%"));
  EXPECT_EQ(read_shell("curl ^\n x").kind, ShellKind::cmd);
  EXPECT_THAT(words("curl.exe `\n -H \"a: `\"b`\"\" 'it''s' \"$env:KEY\""),
              ElementsAre("curl.exe", "-H", "a: \"b\"", "it's", "$env:KEY"));
  EXPECT_EQ(read_shell("curl.exe `\n x").kind, ShellKind::powershell);
}

TEST(ShellWords, WhatIsNeverClosedIsSaidWithItsLine) {
  EXPECT_THAT(read_shell("curl x\n -d 'abc").complaint, HasSubstr("Line 2: the ' that opens"));
  EXPECT_THAT(read_shell("curl \"abc").complaint, HasSubstr("Line 1"));
  EXPECT_THAT(read_shell("curl -d @- <<END\nx\n").complaint, HasSubstr("end mark is missing"));
  EXPECT_THAT(read_shell("curl \\ \n x").complaint, HasSubstr("a blank stands behind"));
  EXPECT_THAT(read_shell("curl 'abc'").complaint, IsEmpty());
}

TEST(CurlCommand, GivesTheRequestThatItWouldSend) {
  const Evidence e =
      one("curl -sSiX PUT --url=https://api.anthropic.com/v1/messages -H 'x-api-key: " + kKey +
          "' -H'anthropic-version:2023-06-01' -d " + kBody + " -x http://ada:" + "pw@proxy:3128 -o out.json")
          .evidence;
  EXPECT_EQ(e.request.method, "PUT");
  EXPECT_EQ(e.request.url, "https://api.anthropic.com/v1/messages");
  EXPECT_THAT(e.request.headers, Contains(Pair("x-api-key", "<api-key>")));
  EXPECT_THAT(e.request.headers, Contains(Pair("anthropic-version", "2023-06-01")));
  EXPECT_EQ(e.request.model, "claude-x");
  EXPECT_EQ(e.request.body_bytes, static_cast<std::int64_t>(kBody.size()) - 2);
  EXPECT_EQ(e.settings.proxy, "http://…@proxy:3128");
  ASSERT_EQ(e.credentials.size(), 1U);
  EXPECT_EQ(e.credentials[0].source, "code");
  EXPECT_EQ(e.credentials[0].shape, "api-key");
  EXPECT_EQ(e.credentials[0].length, 108);
  EXPECT_THAT(e.observations, ElementsAre("request.wrong-method"));
}

TEST(CurlCommand, MethodsFollowFromTheOptions) {
  EXPECT_EQ(one("curl h/x").evidence.request.method, "GET");
  EXPECT_EQ(one("curl h/x -d a").evidence.request.method, "POST");
  EXPECT_EQ(one("curl h/x -G -d a").evidence.request.method, "GET");
  EXPECT_EQ(one("curl -I h/x").evidence.request.method, "HEAD");
  EXPECT_EQ(one("curl h/x --json '{}'").evidence.request.method, "POST");
  EXPECT_EQ(one("curl -XPOST h/x").evidence.request.method, "POST");
}

TEST(CurlCommand, NeverKeepsACredential) {
  const std::string text =
      "curl 'https://u:" + kKey + "@h/v1?api_key=" + kKey + "&x=1' -H 'authorization: Bearer " + kKey +
      "' -b 'sessionKey=" + kKey +
      "' -H 'api-key: s3cretvalue' -u me:s3cretvalue --oauth2-bearer s3cretvalue -H 'X: " + kKey + "' -A " +
      kKey + " " + kKey + " -H " + kKey + " -H '" + kKey + ": x' -X " + kKey;
  const CurlReading reading = one(text);
  std::string out;
  wire::json::Writer writer(out);
  write_evidence(writer, reading.evidence);
  for (const std::string& remark : reading.remarks) out += remark;
  EXPECT_THAT(out, Not(HasSubstr("qqqqqqqq")));
  EXPECT_THAT(out, Not(HasSubstr("s3cretvalue")));
  EXPECT_THAT(out, Not(HasSubstr("QQQQ")));
}

TEST(CurlCommand, AVariableIsNamedAndNotJudged) {
  const Evidence e =
      one(R"(curl https://api.anthropic.com/v1/models -H "x-api-key: $ANTHROPIC_API_KEY" -H "anthropic-version: 2023-06-01")")
          .evidence;
  ASSERT_EQ(e.credentials.size(), 1U);
  EXPECT_EQ(e.credentials[0].source, "env:ANTHROPIC_API_KEY");
  EXPECT_EQ(e.credentials[0].state, "");
  EXPECT_EQ(e.credentials[0].used, true);
  EXPECT_THAT(e.observations, IsEmpty());
}

TEST(CurlCommand, AVariableThatTheTextSetsIsJudged) {
  const Evidence e = one("export ANTHROPIC_API_KEY=" + kKey.substr(0, 60) +
                         "\ncurl https://api.anthropic.com/v1/models -H \"x-api-key: $ANTHROPIC_API_KEY\"")
                         .evidence;
  ASSERT_EQ(e.credentials.size(), 1U);
  EXPECT_EQ(e.credentials[0].source, "env:ANTHROPIC_API_KEY");
  EXPECT_THAT(e.credentials[0].flaws, Contains("truncated"));
  const Evidence inside =
      one("KEY=" + kKey.substr(0, 60) + "\nanswer=$(curl h -H \"x-api-key: $KEY\")\n").evidence;
  ASSERT_EQ(inside.credentials.size(), 1U);
  EXPECT_THAT(inside.credentials[0].flaws, Contains("truncated"));
}

TEST(CurlCommand, FindsCurlBehindWhatPeoplePaste) {
  for (const std::string_view text :
       {"$ curl h/x", "time sudo -E curl h/x", "https_proxy=http://p:1 /usr/bin/curl h/x",
        "# a comment\ncurl h/x | jq .", "answer=$(curl h/x)", "PS C:\\> curl.exe h/x", "ada@host:~$ curl h/x",
        "cd x && curl h/x"}) {
    EXPECT_EQ(one(text).evidence.request.url, "http://h/x") << text;
  }
  EXPECT_EQ(one("https_proxy=http://p:1 curl h/x").evidence.settings.proxy, "http://p:1");
  const auto many = read_curl("curl a/1 --next b/2\ncurl c/3");
  ASSERT_TRUE(many);
  EXPECT_EQ(many->size(), 3U);
}

TEST(CurlCommand, WithoutCurlIsAFailure) {
  for (const std::string_view text : {"", "wget h", "echo curl", "Invoke-WebRequest -Uri h", "{\"a\":1}"}) {
    const auto readings = read_curl(text);
    ASSERT_FALSE(readings) << text;
    EXPECT_EQ(readings.error().code.name(), "curl_invalid");
  }
}

TEST(CurlCommand, NamesTheCauseBeforeAnythingIsSent) {
  const std::string url = "curl https://api.anthropic.com/v1/messages";
  const std::string version = " -H 'anthropic-version: 2023-06-01'";
  const std::string key = " -H 'x-api-key: " + kKey + "'";
  const std::string data = " -d " + kBody;
  EXPECT_THAT(codes(url + version + key + data), IsEmpty()) << "nothing is wrong with it";
  EXPECT_EQ(first(url + key + data), "version_header.missing");
  EXPECT_EQ(first(url + version + data), "key_missing");
  EXPECT_EQ(first(url + version + data + " -H 'x-api-key: $ANTHROPIC_API_KEY'"), "key_malformed.reference") << "single quotes keep the shell away";
  EXPECT_EQ(first(url + version + data + " -H “x-api-key: " + kKey + "”"), "key_malformed.non_ascii");
  EXPECT_EQ(first(url + version + data + " -H 'x-api-key: \"" + kKey + "\"'"), "key_malformed.quoted");
  EXPECT_EQ(first(url + version + data + " -H 'x-api-key: Bearer " + kKey + "'"),
            "key_malformed.bearer_prefixed");
  EXPECT_EQ(first(url + version + data + " -H 'Authorization: Bearer " + kKey + "'"),
            "auth_header_format.key_as_bearer");
  EXPECT_EQ(first(url + version + key + data + " -H 'Authorization: Bearer " + kKey + "'"),
            "auth_header_format.two_headers");
  EXPECT_EQ(first("curl https://api.anthropic.com/v1/v1/messages" + version + key + data),
            "wrong_endpoint.doubled_v1");
  EXPECT_EQ(first("curl https://api.anthropic.com/v1/chat/completions" + version + key + data),
            "wrong_endpoint.openai_style");
  EXPECT_EQ(first(url + version + key + data + " -k"), "tls_interception_or_ca");
  EXPECT_EQ(first(url + version + key + " -d \"{\"model\": \"x\"}\""),
            "request_too_large_or_invalid.invalid_field");
  EXPECT_EQ(first(url + version + key + " -d '{\"model\":\"x\",\"messages\":[]}'"),
            "request_too_large_or_invalid.invalid_field");
  EXPECT_EQ(first(url + version + key + data + " —insecure"), "request_too_large_or_invalid")
      << "a long dash";
  EXPECT_EQ(first(url + version + data + " -H 'Authorization: " + kKey + "'"), "auth_header_format");
  EXPECT_EQ(first(url + version + key), "wrong_endpoint") << "without a body it is a GET";
  EXPECT_EQ(first(url + version + data + " -u " + kKey + ":"), "key_missing");
  EXPECT_EQ(first("ANTHROPIC_API_KEY=x " + url + version + data + " -H \"x-api-key: $ANTHROPIC_API_KEY\""),
            "key_missing.unset");
  EXPECT_EQ(first(url + version + key + data + " --resolve api.anthropic.com:443:192.0.2.1"),
            "waf_or_cloudflare_block.stale_edge_address");
  EXPECT_EQ(first("curl https://api.openai.com/v1/messages" + version + key + data),
            "wrong_endpoint.other_provider");
  EXPECT_EQ(first("curl ^\n https://api.anthropic.com/v1/messages ^\n -H 'x-api-key: " + kKey +
                  "' ^\n -H \"anthropic-version: 2023-06-01\""),
            "key_malformed.quoted")
      << "cmd does not know single quotes";
}

TEST(CurlCommand, ABodyFromElsewhereIsNotJudged) {
  const std::string head =
      "curl https://api.anthropic.com/v1/messages -H 'anthropic-version: 2023-06-01' -H \"x-api-key: $K\" ";
  for (const std::string tail :
       {"-d @body.json", "-d @- <body.json", "-d \"$BODY\"", "-F a=@b", "-K rc", "-H @headers"}) {
    EXPECT_THAT(one(head + tail).evidence.observations, IsEmpty()) << tail;
  }
  EXPECT_EQ(one(head + "-d @- <<'END'\n{\"model\":\"m\",\"max_tokens\":1,\"messages\":[]}\nEND\n")
                .evidence.request.model,
            "m");
}

}  // namespace
}  // namespace locksmith::doctor::intake
