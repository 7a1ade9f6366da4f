// What a body asks for, in every spelling: models, members twice or of a wrong type, and the most that it can cost against what
// the API could bill for it by its documented rules.
#include "gateway/body_judge.h"

#include <gtest/gtest.h>

#include <random>

#include "gateway/body_reading.h"
#include "gateway/bounds.h"
#include "knowledge/prices.h"
#include "vocabulary/limits/gateway.h"
#include "wire/json/peek.h"

namespace locksmith::gateway {
namespace {

using model::ledger::Terms;
using model::ledger::Usage;

class BodyJudgeTest : public testing::Test {
 protected:
  BodyReading::Verdict read(std::string body, std::string_view path = "/v1/messages") {
    Admitted request;
    request.endpoint = &endpoint_of(path);
    body.reserve(body.size() + wire::json::kPeekPadding);
    return reading.read(request, body, {}, settings, prices, asked);
  }
  // A body with these members beside the usual ones.
  static std::string with(const std::string& members) {
    return R"({"model":"claude-haiku-4-5","max_tokens":10,"messages":[{"role":"user","content":"hi"}])" + members + "}";
  }

  const model::ledger::PriceList prices = knowledge::read_prices().value();
  Settings settings;
  BodyReading reading;
  Asked asked;
};

// Each letter of a name or a text may be written with an escape.
std::string escaped(std::string_view text, std::size_t which) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != which) {
      out.push_back(text[i]);
    } else {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(text[i]);
      out.append("\\u00").append({kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return out;
}

TEST_F(BodyJudgeTest, EveryModelThatIsNamedIsJudgedHoweverItIsSpelt) {
  settings.models = {"claude-haiku"};
  const std::string barred = "claude-opus-5";
  for (std::size_t i = 0; i <= barred.size(); ++i) {
    const std::string model = escaped(barred, i);
    for (std::size_t j = 0; j <= 5; ++j) {
      const std::string name = '"' + escaped("model", j) + "\":\"" + model + '"';
      for (const std::string& members :
           {",\"fallbacks\":[{" + name + "}]", ",\"fallbacks\":[{\"x\":1,\"y\":{" + name + "}}]",
            ",\"tools\":[{\"type\":\"advisor_20260301\"," + name + "}]", ",\"context_management\":{\"edits\":[{\"type\":\"x\"," + name + "}]}",
            ",\"unheard\":{\"of\":[[{" + name + "}]]}", ",\"fallback_model\":\"" + model + '"', ",\"models\":[\"" + model + "\"]"}) {
        EXPECT_EQ(read(with(members)).why, Why::model_not_allowed) << members;
      }
      EXPECT_EQ(read("{" + name + ",\"max_tokens\":1}").why, Why::model_not_allowed);
      EXPECT_EQ(read(R"({"requests":[{"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":1}},{"custom_id":"b","params":{)" + name + "}}]}",
                     "/v1/messages/batches").why,
                Why::model_not_allowed);
    }
  }
  EXPECT_EQ(read(with("")).why, Why::none);
}

// A client's own data may hold any name: Claude Code's own tool has a parameter "model".
TEST_F(BodyJudgeTest, DataOfTheClientsOwnIsNotJudged) {
  settings.models = {"claude-haiku"};
  for (const char* const members :
       {R"(,"tools":[{"name":"Task","input_schema":{"type":"object","properties":{"model":{"type":["string"]}}}}])",
        R"(,"x":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"Task","input":{"model":"opus","model":1,"file_id":3}}]}])",
        R"(,"metadata":{"model":"claude-opus-5"})", R"(,"output_config":{"format":{"type":"json_schema","schema":{"type":{"a":1},"model":7}}})"}) {
    EXPECT_EQ(read(with(members)).why, Why::none) << members;
  }
}

TEST_F(BodyJudgeTest, ADecidingMemberThatStandsTwiceIsRefusedAtEveryPlace) {
  const auto twice = [&](const std::string& body, std::string_view path = "/v1/messages") { return read(body, path).why; };
  EXPECT_EQ(twice(with(R"(,"model":"claude-haiku-4-5")")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"m\u006fdel":"claude-haiku-4-5")")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"max_t\u006fkens":11)")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"messages":[])")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"tools":[],"tools":[])")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"speed":"fast","speed":"standard")")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"tools":[{"type":"web_search_20250305","max_uses":1,"max_uses":9}])")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"tools":[{"type":"web_search_20250305","type":"custom"}])")), Why::member_repeated);
  EXPECT_EQ(twice(with(R"(,"fallbacks":[{"model":"claude-haiku-4-5","model":"claude-haiku-4-5"}])")), Why::member_repeated);
  const std::string one = R"({"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":1}})";
  EXPECT_EQ(twice(R"({"requests":[)" + one + R"(],"requests":[]})", "/v1/messages/batches"), Why::member_repeated);
  EXPECT_EQ(twice(R"({"requests":[{"params":{"max_tokens":1},"params":{"max_tokens":2}}]})", "/v1/messages/batches"), Why::member_repeated);
  EXPECT_EQ(twice(R"({"requests":[{"params":{"max_tokens":1,"max_tokens":2}}]})", "/v1/messages/batches"), Why::member_repeated);
}

TEST_F(BodyJudgeTest, ADecidingMemberOfAWrongTypeIsRefused) {
  for (const char* const wrong : {R"("64000")", "1.5", "-1", "true", "null", "[]", "{}", "1e400", "99999999999999999999"}) {
    EXPECT_EQ(read(std::string(R"({"model":"claude-haiku-4-5","max_tokens":)") + wrong + "}").why, Why::member_wrong) << wrong;
  }
  for (const char* const wrong : {"7", "null", "[]", "{}", "true"}) {
    EXPECT_EQ(read(std::string(R"({"max_tokens":1,"model":)") + wrong + "}").why, Why::member_wrong) << wrong;
  }
  for (const char* const members : {R"(,"tools":{})", R"(,"tools":"x")", R"(,"speed":true)", R"(,"fallbacks":{"model":"claude-haiku-4-5"})", R"(,"tools":["web_search"])",
                                    R"(,"tools":[{"type":7}])", R"(,"tools":[{"type":"web_search_20250305","max_uses":"3"}])", R"(,"context_management":[])"}) {
    EXPECT_EQ(read(with(members)).why, Why::member_wrong) << members;
  }
  EXPECT_EQ(read(R"({"requests":[5]})", "/v1/messages/batches").why, Why::member_wrong);
  EXPECT_EQ(read(R"({"requests":[{"params":5}]})", "/v1/messages/batches").why, Why::member_wrong);
  EXPECT_EQ(read(R"({"requests":{}})", "/v1/messages/batches").why, Why::member_wrong);
  EXPECT_EQ(read(with(R"(,"tools":null,"speed":null,"container":null)")).why, Why::none);
}

// Each row of the table: what has no bound is refused where there is a limit to hold, and only there.
TEST_F(BodyJudgeTest, WhatHasNoBoundIsRefusedUnderASpendLimit) {
  settings.key_limits.spend = Money{1'000'000'000'000'000};
  const auto verdict = [&](const std::string& members) { return read(with(members)).why; };
  for (const BoundRow& row : tool_bounds()) {
    const std::string type = std::string(row.type) + (row.type.ends_with('_') ? "20260101" : "");
    const std::string tool = type.empty() ? R"({"name":"t")" : R"({"name":"t","type":")" + type + '"';
    const bool needs_uses = row.bound == Bound::uses;
    EXPECT_EQ(verdict(",\"tools\":[" + tool + "}]"), row.bound == Bound::none || needs_uses ? Why::cost_unbounded : Why::none) << type;
    EXPECT_EQ(verdict(",\"tools\":[" + tool + ",\"max_uses\":3}]"), row.bound == Bound::none ? Why::cost_unbounded : Why::none) << type;
    EXPECT_EQ(verdict(",\"tools\":[" + tool + ",\"max_uses\":1000000}]"), row.bound == Bound::none || needs_uses ? Why::cost_unbounded : Why::none);
  }
  EXPECT_EQ(verdict(R"(,"tools":[{"type":"unheard_of_20270101"}])"), Why::cost_unbounded);
  EXPECT_EQ(verdict(R"(,"container":"c_1")"), Why::cost_unbounded);
  EXPECT_EQ(verdict(R"(,"container":{"skills":[]})"), Why::cost_unbounded);
  EXPECT_EQ(verdict(R"(,"mcp_servers":[{"url":"https://a.example"}])"), Why::cost_unbounded);
  EXPECT_EQ(verdict(R"(,"mcp_servers":[])"), Why::none);
  EXPECT_EQ(verdict(R"(,"context_management":{"edits":[{"type":"compact_20260112"}]})"), Why::cost_unbounded);
  EXPECT_EQ(verdict(R"(,"context_management":{"edits":[{"type":"clear_thinking_20251015"}]})"), Why::none);
  settings.key_limits.spend = {};
  EXPECT_EQ(verdict(R"(,"container":"c_1")"), Why::none);
}

TEST_F(BodyJudgeTest, EveryRowOfTheTableNamesItsSource) {
  for (const auto rows : {tool_bounds(), block_bounds()}) {
    for (const BoundRow& row : rows) EXPECT_GT(row.source.size(), 10U) << row.type;
  }
}

TEST_F(BodyJudgeTest, AnEncodedImageCountsAsOneAndNotByItsBytes) {
  const auto image = [](std::size_t bytes) {
    return R"(,"x":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":")" + std::string(bytes, 'A') + "\"}}]";
  };
  read(with(image(100'000)));
  const Money large = asked.most;
  read(with(image(100)));
  EXPECT_EQ(asked.most, large);
  read(with(""));
  EXPECT_GE(large - asked.most, prices.bound("claude-haiku-4-5", limits::kImageTokens, 0));
}

// --- The property -----------------------------------------------------------------------------------------------------------

// A request as it is meant, the text of its body, and the dearest bill that the API's documents allow for it.
struct Drawn {
  std::string body;
  std::string_view path = "/v1/messages";
  Money bill{};
};

class Draw {
 public:
  Draw(std::uint32_t seed, const model::ledger::PriceList& prices) : random_(seed), prices_(prices) {}

  Drawn request() {
    Drawn drawn;
    if (number(6) != 0) {
      drawn.body = message(false, drawn.bill);
      return drawn;
    }
    drawn.path = "/v1/messages/batches";
    drawn.body = '{' + name("requests") + "[";
    for (std::uint32_t i = 0, count = number(4); i <= count; ++i) {
      Money bill{};
      drawn.body += (i == 0 ? "{" : ",{") + name("custom_id") + "\"" + std::to_string(i) + "\"," + name("params") + message(true, bill) + '}';
      drawn.bill += bill;
    }
    drawn.body += "]}";
    return drawn;
  }

 private:
  std::uint32_t number(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }
  std::string name(std::string_view plain) { return '"' + escaped(plain, number(40)) + "\":" + std::string(number(3), ' '); }
  std::string any_model() {
    constexpr std::array<std::string_view, 6> kModels{"claude-haiku-4-5", "claude-opus-4-6", "claude-haiku-5-5", "claude-fable-5-2-20260901", "claude-sonnet-5-5", "claude-x"};
    return std::string(kModels[number(kModels.size())]);
  }

  // Text whose every byte is a token, of any length up to some thousand.
  std::string text(std::int64_t& tokens) {
    const std::uint32_t size = number(8) == 0 ? number(150'000) : number(200);
    tokens += size;
    return std::string(size, 'x');
  }

  std::string block(std::int64_t& tokens) {
    constexpr std::int64_t kImage = 4784, kContext = 1'000'000;
    switch (number(9)) {
      case 0:
        tokens += kImage;
        return '{' + name("type") + R"("image",)" + name("source") + '{' + name("type") + R"("base64",)" + name("data") + '"' + std::string(number(4000), 'A') + "\"}}";
      case 1:
        tokens += kImage;
        return '{' + name("source") + '{' + name("type") + R"("url","url":"https://a.example/b.png"},)" + name("type") + R"("image"})";
      case 2:
        tokens += kContext;
        return '{' + name("type") + R"("document",)" + name("source") + '{' + name("type") + R"("base64",)" + name("data") + '"' + std::string(number(400), 'A') + "\"}}";
      case 3:
        tokens += kContext;
        return '{' + name("type") + R"("document",)" + name("source") + '{' + name("file_id") + R"("file_1",)" + name("type") + R"("file"}})";
      case 4:
        tokens += kContext;
        return '{' + name("type") + R"("container_upload",)" + name("file_id") + R"("file_1"})";
      case 5:
        return R"({"type":"tool_result","content":[)" + block(tokens) + "]}";
      default:
        return R"({"type":"text","text":")" + text(tokens) + "\"}";
    }
  }

  std::string tools(std::int64_t& uses, std::int64_t& searches) {
    std::string out = "[";
    for (std::uint32_t i = 0, count = number(3); i < count; ++i) {
      const std::int64_t most = number(5);
      const bool search = number(2) == 0;
      uses += most;
      if (search) searches += most;
      out += std::string(i == 0 ? "" : ",") + '{' + name("max_uses") + std::to_string(most) + ',' + name("type") +
             (search ? R"("web_search_20250305"})" : R"("web_fetch_20250910"})");
    }
    return out + "]";
  }

  std::string message(bool batch, Money& bill) {
    std::int64_t tokens = 0, uses = 0, searches = 0;
    const auto output = static_cast<std::int64_t>(number(20'000));
    std::vector<std::string> models{any_model()};
    std::string content;
    for (std::uint32_t i = 0, count = 1 + number(4); i < count; ++i) {
      content += (i == 0 ? "" : ",") + block(tokens);
      tokens += 8;  // what stands around a message
    }
    std::vector<std::string> members{name("model") + '"' + escaped(models[0], number(60)) + '"',
                                     name("max_tokens") + std::to_string(output) + (number(4) == 0 ? ".0" : ""),
                                     name("messages") + R"([{"role":"user","content":[)" + content + "]}]"};
    if (number(3) == 0) members.push_back(name("tools") + tools(uses, searches));
    if (number(4) == 0) {
      std::string list;
      for (std::uint32_t i = 0, count = 1 + number(6); i < count; ++i) {
        models.push_back(any_model());
        list += std::string(i == 0 ? "" : ",") + '{' + name("model") + '"' + models.back() + "\"}";
      }
      members.push_back(name("fallbacks") + '[' + list + ']');
    }
    const bool fast = number(4) == 0;
    if (fast) members.push_back(name("speed") + R"("f\u0061st")");
    std::ranges::shuffle(members, random_);
    std::string body = "{";
    for (const std::string& member : members) body += (body.size() == 1 ? "" : ",") + member;
    bill = dearest(models, std::min<std::int64_t>(tokens + 700, 1'000'000), output, uses, searches, {.batch = batch, .us_only = true, .fast = fast});
    return body + "}";
  }

  // Every model that is named runs; each use of a tool is one more run with up to a whole context window; the prompt is written to
  // the dearest cache. (A model that is named twice runs once: it declines or it answers.)
  Money dearest(std::vector<std::string> models, std::int64_t prompt, std::int64_t output, std::int64_t uses, std::int64_t searches, const Terms& terms) {
    std::ranges::sort(models);
    const auto [first, last] = std::ranges::unique(models);
    models.erase(first, last);
    Money sum{prices_.web_search().nano_usd * searches};
    for (const std::string& model : models) {
      sum += prices_.cost(model, {.output = output, .cache_write_1h = prompt}, terms);
      for (std::int64_t i = 0; i < uses; ++i) sum += prices_.cost(model, {.output = output, .cache_write_1h = 1'000'000}, terms);
    }
    return sum;
  }

  std::mt19937 random_;
  const model::ledger::PriceList& prices_;
};

TEST_F(BodyJudgeTest, NoBillIsAboveTheMostThatWasForeseen) {
  settings.key_limits.spend = Money{1};
  for (std::uint32_t seed = 0; seed < 10'000; ++seed) {
    const Drawn drawn = Draw(seed, prices).request();
    ASSERT_EQ(read(drawn.body, drawn.path).why, Why::none) << "seed " << seed << ": " << drawn.body.substr(0, 500);
    ASSERT_LE(drawn.bill.nano_usd, asked.most.nano_usd) << "seed " << seed << ": " << drawn.body.substr(0, 500);
  }
}

}  // namespace
}  // namespace locksmith::gateway
