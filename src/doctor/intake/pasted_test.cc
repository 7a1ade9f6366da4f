// What is pasted, read as a family of texts: the same facts in every form in which people show them.
#include "doctor/intake/pasted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "doctor/intake/surroundings.h"
#include "doctor/intake/transcript.h"
#include "knowledge/knowledge.h"
#include "model/evidence/error_text.h"

namespace locksmith::doctor::intake {
namespace {

using model::evidence::Evidence;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kKey = "sk-ant-api03-" + std::string(93, 'q') + "AA";
const std::string kToken = "sk-ant-oat01-" + std::string(93, 'q') + "AA";
const std::string kBody = R"('{"model":"claude-sonnet-5","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}')";

const ErrorOwners& owners() {
  static const auto kOwners = ErrorOwners::make();
  return *kOwners;
}
const model::diagnosis::Examiner& examiner() {
  static const auto kExaminer = knowledge::make_examiner();
  return **kExaminer;
}
Evidence read(std::string_view text) { return read_pasted(text, owners()).evidence; }
std::string first(const Evidence& evidence) {
  const auto diagnosis = examiner().examine(evidence);
  return diagnosis.findings.empty() ? "" : std::string(diagnosis.findings[0].code->name);
}
std::string first_of_curl(std::string_view text) {
  const auto readings = read_pasted_curl(text);
  return readings && !readings->empty() ? first(readings->back().evidence) : "none";
}

TEST(Transcript, ACommandStandsBehindAnyPrompt) {
  for (const std::string prompt : {"$ ", "% ", "me@host:~/x$ ", "[me@box app]# ", "(venv) $ ", "PS C:\\Users\\me> ", "C:\\Users\\me>", "➜  app git:(main) ✗ ", ""}) {
    const auto steps = read_steps("before\n" + prompt + "curl -sS x \\\n  -H 'a: b'\n{\"error\":1}\n");
    ASSERT_EQ(steps.size(), 2U) << prompt;
    EXPECT_EQ(steps[1].command, "curl -sS x \\\n  -H 'a: b'") << prompt;
    EXPECT_EQ(steps[1].output, "{\"error\":1}\n") << prompt;
    EXPECT_TRUE(steps[1].to_shell);
  }
}

TEST(Transcript, WhatIsTypedIntoAProgramIsNoShellCommand) {
  const auto steps = read_steps("> /login\n  ⎿  Login successful\n\n❯ hi\n  ⎿  API Error: 401\n");
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[1].command, "/login");
  EXPECT_FALSE(steps[1].to_shell);
  EXPECT_EQ(steps[2].command, "hi");
}

TEST(Transcript, QuotedMailAndBoxesAreTakenOff) {
  const auto mail = read_steps("> $ curl x -H 'a: b'\n> {\"error\":1}\n");
  ASSERT_EQ(mail.size(), 2U);
  EXPECT_EQ(mail[1].output, "{\"error\":1}\n");
  const auto box = read_steps("╭────╮\n│ $ echo $X │\n│ 1 │\n╰────╯\n");
  ASSERT_EQ(box.size(), 2U);
  EXPECT_EQ(box[1].command, "echo $X");
}

TEST(Transcript, ProseIsNoCommand) {
  for (const std::string text : {"It costs $ 5 a month", "# 1. Heading", "Error: a > b", "https://x.y/a#b c", "Steps:\n100% sure"}) {
    EXPECT_EQ(read_steps(text).size(), 1U) << text;
  }
}

TEST(Transcript, AQuoteThatNeverClosesDoesNotTakeTheAnswer) {
  const auto steps = read_steps("$ curl x -d '{\"a\":1}\n{\"type\":\"error\",\"error\":{}}\n");
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_THAT(steps[1].output, HasSubstr("\"type\":\"error\""));
}

TEST(Surroundings, AVariableIsSeenInEveryFormInWhichItIsShown) {
  for (const std::string text : {"ANTHROPIC_BASE_URL=http://127.0.0.1:4000", "export ANTHROPIC_BASE_URL=\"http://127.0.0.1:4000\"", "$ ANTHROPIC_BASE_URL=http://127.0.0.1:4000 claude -p hi",
                                 "$ echo $ANTHROPIC_BASE_URL\nhttp://127.0.0.1:4000", "PS C:\\> echo $env:ANTHROPIC_BASE_URL\nhttp://127.0.0.1:4000",
                                 "$ printenv ANTHROPIC_BASE_URL\nhttp://127.0.0.1:4000", "$ cat ~/.claude/settings.json\n{\n  \"env\": {\n    \"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:4000\"\n  }\n}",
                                 "$ env | grep ANTHROPIC\nANTHROPIC_BASE_URL=http://127.0.0.1:4000", "- ANTHROPIC_BASE_URL: http://127.0.0.1:4000"}) {
    EXPECT_EQ(read(text + "\nAPI Error: 401").settings.base_url, "http://127.0.0.1:4000") << text;
  }
}

TEST(Surroundings, AVariableThatIsOnlySpokenOfIsNotSet) {
  for (const std::string text : {"Missing key. Set ANTHROPIC_API_KEY=sk-proxy-1 first", "ANTHROPIC_API_KEY: field required", "Either ANTHROPIC_API_KEY or X is required",
                                 "use ANTHROPIC_BASE_URL=https://x instead"}) {
    const Evidence e = read(text);
    EXPECT_THAT(e.credentials, IsEmpty()) << text;
    EXPECT_FALSE(e.settings.base_url) << text;
  }
}

TEST(Surroundings, WhatWasHiddenByHandIsNoFlaw) {
  for (const std::string value : {"sk-ant-api03-...", "sk-ant-api03-***", "sk-ant-api03-xxxxxxxx", "sk-ant-api03-<redacted>", "sk-ant-api03-your-key"}) {
    const Evidence e = read("$ env | grep ANTHROPIC\nANTHROPIC_API_KEY=" + value + "\n");
    ASSERT_EQ(e.credentials.size(), 1U) << value;
    EXPECT_EQ(e.credentials[0].shape, "api-key") << value;
    EXPECT_THAT(e.credentials[0].flaws, IsEmpty()) << value;
  }
}

TEST(Surroundings, AnotherVendorsKeyIsNamed) {
  for (const std::string start : {"sgp_", "gsk_", "xai-", "sk-or-v1-", "AIza", "ghp_", "hf_"}) {
    const Evidence e = read("$ grep ANTHROPIC_API_KEY .env\nANTHROPIC_API_KEY=" + start + std::string(40, '0') + "\n$ python a.py\n401 invalid x-api-key\n");
    EXPECT_EQ(first(e), "key_wrong_kind.other_provider") << start;
  }
}

TEST(Surroundings, ALengthThatWasCountedShowsACutToken) {
  const std::string error = "\n$ claude -p hi\nAPI Error: 401 {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"Invalid bearer token\"}}\n";
  for (const std::string count : {"$ echo -n \"$CLAUDE_CODE_OAUTH_TOKEN\" | wc -c\n80", "$ printf %s $CLAUDE_CODE_OAUTH_TOKEN | wc -c\n79", "$ echo $CLAUDE_CODE_OAUTH_TOKEN | wc -c\n81"}) {
    EXPECT_EQ(first(read(count + error)), "key_malformed.truncated") << count;
  }
  EXPECT_NE(first(read("$ echo -n $CLAUDE_CODE_OAUTH_TOKEN | wc -c\n108" + error)), "key_malformed.truncated");
}

TEST(Surroundings, AnEnvironmentWithoutAnyOfClaudesVariablesIsEmpty) {
  for (const std::string listing : {"$ docker exec app env | grep ANTHROPIC\n", "$ printenv | grep -i claude\n", "$ kubectl exec p -- env | grep ANTHROPIC\n"}) {
    const Evidence e = read(listing + "$ claude -p hi\nInvalid API key · Please run /login\n");
    ASSERT_EQ(e.credentials.size(), 1U) << listing;
    EXPECT_EQ(e.credentials[0].state, "unset") << listing;
  }
}

TEST(Surroundings, SettingsThatDifferFromTheShellAreNoticed) {
  EXPECT_EQ(first(read("$ ANTHROPIC_BASE_URL=\"http://127.0.0.1:1\" claude -p hi\nAPI Error: 401\n$ cat .claude/settings.local.json\n"
                       "{\"env\": {\n \"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:2\"\n}}\n")),
            "env_shadowed.settings_over_environment");
}

TEST(Surroundings, HeadersOfAnAnswerSayWhoAnswered) {
  const Evidence e = read("$ curl -I https://claude.ai/login\nHTTP/2 403\nserver: cloudflare\ncf-mitigated: challenge\nset-cookie: a=b\n");
  EXPECT_NE(model::evidence::find_field(e.error.headers, "cf-mitigated"), nullptr);
  EXPECT_EQ(model::evidence::find_field(e.error.headers, "set-cookie"), nullptr);
  EXPECT_EQ(first(e), "waf_or_cloudflare_block.challenge");
}

TEST(Surroundings, WhereItRanIsSeen) {
  EXPECT_THAT(read("- Terminal: ssh-session\nInvalid API key").observations, Contains("launched.ssh"));
  EXPECT_THAT(read("Run anthropics/claude-code-action@v1\nerror").observations, Contains("launched.ci"));
  EXPECT_THAT(read("Triggering actor: dependabot[bot]\nerror").observations, Contains("launched.ci-fork"));
  EXPECT_THAT(read("> /login\n ⎿ Login successful\nerror").observations, Contains("login.succeeded"));
}

TEST(Pasted, HoldsNoSecret) {
  const Evidence e = read("$ export ANTHROPIC_API_KEY=" + kKey + "\n$ curl https://api.anthropic.com/v1/messages -H 'x-api-key: " + kKey +
                          "' -d '{}'\n{\"type\":\"error\"}\nANTHROPIC_AUTH_TOKEN=" + kToken + "\n");
  std::string all = e.error.text + e.request.url + e.settings.base_url.value_or("") + e.settings.proxy;
  for (const auto& c : e.credentials) all += c.source + c.shape + c.note + c.tail;
  for (const auto& [name, value] : e.request.headers) all += name + value;
  EXPECT_THAT(all, Not(HasSubstr("qqqqqq")));
}

TEST(Pasted, WhatWasTypedIsNotTheError) {
  EXPECT_THAT(read("$ grep ANTHROPIC_API_KEY .env\n$ claude -p hi\nAPI Error: 529 Overloaded\n").error.text, Not(HasSubstr("grep")));
}

TEST(PastedCurl, BothTheCommandAndItsAnswerCount) {
  const std::string command = "curl https://api.anthropic.com/v1/messages \\\n  -H 'x-api-key: " + kKey + "' \\\n  -H 'anthropic-version: 2023-06-01' \\\n  -d " + kBody + "\n";
  EXPECT_EQ(first_of_curl(command), "");
  EXPECT_EQ(first_of_curl(command + R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}})"),
            "credit_exhausted.prepaid");
  EXPECT_EQ(first_of_curl("$ " + command + "curl: (60) SSL certificate problem: unable to get local issuer certificate\n"), "tls_interception_or_ca.unknown_issuer");
  EXPECT_EQ(first_of_curl(command + "\nHTTP/2 403\nserver: cloudflare\ncf-mitigated: challenge\n\n<html>"), "waf_or_cloudflare_block.challenge");
}

struct Request {
  const char* what;
  std::string headers, url, body, code;
};

TEST(PastedCurl, ARequestIsJudgedBeforeItIsSent) {
  const std::string api = "https://api.anthropic.com/v1/messages";
  const std::string version = "anthropic-version: 2023-06-01|";
  const std::string key = "x-api-key: " + kKey + "|";
  const std::string fine = kBody;
  const auto with_model = [](const std::string& model) { return "'{\"model\":\"" + model + "\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}'"; };
  const std::string jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9." + std::string(40, 'c');
  const Request requests[] = {
      {"in order", key + version, api, fine, ""},
      {"one header twice", key + "X-Api-Key: " + kKey + "|" + version, api, fine, "auth_header_format.doubled"},
      {"no workspace", key + version + "anthropic-workspace-id: default|", api, fine, "workspace_or_org_mismatch.workspace_invalid"},
      {"a workspace", key + version + "anthropic-workspace-id: wrkspc_01|", api, fine, ""},
      {"a retired model", key + version, api, with_model("claude-3-5-sonnet-20241022"), "model_not_found_or_no_access.retired"},
      {"no model's name", key + version, api, with_model("claude-3.5-sonnet"), "model_not_found_or_no_access.not_found"},
      {"another vendor's model", key + version, api, with_model("gpt-4o"), "model_not_found_or_no_access.not_found"},
      {"a model that nobody knows yet", key + version, api, with_model("claude-next-9"), ""},
      {"a login without its beta", "Authorization: Bearer " + kToken + "|" + version, api, fine, "beta_header.oauth_beta_missing"},
      {"a login with its beta", "Authorization: Bearer " + kToken + "|" + version + "anthropic-beta: oauth-2025-04-20|", api, fine, ""},
      {"a web session", "Cookie: sessionKey=sk-ant-sid01-" + std::string(80, 'q') + "|" + version, api, fine, "key_wrong_kind.session_key"},
      {"a JWT", "Authorization: Bearer " + jwt + "|" + version, api, fine, "key_wrong_kind.other_provider"},
      {"a Groq key", "x-api-key: gsk_" + std::string(48, '0') + "|" + version, api, fine, "key_wrong_kind.other_provider"},
      {"an Azure key", "x-api-key: " + std::string(32, 'a') + "|" + version, api, fine, "key_wrong_kind.other_provider"},
      {"Azure's header", "api-key: " + kKey + "|" + version, api, fine, "auth_header_format.misnamed"},
      {"a key in the address", version, api + "?key=" + kKey, fine, "auth_header_format.misnamed"},
      {"no key", version, api, fine, "key_missing"},
      {"no version", key, api, fine, "version_header.missing"},
      {"a version that is none", key + "anthropic-version: 2024-10-22|", api, fine, "version_header.invalid"},
      {"the path doubled", key + version, "https://api.anthropic.com/v1/v1/messages", fine, "wrong_endpoint.doubled_v1"},
      {"no such path", key + version, "https://api.anthropic.com/v1/message", fine, "wrong_endpoint.unknown_path"},
      {"the web site", key + version, "https://console.anthropic.com/v1/messages", fine, "wrong_endpoint.unknown_path"},
      {"a role that is none", key + version, api, "'{\"model\":\"claude-sonnet-5\",\"max_tokens\":5,\"messages\":[{\"role\":\"system\",\"content\":\"x\"}]}'", "request_too_large_or_invalid.invalid_field"},
      {"no messages", key + version, api, "'{\"model\":\"claude-sonnet-5\",\"max_tokens\":5,\"messages\":[]}'", "request_too_large_or_invalid.invalid_field"},
      {"sampling under the new version", key + "anthropic-version: 2026-10-21|", api,
       "'{\"model\":\"claude-sonnet-5\",\"max_tokens\":5,\"temperature\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}'", "request_too_large_or_invalid.invalid_field"},
  };
  for (const Request& request : requests) {
    std::string command = "curl " + request.url;
    std::string_view rest = request.headers;
    while (!rest.empty()) {
      const std::size_t end = rest.find('|');
      command += " \\\n  -H '" + std::string(rest.substr(0, end)) + "'";
      rest.remove_prefix(end + 1);
    }
    command += " \\\n  -d " + request.body;
    EXPECT_EQ(first_of_curl(command), request.code) << request.what << "\n" << command;
  }
}

// One message, in every way in which it arrives damaged.
TEST(Damage, IsSeenThrough) {
  const std::string whole = R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_011CAAAAAAAAAAAAAAAAAAAA"})";
  const auto replaced = [&](std::string_view what, std::string_view by) {
    std::string out = whole;
    out.replace(out.find(what), what.size(), by);
    return out;
  };
  for (const std::string& text : std::vector<std::string>{whole, replaced("overloaded_error", "overload     ed_error"), replaced("overloaded_error", "overload\n    ed_error"),
                                  "> " + whole, "```\n" + whole + "\n```", "│ " + whole + " │", "API Error: 529 Overloaded. This is a server-side issue \\u00b7 retrying",
                                  "app-1  | " + whole, "[12:30:00] STDERR: " + whole, "2026-11-25 10:00:00,123 ERROR x: " + whole}) {
    EXPECT_EQ(first(read(text)), "overloaded") << text;
  }
}

TEST(Damage, AHyphenAtALinesEndIsNoPartOfTheWord) {
  EXPECT_EQ(first(read("Error: 400 {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Third\n -party apps now draw from your extra\n usage, not your plan limits.\"}}")),
            "credit_exhausted.extra_usage");
}

TEST(Neighbours, AreNamedAlthoughClaudeIsNamedToo) {
  for (const std::string text : {"App token exchange failed: 401 Unauthorized - Claude Code is not installed on this repository.",
                                 "Authorization with the MCP server failed. Claude could not connect.", "npm error code E401 while installing @anthropic-ai/claude-code"}) {
    EXPECT_FALSE(read_pasted(text, owners()).other_service.empty()) << text;
  }
  EXPECT_EQ(read_pasted("MCP oauth failed\n{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid x-api-key\"}} claude", owners()).other_service, "")
      << "an error with Claude's own envelope is Claude's";
}

}  // namespace
}  // namespace locksmith::doctor::intake
