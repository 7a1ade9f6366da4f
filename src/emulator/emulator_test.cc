#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "emulator/api.h"
#include "emulator/envelope.h"
#include "emulator/messages.h"
#include "vocabulary/limits/emulator.h"
#include "wire/json/json.h"
#include "wire/sse/event_reader.h"

namespace locksmith::emulator {
namespace {

// Keys are built here and are visibly none.
std::string fake_key(char letter = 'x') { return "sk-ant-api03-" + std::string(93, letter) + "AA"; }
std::string fake_token(char letter = 'x') { return "sk-ant-oat01-" + std::string(95, letter); }
std::string fake_admin_key() { return "sk-ant-admin01-" + std::string(93, 'x') + "AA"; }

const std::string kMessage =
    R"({"model":"claude-haiku-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]})";

class EmulatorTest : public testing::Test {
 protected:
  Api api;
  Instant now{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)};
  Tick tick{};
  std::vector<Header> headers{{"x-api-key", fake_key()}, {"anthropic-version", "2023-06-01"}};

  void set(std::string name, std::string value) {
    std::erase_if(headers, [&](const Header& header) { return header.name == name; });
    headers.push_back({std::move(name), std::move(value)});
  }
  void drop(const std::string& name) {
    std::erase_if(headers, [&](const Header& header) { return header.name == name; });
  }
  Answer ask(std::string_view method, std::string_view target, std::string_view body = {}) {
    wire::http1::Fields fields;
    for (const Header& header : headers) fields.add(header.name, header.value);
    const std::size_t mark = target.find('?');
    const std::string_view query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    return api.answer({method, target.substr(0, mark), query, fields, body}, now, tick);
  }
  Answer post(std::string_view body = kMessage) { return ask("POST", "/v1/messages", body); }
};

std::string header(const Answer& answer, std::string_view name) {
  for (const Header& one : answer.headers) {
    if (one.name == name) return one.value;
  }
  return "(none)";
}

struct Error {
  int status;
  std::string type, message, code;
  friend bool operator==(const Error&, const Error&) = default;
};
std::ostream& operator<<(std::ostream& out, const Error& e) {
  return out << e.status << " " << e.type << " \"" << e.message << "\" " << e.code;
}

Error error_of(const Answer& answer) {
  wire::json::Reader reader;
  const auto body = reader.parse(answer.body);
  if (!body) return {answer.status, "(no JSON)", answer.body, ""};
  const auto error = (*body)["error"];
  if (answer.status >= 400) {
    EXPECT_EQ((*body)["request_id"].string_or("(null)"), header(answer, "request-id"));
  }
  return {answer.status, std::string(error["type"].string_or("")), std::string(error["message"].string_or("")),
          std::string(error["details"]["error_code"].string_or(""))};
}

Error invalid(std::string message) { return {400, "invalid_request_error", std::move(message), ""}; }
Error unauthenticated(std::string message) { return {401, "authentication_error", std::move(message), ""}; }

// --- Credentials -----------------------------------------------------------------------------------------------------

TEST_F(EmulatorTest, TakesAKeyInEitherHeader) {
  EXPECT_EQ(post().status, 200);
  drop("x-api-key");
  set("authorization", "Bearer " + fake_key());
  EXPECT_EQ(post().status, 200);
  set("x-api-key", "");
  EXPECT_EQ(post().status, 200) << "an empty field is none";
}

TEST_F(EmulatorTest, RefusesEachWrongCredentialInItsWords) {
  const auto with_key = [&](std::string value) {
    drop("authorization");
    set("x-api-key", std::move(value));
    return error_of(post());
  };
  const auto with_bearer = [&](std::string value) {
    drop("x-api-key");
    set("authorization", std::move(value));
    return error_of(post());
  };
  EXPECT_EQ(with_key(""), unauthenticated("x-api-key header is required"));
  EXPECT_EQ(with_key(fake_key().substr(0, 90)), unauthenticated("invalid x-api-key"));
  EXPECT_EQ(with_key(fake_token()), unauthenticated("invalid x-api-key"));
  EXPECT_EQ(with_key(fake_admin_key()), unauthenticated("invalid x-api-key"));
  EXPECT_EQ(with_key("'" + fake_key() + "'"), unauthenticated("invalid x-api-key"));
  EXPECT_EQ(with_bearer("Bearer nonsense"), unauthenticated("Invalid bearer token"));
  EXPECT_EQ(with_bearer("Bearer " + fake_token().substr(0, 90)), unauthenticated("Invalid bearer token"));
  EXPECT_EQ(with_bearer("Bearer "), unauthenticated("x-api-key header is required"));
  EXPECT_EQ(with_bearer("Basic abc"), unauthenticated("x-api-key header is required"));
  EXPECT_EQ(with_bearer("Bearer " + fake_token()), unauthenticated("OAuth authentication is currently not supported."));
  set("anthropic-beta", "oauth-2025-04-20");
  EXPECT_EQ(with_bearer("Bearer " + fake_token()).status, 200);
}

TEST_F(EmulatorTest, KnowsTheKeysThatATestMadeKnown) {
  const std::string document = R"({"only_these":true,"keys":[{"credential":")" + fake_key('a') +
                               R"(","workspace_id":"wrkspc_test"},{"credential":")" + fake_key('b') +
                               R"(","state":"inactive"}]})";
  EXPECT_EQ(ask("PUT", "/_emulator/keys", document).status, 200);
  set("x-api-key", fake_key('a'));
  EXPECT_EQ(header(post(), "anthropic-workspace-id"), "wrkspc_test");
  set("anthropic-workspace-id", "wrkspc_other");
  EXPECT_EQ(post().status, 403);
  drop("anthropic-workspace-id");
  for (const char letter : {'b', 'c'}) {
    set("x-api-key", fake_key(letter));
    EXPECT_EQ(error_of(post()), unauthenticated("invalid x-api-key"));
  }
  EXPECT_EQ(ask("DELETE", "/_emulator/keys").status, 200);
  EXPECT_EQ(post().status, 200);
}

// --- Headers ---------------------------------------------------------------------------------------------------------

TEST_F(EmulatorTest, ChecksTheVersion) {
  for (const char* version : {"2023-01-01", "2023-06-01", "2026-10-21"}) {
    set("anthropic-version", version);
    EXPECT_EQ(post().status, 200) << version;
  }
  set("anthropic-version", "2024-10-22");
  EXPECT_EQ(error_of(post()), invalid("anthropic-version: \"2024-10-22\" is not a valid version"));
  set("anthropic-version", "2023-06-01");
  headers.push_back({"Anthropic-Version", "2023-06-01"});
  EXPECT_EQ(error_of(post()), invalid("anthropic-version: \"2023-06-01, 2023-06-01\" is not a valid version"));
  drop("anthropic-version");
  drop("Anthropic-Version");
  EXPECT_EQ(error_of(post()), invalid("anthropic-version: header is required"));
}

TEST_F(EmulatorTest, TakesEveryBetaThatHasTheFormOfOne) {
  set("anthropic-beta", "files-api-2025-04-14, new-this-week-2027-01-01,claude-code-20250219");
  EXPECT_EQ(post().status, 200);
  for (const std::string wrong : {"true", "files-api", "2026-01-01", "files-api-2026-1-1", "Files-Api-2025-04-14"}) {
    set("anthropic-beta", "files-api-2025-04-14, " + wrong);
    EXPECT_EQ(error_of(post()),
              invalid("Unexpected value(s) `" + wrong + "` for the `anthropic-beta` header. Please consult our "
                      "documentation at platform.claude.com/docs or try again without the header."));
  }
}

TEST_F(EmulatorTest, ABetaMayBringFieldsAndRolesThatAreNotKnownHere) {
  const std::string body = R"({"model":"claude-haiku-4-5","max_tokens":9,"messages":[{"role":"user","content":"Hi"},)"
                           R"({"role":"observer","content":"x"}],"brand_new":{}})";
  EXPECT_EQ(error_of(post(body)), invalid("brand_new: Extra inputs are not permitted"));
  set("anthropic-beta", "brand-new-2027-01-01");
  EXPECT_EQ(post(body).status, 200);
}

TEST_F(EmulatorTest, ASystemMessageMayStandWithinAConversationButNotOpenIt) {
  const std::string head = R"({"model":"claude-haiku-4-5","max_tokens":9,"messages":[)";
  const std::string user = R"({"role":"user","content":"Hi"})";
  const std::string system = R"({"role":"system","content":"Be brief."})";
  EXPECT_EQ(post(head + user + "," + system + "]}").status, 200);
  EXPECT_TRUE(error_of(post(head + system + "," + user + "]}")).message.starts_with("messages: Unexpected role"));
}

TEST_F(EmulatorTest, TheNewVersionTakesNoSamplingFields) {
  const std::string body =
      R"({"temperature":1,"model":"claude-haiku-4-5","max_tokens":1,"messages":[{"role":"user","content":"Hi"}]})";
  EXPECT_EQ(post(body).status, 200);
  set("anthropic-version", "2026-10-21");
  EXPECT_EQ(post(body).status, 400);
}

TEST_F(EmulatorTest, BrowsersNeedTheirHeader) {
  set("origin", "https://app.example");
  EXPECT_EQ(error_of(post()),
            unauthenticated("CORS requests must set 'anthropic-dangerous-direct-browser-access' header"));
  set("anthropic-dangerous-direct-browser-access", "true");
  EXPECT_EQ(header(post(), "access-control-allow-origin"), "*");
  set("access-control-request-method", "POST");
  EXPECT_EQ(ask("OPTIONS", "/v1/messages").status, 204);
  EXPECT_EQ(ask("OPTIONS", "/v1/files").status, 404);
}

TEST_F(EmulatorTest, EveryAnswerCarriesItsIds) {
  const Answer first = post();
  EXPECT_TRUE(header(first, "request-id").starts_with("req_011C"));
  EXPECT_EQ(header(first, "request-id").size(), 28U);
  EXPECT_EQ(header(first, "anthropic-organization-id"), kOrganization);
  EXPECT_EQ(header(first, "anthropic-ratelimit-requests-limit"), "1000");
  EXPECT_NE(header(first, "request-id"), header(post(), "request-id"));
  EXPECT_EQ(make_id("req_011C", 7), make_id("req_011C", 7));
  set("x-api-key", "wrong");
  EXPECT_EQ(header(post(), "anthropic-organization-id"), "(none)");
}

// --- Endpoints -------------------------------------------------------------------------------------------------------

TEST_F(EmulatorTest, AnswersAMessage) {
  const Answer answer = post();
  wire::json::Reader reader;
  const auto body = reader.parse(answer.body).value();
  EXPECT_EQ(body["type"].string_or(""), "message");
  EXPECT_EQ(body["model"].string_or(""), "claude-haiku-4-5-20251001");
  EXPECT_EQ(body["stop_reason"].string_or(""), "end_turn");
  EXPECT_EQ(body["content"].size(), 1U);
  EXPECT_GT(body["usage"]["output_tokens"].as_integer().value(), 0);
}

TEST_F(EmulatorTest, ZeroTokensRunTheWholePathAndSayNothing) {
  const std::string head = R"({"model":"claude-haiku-4-5","max_tokens":0,"messages":[{"role":"user","content":"Hi"}])";
  const Answer answer = post(head + "}");
  wire::json::Reader reader;
  const auto body = reader.parse(answer.body).value();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(body["content"].size(), 0U);
  EXPECT_EQ(body["stop_reason"].string_or(""), "max_tokens");
  EXPECT_EQ(body["usage"]["output_tokens"].as_integer(), 0);
  EXPECT_EQ(post(head + R"(,"stream":true})").status, 400);
}

TEST_F(EmulatorTest, StreamsInTheApisOrder) {
  const Answer answer = post(
      R"({"model":"claude-haiku-4-5","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hi"}]})");
  std::string bytes;
  for (const std::string& event : answer.events) bytes += event;
  std::string order;
  std::string text;
  wire::sse::EventReader events;
  wire::sse::Event event;
  std::string_view input = bytes;
  while (events.read(input, event) == wire::sse::EventReader::Step::event) {
    wire::json::Reader reader;
    const auto data = reader.parse(event.data).value();
    EXPECT_EQ(data["type"].string_or(""), event.type);
    if (event.type == "content_block_delta") text += data["delta"]["text"].string_or("");
    if (!order.ends_with(std::string(event.type) + " ")) order += std::string(event.type) + " ";
  }
  EXPECT_EQ(order,
            "message_start content_block_start ping content_block_delta content_block_stop message_delta message_stop ");
  EXPECT_NE(post().body.find(text), std::string::npos) << "a stream says what a plain answer says";
}

TEST_F(EmulatorTest, CallsTheFirstToolWithAnInputOfItsSchema) {
  const Answer answer = post(
      R"({"model":"claude-haiku-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"weather",)"
      R"("input_schema":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},)"
      R"("required":["city","days"]}}]})");
  wire::json::Reader reader;
  const auto body = reader.parse(answer.body).value();
  EXPECT_EQ(body["stop_reason"].string_or(""), "tool_use");
  body["content"].for_each_element([](wire::json::Value block) {
    EXPECT_EQ(block["name"].string_or(""), "weather");
    EXPECT_EQ(block["input"]["city"].string_or(""), "example");
    EXPECT_EQ(block["input"]["days"].as_integer(), 1);
  });
}

TEST_F(EmulatorTest, CallsNoToolOfAnAgentThatWouldRunIt) {
  const std::string tools = R"("tools":[{"name":"Bash","input_schema":{"type":"object"}}]})";
  const std::string head = R"({"model":"claude-haiku-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hi"}],)";
  const auto stop = [&](std::string_view body) {
    wire::json::Reader reader;
    return std::string(reader.parse(post(body).body).value()["stop_reason"].string_or(""));
  };
  EXPECT_EQ(stop(head + tools), "tool_use");
  set("anthropic-beta", "claude-code-20250219");
  EXPECT_EQ(stop(head + tools), "end_turn");
  EXPECT_EQ(stop(head + R"("tool_choice":{"type":"any"},)" + tools), "tool_use");
}

TEST_F(EmulatorTest, SaysWhatIsWrongWithABody) {
  const auto say = [&](std::string body) { return error_of(post(body)); };
  EXPECT_EQ(say("{}"), invalid("model: Field required"));
  EXPECT_EQ(say(R"({"model":"claude-haiku-4-5"})"), invalid("max_tokens: Field required"));
  EXPECT_EQ(say(R"({"model":"claude-haiku-4-5","max_tokens":1})"), invalid("messages: Field required"));
  EXPECT_EQ(say(R"({"model":"claude-haiku-4-5","max_tokens":1,"messages":[]})"),
            invalid("messages: at least one message is required"));
  EXPECT_EQ(say(R"({"model":"claude-haiku-4-5","max_tokens":1,"messages":[{"role":"robot","content":"x"}]})"),
            invalid("messages.0.role: Input should be 'user' or 'assistant'"));
  EXPECT_EQ(say(R"({"model":"claude-haiku-4-5","max_tokens":1,"messages":[{"role":"user","content":""}]})"),
            invalid("messages.0: user messages must have non-empty content"));
  EXPECT_EQ(say(R"({"model":"claude-haiku-4-5","max_tokens":1,"messages":[{"role":"user","content":"x"}],"nope":1})"),
            invalid("nope: Extra inputs are not permitted"));
  EXPECT_EQ(say(R"({"model":"gpt-4","max_tokens":1,"messages":[{"role":"user","content":"x"}]})"),
            (Error{404, "not_found_error", "model: gpt-4", ""}));
  EXPECT_EQ(say(R"({"model":"claude-3-opus-20240229","max_tokens":1,"messages":[{"role":"user","content":"x"}]})").status,
            404);
  EXPECT_EQ(say("{\"mod").type, "invalid_request_error");
  set("content-encoding", "br");
  EXPECT_EQ(say(kMessage).code, "request_body_encoding_unsupported");
  set("content-encoding", "gzip");
  EXPECT_EQ(say(kMessage).code, "request_body_encoding_invalid");
}

TEST_F(EmulatorTest, CountsTokensForNothing) {
  const Answer answer = ask("POST", "/v1/messages/count_tokens",
                            R"({"model":"claude-haiku-4-5","messages":[{"role":"user","content":"Hi"}]})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body.starts_with(R"({"input_tokens":)"));
}

TEST_F(EmulatorTest, ListsModelsPageByPage) {
  std::set<std::string> seen;
  std::string after;
  bool more = true;
  while (more) {
    const Answer answer = ask("GET", "/v1/models?limit=5" + (after.empty() ? "" : "&after_id=" + after));
    ASSERT_EQ(answer.status, 200) << answer.body;
    wire::json::Reader reader;
    const auto page = reader.parse(answer.body).value();
    page["data"].for_each_element([&](wire::json::Value model) {
      EXPECT_TRUE(seen.insert(std::string(model["id"].string_or(""))).second);
      EXPECT_NE(model["lifecycle"].string_or(""), "retired");
    });
    more = page["has_more"].as_boolean().value();
    after = page["last_id"].string_or("");
  }
  EXPECT_EQ(seen.size(), 18U);
  EXPECT_EQ(ask("GET", "/v1/models?limit=0").status, 400);
  EXPECT_EQ(ask("GET", "/v1/models?limit=1001").status, 400);
  EXPECT_EQ(ask("GET", "/v1/models?after_id=nope").status, 400);
  EXPECT_NE(ask("GET", "/v1/models?lifecycle=retired").body.find("claude-3-opus"), std::string::npos);
  EXPECT_EQ(ask("GET", "/v1/models/claude-opus-4-5").status, 200);
  EXPECT_EQ(error_of(ask("GET", "/v1/models/nope")).message, "model: nope");
}

TEST_F(EmulatorTest, OtherPathsAndMethodsAreRefused) {
  EXPECT_EQ(error_of(ask("POST", "/v1/v1/messages", kMessage)).message, "The requested resource could not be found.");
  const Answer wrong = ask("GET", "/v1/messages");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "allow"), "POST");
  headers.clear();
  EXPECT_EQ(ask("HEAD", "/api/hello").status, 200);
}

// --- Faults ----------------------------------------------------------------------------------------------------------

std::string text_of(const std::string& path) {
  std::ifstream file(std::string(LOCKSMITH_SOURCE_DIR) + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_F(EmulatorTest, EveryFaultAnswersAsItsRowSays) {
  EXPECT_GT(built_in_faults().size(), 140U);
  std::set<std::string> names;
  for (const Fault& fault : built_in_faults()) {
    SCOPED_TRACE(fault.name);
    EXPECT_TRUE(names.insert(fault.name).second) << "twice in the table";
    EXPECT_FALSE(fault.shows.empty());
    EXPECT_NE(text_of("/docs/causes/" + fault.cause + ".md"), "") << "no page for the cause " << fault.cause;
    set("x-locksmith-fault", fault.name);
    const Answer answer = post();
    EXPECT_EQ(answer.fault, fault.name);
    EXPECT_EQ(answer.status, fault.status == 0 ? 200 : fault.status);
    EXPECT_EQ(answer.body.find("{{"), std::string::npos) << answer.body;
    for (const Header& one : answer.headers) EXPECT_EQ(one.value.find("{{"), std::string::npos);
    const bool from_api = fault.origin == FaultSource::api && fault.transport != Transport::stripped;
    EXPECT_EQ(header(answer, "request-id").starts_with("req_"), from_api);
    EXPECT_EQ(header(answer, "cf-ray") != "(none)", fault.origin != FaultSource::middle);
    if (fault.status >= 400 && fault.content_type.empty()) {
      EXPECT_EQ(error_of(answer).type, fault.type);
      EXPECT_EQ(error_of(answer).code, fault.code);
    }
  }
}

TEST_F(EmulatorTest, TheEdgesForbiddenHasNoEnvelopeAndNoId) {
  set("x-locksmith-fault", "edge-forbidden");
  const Answer answer = post();
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, R"({"error":{"type":"forbidden","message":"Request not allowed"}})");
  EXPECT_EQ(header(answer, "request-id"), "(none)");
}

TEST_F(EmulatorTest, FaultTextsAreFilledIn) {
  set("x-locksmith-fault", "spend-limit-organization");
  EXPECT_EQ(error_of(post()).message,
            "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.");
  set("x-locksmith-fault", "model-not-found");
  EXPECT_EQ(error_of(post()).message, "model: claude-haiku-4-5");
  set("x-locksmith-fault", "rate-limit-requests");
  EXPECT_EQ(header(post(), "retry-after"), "12");
  set("x-locksmith-fault", "key-invald");
  EXPECT_NE(post().body.find("Nearest: key-invalid"), std::string::npos);
}

TEST_F(EmulatorTest, AFaultHasAScopeANumberAndATime) {
  const std::string document = R"({"faults":[
      {"name":"overloaded","path":"/v1/messages","times":2},
      {"name":"key-invalid","credential":")" + fake_key('z') + R"("},
      {"name":"internal-error","path":"/v1/models","after_s":10,"for_s":5}]})";
  ASSERT_EQ(ask("PUT", "/_emulator/faults", document).status, 200);
  EXPECT_EQ(post().status, 529);
  EXPECT_EQ(post().status, 529);
  EXPECT_EQ(post().status, 200) << "used up";
  EXPECT_EQ(ask("GET", "/v1/models").status, 200);
  tick += 12s;
  EXPECT_EQ(ask("GET", "/v1/models").status, 500);
  tick += 5s;
  EXPECT_EQ(ask("GET", "/v1/models").status, 200);
  set("x-api-key", fake_key('z'));
  EXPECT_EQ(post().status, 401);
  set("x-locksmith-fault", "healthy");
  EXPECT_EQ(post().status, 200) << "one request may take a fault back";
  drop("x-locksmith-fault");
  const std::string shown = ask("GET", "/_emulator/faults").body;
  EXPECT_EQ(shown.find("sk-ant"), std::string::npos);
  EXPECT_NE(shown.find("credential_sha256"), std::string::npos);
  EXPECT_EQ(ask("DELETE", "/_emulator/faults").status, 200);
  EXPECT_EQ(post().status, 200);
}

TEST_F(EmulatorTest, AScenarioThatIsWrongSaysWhere) {
  const auto message = [&](std::string document) {
    const Answer answer = ask("PUT", "/_emulator/faults", document);
    EXPECT_EQ(answer.status, 400);
    return answer.body;
  };
  EXPECT_NE(message(R"({"faults":[{"name":"overladed"}]})").find("Did you mean overloaded?"), std::string::npos);
  EXPECT_NE(message(R"({"faults":[{"name":"overloaded","tmes":1}]})").find("tmes"), std::string::npos);
  EXPECT_NE(message(R"({"faults":[{"name":"overloaded","times":-1}]})").find("whole numbers"), std::string::npos);
  EXPECT_NE(message(R"({"faults":{}})").find("no list"), std::string::npos);
  EXPECT_NE(message("{").find("json_invalid"), std::string::npos);
}

TEST_F(EmulatorTest, FailuresHaveTheirCodes) {
  EXPECT_EQ(parse_fault_argument("nope").error().code.name(), "fault_unknown");
  EXPECT_EQ(parse_fault_argument("overloaded@/v1").value().path, "/v1");
  wire::json::Reader reader;
  EXPECT_EQ(read_fault_rules(reader.parse("{}").value()).error().code.name(), "scenario_invalid");
  FaultRules rules;
  std::vector<FaultRule> many(limits::kEmulatorFaults + 1, parse_fault_argument("overloaded").value());
  EXPECT_EQ(rules.add(std::move(many), tick).error().code.name(), "too_many_faults");
  EXPECT_EQ(read_faults(R"({"faults":[{"name":"x"}]})").error().code.name(), "data_invalid");
  EXPECT_EQ(read_catalogue("{}", "{}").error().code.name(), "data_invalid");
}

TEST_F(EmulatorTest, WhatWasAskedIsKeptWithoutAnySecret) {
  set("cookie", "session=" + fake_key('q'));
  post(R"({"model":"x","note":")" + fake_key('w') + "\"}");
  ask("GET", "/v1/models/" + fake_key('v'));
  set("anthropic-version", fake_key('u'));
  set(fake_key('t'), "misplaced");
  post();
  const std::string shown = ask("GET", "/_emulator/requests").body;
  for (const char* part : {"qqqq", "wwww", "xxxx", "vvvv", "uuuu", "tttt"}) EXPECT_EQ(shown.find(part), std::string::npos);
  EXPECT_NE(shown.find(R"("header":"x-api-key","shape":"api-key","length":108)"), std::string::npos) << shown;
  EXPECT_NE(shown.find(R"("path":"/v1/messages")"), std::string::npos);
  EXPECT_NE(shown.find(R"({"name":"x-api-key","sha256":")"), std::string::npos) << shown;
  EXPECT_NE(shown.find(R"({"name":"anthropic-version","value":"2023-06-01"})"), std::string::npos) << shown;
  ask("DELETE", "/_emulator/requests");
  EXPECT_TRUE(api.records().empty());
}

// --- The bill ----------------------------------------------------------------------------------------------------------------

// As the prices stand in data/prices.json, in billionths of a dollar a token.
TEST_F(EmulatorTest, TheBillIsWhatTheUsageCosts) {
  set("anthropic-beta", "everything-2026-01-01");
  const auto bill_of = [&](const std::string& members) {
    api.bill().clear();
    const Answer answer = post(R"({"model":"claude-haiku-4-5","max_tokens":10,"messages":[{"role":"user","content":"Hi"}])" + members + "}");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return api.bill().nano_usd();
  };
  const std::int64_t plain = bill_of("");
  EXPECT_EQ(plain, 12 * 1000 + 10 * 5000);
  EXPECT_EQ(bill_of(R"(,"inference_geo":"us")"), plain * 11 / 10);
  EXPECT_GT(bill_of(R"(,"speed":"fast")"), plain);
  EXPECT_GT(bill_of(R"(,"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":5}])"), plain + 10'000'000);
  EXPECT_EQ(api.bill().searches(), 1);
  api.manner().dearest = true;
  EXPECT_GT(bill_of(R"(,"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":5}])"), 5 * (200'000 * 2000 + 10'000'000));
  EXPECT_EQ(api.bill().searches(), 5);
  EXPECT_EQ(api.bill().runs(), 6);
  bill_of(R"(,"fallbacks":[{"model":"claude-opus-4-6"},{"model":"claude-opus-4-6"}])");
  EXPECT_EQ(api.bill().runs(), 2);
}

TEST_F(EmulatorTest, ABatchCostsHalfAndKeepsItsResults) {
  const std::string params = R"("params":)" + kMessage;
  const Answer made = ask("POST", "/v1/messages/batches", R"({"requests":[{"custom_id":"a",)" + params + R"(},{"custom_id":"b","params":{"model":"claude-haiku-4-5"}}]})");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_NE(made.body.find("\"processing_status\":\"in_progress\""), std::string::npos);
  const std::int64_t half = api.bill().nano_usd();
  api.bill().clear();
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(half, api.bill().nano_usd() / 2);
  const std::size_t at = made.body.find("msgbatch_");
  const std::string id = made.body.substr(at, made.body.find('"', at) - at);
  EXPECT_NE(ask("GET", "/v1/messages/batches/" + id).body.find("\"ended\""), std::string::npos);
  const Answer results = ask("GET", "/v1/messages/batches/" + id + "/results");
  EXPECT_EQ(std::ranges::count(results.body, '\n'), 2);
  EXPECT_NE(results.body.find(R"({"custom_id":"a","result":{"type":"succeeded","message":{)"), std::string::npos) << results.body;
  EXPECT_NE(results.body.find(R"({"custom_id":"b","result":{"type":"errored","error":{)"), std::string::npos) << results.body;
  EXPECT_NE(results.body.find("\"service_tier\":\"batch\""), std::string::npos);
  EXPECT_EQ(ask("GET", "/v1/messages/batches/msgbatch_none").status, 404);
  EXPECT_EQ(ask("GET", "/v1/messages/batches/" + id + "/other").status, 404);
  EXPECT_EQ(ask("GET", "/v1/messages/batches").status, 200);
  EXPECT_EQ(ask("POST", "/v1/messages/batches", R"({"requests":[]})").status, 400);
}

TEST_F(EmulatorTest, MannerAndBillAreSetAndAskedAtTheControlEndpoints) {
  EXPECT_NE(ask("PUT", "/_emulator/manner", R"({"answer_tokens":50})").body.find("\"dearest\":false,\"answer_tokens\":50"), std::string::npos);
  post();
  EXPECT_NE(ask("GET", "/_emulator/bill").body.find("\"nano_usd\":262000,\"answers\":1,\"runs\":1,\"web_searches\":0"), std::string::npos)
      << ask("GET", "/_emulator/bill").body;
  EXPECT_NE(ask("DELETE", "/_emulator/bill").body.find("\"nano_usd\":0"), std::string::npos);
  EXPECT_NE(ask("DELETE", "/_emulator/manner").body.find("\"answer_tokens\":0"), std::string::npos);
}

}  // namespace
}  // namespace locksmith::emulator
