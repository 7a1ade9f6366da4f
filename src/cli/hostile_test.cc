// Text from outside, printed by each command that prints such: nothing in it may steer the terminal, turn the direction of reading, or
// become mark-up where the output is some.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <thread>

#include "cli/called.h"
#include "cli/store_url.h"
#include "host/epoll_loop.h"
#include "serving/server.h"
#include "vocabulary/shown.h"
#include "vocabulary/text.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

// Each as it stands in a name, a model or an error text.
const std::string kHostile[] = {
    "\x1b[2J", "\x1b]0;owned\x07", "\xc2\x9b" "31m", "\xc2\x9d" "0;owned\xc2\x9c", "\xe2\x80\xae" "evil", "\xe2\x81\xa6" "evil\xe2\x81\xa9",
    "\xd8\x9c", "\xe2\x80\xa8", "\x9b" "31m", "\x7f", "\x08\x08\x08", "\r", "<script>alert(1)</script>", "[x](javascript:alert(1))",
    "<a href=\"javascript:alert(1)\">", "<javascript:alert(1)>", "![x](http://127.0.0.1/)", "</pre><script>", "```\n# heading"};

class HostileTest : public testing::Test {
 protected:
  HostileTest() { setenv("LOCKSMITH_STORE", ("sqlite:" + (own_.path() / "keys.db").string()).c_str(), 1); }
  ~HostileTest() override { unsetenv("LOCKSMITH_STORE"); }

  // What the command printed, both streams.
  std::string print(std::vector<std::string> words) {
    const Called called = cli::call(words);
    const std::string printed = called.out + called.err;
    EXPECT_FALSE(printed.empty()) << words.front();
    EXPECT_EQ(shown_lines(printed), printed) << words.front() << ": something steers the terminal";
    // The same without our own notion of it.
    for (const char* const steering : {"\x1b", "\x07", "\xc2\x9b", "\xc2\x9c", "\xc2\x9d", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9", "\xd8\x9c", "\xe2\x80\xa8",
                                       "\x7f", "\x08", "\r"}) {
      EXPECT_FALSE(contains(printed, steering)) << words.front();
    }
    return printed;
  }
  std::string file(const std::string& name, const std::string& content) {
    const std::string path = (own_.path() / name).string();
    std::ofstream(path) << content;
    return path;
  }

  OwnFolder own_;
};

std::string evidence_with(const std::string& text) {
  std::string out;
  wire::json::Writer json(out);
  json.begin_object().key("error").begin_object().member("status", 401).member("text", std::string_view("authentication_error: invalid x-api-key " + text));
  json.member("type", std::string_view("authentication_error")).end_object();
  json.key("request").begin_object().member("model", std::string_view(text)).member("url", std::string_view("https://api.anthropic.com/v1/" + text)).end_object();
  json.end_object();
  return out;
}

TEST_F(HostileTest, DiagnoseShowsItHarmless) {
  for (const std::string& text : kHostile) {
    print({"diagnose", "--no-questions", "--error", "401 invalid x-api-key " + text});
    print({"diagnose", "--json", "--error", "401 invalid x-api-key " + text});
    print({"diagnose", file("e.json", evidence_with(text))});
    print({"diagnose", "--curl", "curl https://api.anthropic.com/v1/messages -H 'x-api-key: a' -H 'x: " + text + "'"});
  }
}

TEST_F(HostileTest, AReportHasNoMarkUpButItsOwn) {
  for (const std::string& text : kHostile) {
    const std::string path = file("e.json", evidence_with(text));
    const std::string markdown = print({"report", path});
    const std::string html = print({"report", path, "--html"});
    print({"report", path, "--json"});
    for (const char* const begin : {"<script", "<a href=\"javascript", "</pre><script", "<javascript:"}) {
      EXPECT_THAT(html, Not(HasSubstr(begin))) << text;
    }
    // Beyond the fence, in which Markdown has no mark-up.
    std::string prose = markdown;
    for (std::size_t open = prose.find("```"); open != std::string::npos; open = prose.find("```")) {
      const std::size_t close = prose.find("```", open + 3);
      ASSERT_NE(close, std::string::npos) << "an open fence: " << text;
      prose.erase(open, close + 3 - open);
    }
    for (const char* const begin : {"<script", "<a ", "<javascript:", "[x](", "![x]", "\n# heading"}) EXPECT_THAT(prose, Not(HasSubstr(begin))) << text;
  }
}

TEST_F(HostileTest, NamesOfKeysAreShownHarmless) {
  auto store = open_key_store({});
  std::uint8_t number = 0;
  for (const std::string& text : kHostile) {
    model::tenant::VirtualKey key;
    key.id = model::tenant::VirtualKeyId("lksid_" + std::to_string(++number));
    key.name = text;
    key.workspace = model::tenant::WorkspaceName(text);
    key.digest[0] = number;
    ASSERT_TRUE((*store)->add(key));
    for (const char* const verb : {"show", "suspend", "resume", "revoke"}) {
      print({"keys", verb, key.id.value()});
      print({"keys", verb, key.id.value(), "--json"});
    }
  }
  print({"keys", "list"});
  print({"keys", "list", "--json"});
}

// What a gateway kept of a client's request, and a foreign server that writes raw bytes into its JSON, which JSON allows from U+0080 on.
std::string document(const std::string& schema, const std::string& text, bool raw) {
  std::string out;
  wire::json::Writer json(out);
  const std::string value = raw ? "PLACE" : text;
  const auto member = [&](const char* name) { json.member(name, std::string_view(value)); };
  json.begin_object().member("schema", std::string_view(schema)).member("status", 404).member("ready", false);
  for (const char* const name : {"id", "layer", "cause", "rule", "method", "path", "at", "key", "model", "credential", "request_id", "message", "next_step",
                                 "not_ready", "reload_failed", "since", "no_credential"}) {
    member(name);
  }
  json.key("credentials").begin_array().begin_object().member("name", std::string_view(value)).member("cause", std::string_view(value)).end_object().end_array();
  json.key("failures").begin_array().begin_object().member("cause", std::string_view(value)).member("last_id", std::string_view(value));
  json.member("last_at", std::string_view(value)).end_object().end_array().end_object();
  for (std::size_t at = out.find("PLACE"); raw && at != std::string::npos; at = out.find("PLACE", at + text.size())) out.replace(at, 5, text);
  return out;
}

TEST_F(HostileTest, WhatAGatewayTellsIsShownHarmless) {
  std::string answer;
  serving::Router router;
  for (const char* const path : {"/status", "/failures/{id}"}) {
    router.on({"GET", path, serving::Access::everybody, serving::Cost::probe, [&answer](const serving::Request&, serving::Reply reply) { reply({.body = answer}); }});
  }
  host::EpollLoop loop;
  serving::Server server(loop, std::move(router), {});
  const std::string admin = to_string(server.listen(*world::parse_ip("127.0.0.1", 0), {}).value());
  for (const std::string& text : kHostile) {
    for (const bool raw : {false, true}) {
      // No JSON: it is not shown at all.
      if (raw && (static_cast<unsigned char>(text[0]) < 0x20 || text[0] == '\x9b' || contains(text, "\"") || contains(text, "\n"))) continue;
      std::thread thread([&loop] { loop.run(); });
      answer = document("locksmith.failure/1", text, raw);
      EXPECT_THAT(print({"--no-color", "explain", "lkf_0123456789abc", "--admin", admin}), HasSubstr("Credential"));
      EXPECT_THAT(print({"--json", "explain", "lkf_0123456789abc", "--admin", admin}), HasSubstr("locksmith.failure/1"));
      answer = document("locksmith.status/1", text, raw);
      EXPECT_THAT(print({"--no-color", "status", "--admin", admin}), HasSubstr("Credentials of the API"));
      EXPECT_THAT(print({"--json", "status", "--admin", admin}), HasSubstr("locksmith.status/1"));
      loop.stop();
      thread.join();
    }
  }
}

TEST_F(HostileTest, WhatWasTypedIsShownHarmless) {
  for (const std::string& text : kHostile) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"explain", text},
                                                                                       {text},
                                                                                       {"keys", "show", text},
                                                                                       {"keys", "create", "--name", text, "--store", text},
                                                                                       {"serve", "--check", "--config", text},
                                                                                       {"serve", "--check", "--listen", text},
                                                                                       {"status", "--admin", text},
                                                                                       {"diagnose", text},
                                                                                       {"report", text},
                                                                                       {"doctor", "--as", text}}) {
      print(words);
    }
  }
}

}  // namespace
}  // namespace locksmith::cli
