// What the gateway holds and spends against what the emulator bills: the emulator counts for itself, and is the witness.
#include <gmock/gmock.h>

#include <random>

#include "drawn_request.h"
#include "emulator/server.h"
#include "gateway/body_reading.h"
#include "knowledge/prices.h"
#include "stage.h"
#include "vocabulary/limits/gateway.h"
#include "wire/json/peek.h"

namespace locksmith::gateway {
namespace {

using testing::HasSubstr;

// A key that the emulator takes, and visibly none.
std::string fake_key() { return std::string("sk-ant-") + "api03-" + std::string(93, 'x') + "AA"; }

class BillTest : public Stage {
 protected:
  BillTest() {
    const world::Address address{world::Family::ipv4, {10, 0, 0, 3}, 80};
    loop.set_name("emulator.test", {address});
    EXPECT_TRUE(loop.listen(address, {}, emulator));
  }
  void TearDown() override {
    Stage::TearDown();
    if (worker) {
      EXPECT_GE(account_of_all(), billed()) << "nothing is billed that was not spent";
    }
  }
  void open_with(Money limit, OnLimit on_limit = OnLimit::refuse, OnDisconnect on_disconnect = OnDisconnect::close) {
    auto settings = std::make_unique<Settings>();
    settings->upstream.target = upstream::parse_target("http://emulator.test").value();
    settings->credentials.push_back({"one", Secret(fake_key()), false, "one"});
    settings->key_limits.spend = limit;
    settings->on_limit = on_limit;
    settings->on_disconnect = on_disconnect;
    open(std::move(settings));
  }
  std::string message(const std::string& body, const std::string& path = "/v1/messages") {
    return post(path, body, "anthropic-version: 2023-06-01\r\nanthropic-beta: everything-2026-01-01\r\n");
  }
  static std::string plain(std::int64_t max_tokens, bool stream, const std::string& model = "claude-opus-5-5") {
    return R"({"model":")" + model + R"(","max_tokens":)" + std::to_string(max_tokens) + (stream ? R"(,"stream":true)" : "") +
           R"(,"messages":[{"role":"user","content":"Tell me of the sea, and how it came to be."}]})";
  }
  // So many at once; each that ended in order.
  int all_at_once(int count, const std::function<std::string(int)>& body, Duration time) {
    std::vector<Caller*> clients;
    for (int i = 0; i < count; ++i) clients.push_back(&dial());
    for (int i = 0; i < count; ++i) clients[static_cast<std::size_t>(i)]->send(message(body(i)));
    run(time);
    int whole = 0;
    for (Caller* client : clients) {
      const auto got = answers_in(client->received);
      if (!got.empty() && got[0].status == 200 && got[0].whole && got[0].body.find("event: error") == std::string::npos) ++whole;
    }
    return whole;
  }
  Money billed() { return {emulator.api().bill().nano_usd()}; }
  Money account_of_all() { return account(key).spent(); }

  emulator::Server emulator{loop, {}};
};

// --- No bill is above its hold ---------------------------------------------------------------------------------------------------

TEST(BillPropertyTest, NoBillIsAboveTheMostThatWasForeseen) {
  emulator::Api api;
  api.manner().dearest = true;
  const auto prices = knowledge::read_prices().value();
  Settings settings;
  settings.key_limits.spend = Money{1};
  BodyReading reading;
  wire::http1::Fields fields;
  const std::string credential = fake_key();
  fields.add("x-api-key", credential);
  fields.add("anthropic-version", "2023-06-01");
  fields.add("anthropic-beta", "everything-2026-01-01");
  int batches = 0;
  for (std::uint32_t seed = 0; seed < 10'000; ++seed) {
    Drawn drawn = Draw(seed).request();
    api.bill().clear();
    const emulator::Answer answer = api.answer({"POST", drawn.path, "", fields, drawn.body}, Instant{}, Tick{});
    ASSERT_EQ(answer.status, 200) << "seed " << seed << ": " << answer.body << drawn.body.substr(0, 500);
    ASSERT_GT(api.bill().nano_usd(), 0) << "seed " << seed;
    if (drawn.path != "/v1/messages") ++batches;
    Admitted request;
    request.endpoint = &endpoint_of(drawn.path);
    Asked asked;
    drawn.body.reserve(drawn.body.size() + wire::json::kPeekPadding);
    ASSERT_EQ(reading.read(request, drawn.body, {}, settings, prices, asked).why, Why::none) << "seed " << seed << ": " << drawn.body.substr(0, 500);
    ASSERT_LE(api.bill().nano_usd(), asked.most.nano_usd) << "seed " << seed << ": " << drawn.body.substr(0, 500);
  }
  EXPECT_GT(batches, 1000);
}

// --- Two hundred at once under a dollar ------------------------------------------------------------------------------------------

TEST_F(BillTest, TheWorstBodiesSideBySideStayWithinTheLimit) {
  emulator.api().manner().dearest = true;
  open_with(dollars(1));
  all_at_once(200, [](int i) { return Draw(static_cast<std::uint32_t>(i)).message(); }, limits::kMoneyWait + 2s);
  EXPECT_GT(billed(), Money{});
  EXPECT_LE(billed(), dollars(1));
  EXPECT_LE(account(key).spent(), dollars(1));
}

TEST_F(BillTest, TheWorstOfOneKindStayWithinTheLimit) {
  emulator.api().manner().dearest = true;
  open_with(dollars(1));
  const std::string tools = R"({"model":"claude-haiku-4-5","max_tokens":1000,"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":1}],)"
                            R"("messages":[{"role":"user","content":"hi"}]})";
  all_at_once(200, [&](int) { return tools; }, limits::kMoneyWait + 2s);
  EXPECT_LE(billed(), dollars(1));
  EXPECT_GT(billed(), Money{});
}

TEST_F(BillTest, HonestBodiesSideBySideUseTheLimitUp) {
  emulator.api().manner().answer_tokens = 300;
  open_with(dollars(1));
  const int whole = all_at_once(200, [](int i) { return plain(1000, i % 2 == 0); }, limits::kMoneyWait + 2s);
  EXPECT_LE(billed(), dollars(1));
  EXPECT_GE(billed().nano_usd, dollars(1).nano_usd * 9 / 10) << whole;
  EXPECT_EQ(account(key).spent(), billed());
}

TEST_F(BillTest, HonestStreamsSideBySideUseTheLimitUpWhereItCuts) {
  emulator.api().manner().answer_tokens = 300;
  open_with(dollars(1), OnLimit::cut);
  const int whole = all_at_once(200, [](int) { return plain(64'000, true); }, limits::kMoneyWait + 2s);
  EXPECT_LE(billed(), dollars(1));
  EXPECT_GE(billed().nano_usd, dollars(1).nano_usd * 9 / 10) << whole;
}

// Long ones, too, are served where the worst case of one of them would be more than the limit. What passes counts as a token a byte
// until its end, so the last one is cut early.
TEST_F(BillTest, LongStreamsOneAfterTheOtherUseTheLimitUpWhereItCuts) {
  emulator.api().manner().answer_tokens = 5000;
  open_with(dollars(1), OnLimit::cut);
  for (int i = 0; i < 12; ++i) exchange(message(plain(128'000, true)), 5s);
  EXPECT_LE(billed(), dollars(1) + prices.cost("claude-opus-5-5", {.output = limits::kSlice}));
  EXPECT_GE(billed().nano_usd, dollars(1).nano_usd * 6 / 10);
}

// --- Clients that leave ------------------------------------------------------------------------------------------------------------

TEST_F(BillTest, WhoLeavesAtAnyMomentCostsAtLeastWhatIsBilledAndAtMostTheHold) {
  emulator.api().manner().answer_tokens = 800;
  open_with(dollars(10'000));
  std::mt19937 random(7);
  Money spent{}, bill{};
  for (int i = 0; i < 200; ++i) {
    Caller& client = dial();
    const bool stream = i % 8 != 0;
    client.send(message(plain(100'000, stream)));
    run(std::chrono::milliseconds(random() % 500));
    if (client.stream != nullptr) client.stream->abort();
    run(100ms);
    const Money more = account(key).spent() - spent, billed_more = billed() - bill;
    spent += more;
    bill += billed_more;
    ASSERT_GE(more, billed_more) << i;
    ASSERT_LE(more, prices.bound("claude-opus-5-5", 1200, 100'000)) << i;
    if (!stream) continue;
    ASSERT_LE(more, billed_more + prices.bound("claude-opus-5-5", 1200, 3'600 + limits::kUnseenOutput)) << i;
  }
  EXPECT_EQ(account(key).held(), Money{});
}

TEST_F(BillTest, WhoLeavesCostsWhatIsBilledWhereItsAnswerIsDrained) {
  emulator.api().manner().answer_tokens = 800;
  open_with(dollars(10'000), OnLimit::refuse, OnDisconnect::drain);
  std::mt19937 random(8);
  for (int i = 0; i < 100; ++i) {
    Caller& client = dial();
    client.send(message(plain(100'000, true)));
    run(20ms + std::chrono::milliseconds(random() % 500));
    client.stream->abort();
  }
  run(5s);
  EXPECT_EQ(account(key).spent(), billed());
  EXPECT_EQ(emulator.api().bill().answers(), 100);
}

// --- Batches -----------------------------------------------------------------------------------------------------------------------

TEST_F(BillTest, ABatchCostsWhatItsResultsTellOnceTheyAreRead) {
  open_with(dollars(100));
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += (requests.empty() ? "" : ",") + (R"({"custom_id":")" + std::to_string(i) + R"(","params":)" + plain(8000, false) + "}");
  }
  requests += R"(,{"custom_id":"wrong","params":{"model":"claude-haiku-4-5","max_tokens":5}})";  // no messages: errored
  const Got made = ask(message(R"({"requests":[)" + requests + "]}", "/v1/messages/batches"));
  ASSERT_EQ(made.status, 200) << made.body;
  const Money most = account(key).spent();
  EXPECT_GT(most, billed());
  const std::size_t at = made.body.find("msgbatch_");
  const std::string path = "/v1/messages/batches/" + made.body.substr(at, made.body.find('"', at) - at) + "/results";
  const std::string fields = "anthropic-version: 2023-06-01\r\naccept-encoding: gzip\r\n";
  // Another key's reading is none of this one's, and a reading that is cut off tells nothing.
  const std::string own = key;
  const std::string other = make_key();
  key = other;
  EXPECT_EQ(ask(get(path, fields)).status, 200);
  EXPECT_EQ(account(other).spent(), Money{});
  key = own;
  EXPECT_EQ(account(key).spent(), most);
  EXPECT_EQ(exchange("HEAD " + get(path, fields).substr(4)).received.substr(0, 12), "HTTP/1.1 200");
  EXPECT_EQ(account(key).spent(), most) << "nothing was told";
  for (int i = 0; i < 3; ++i) {
    const Got results = ask(get(path, fields));
    EXPECT_EQ(results.status, 200);
    EXPECT_EQ(std::ranges::count(results.body, '\n'), 51);
    EXPECT_GE(account(key).spent(), billed());
    EXPECT_LE(account(key).spent(), billed() + Money{50});
  }
}

// --- As the API tells it -----------------------------------------------------------------------------------------------------------

TEST_F(BillTest, EveryKindOfUsageIsSpentAsItIsBilled) {
  emulator.api().manner().dearest = true;
  open_with(dollars(1'000'000));
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::string body = Draw(seed).message();
    if (seed % 2 == 0) body.replace(body.size() - 1, 1, ",\"stream\":true}");
    if (body.find("\"stream\"") != std::string::npos && body.find("ax_tokens\": 0") != std::string::npos) continue;
    const Got got = ask(message(body), 200ms);
    ASSERT_EQ(got.status, 200) << got.body << body.substr(0, 300);
    // The gateway rounds each run up, where it is halved or a tenth dearer.
    ASSERT_GE(account(key).spent(), billed()) << seed << body.substr(0, 300);
    ASSERT_LE(account(key).spent(), billed() + Money{static_cast<std::int64_t>(seed + 1) * 20}) << seed << body.substr(0, 300);
  }
}

}  // namespace
}  // namespace locksmith::gateway
