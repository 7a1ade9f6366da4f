// docs/gateway.md against the program: refusals, settings, metrics and the log's members are those that there are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "cli/serve_configuration.h"
#include "gateway/admin.h"
#include "gateway/refusal.h"
#include "gateway/witness.h"
#include "knowledge/knowledge.h"
#include "sim_loop.h"
#include "wire/json/json.h"

namespace locksmith {
namespace {

using testing::HasSubstr;

std::string page() {
  std::ifstream file(std::string(LOCKSMITH_SOURCE_DIR) + "/docs/gateway.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string section(const std::string& heading) {
  const std::string text = page();
  const std::size_t start = text.find("## " + heading);
  EXPECT_NE(start, std::string::npos) << heading;
  return text.substr(start, text.find("\n## ", start) - start);
}

TEST(GatewayPage, HasARowForEveryRefusalAndNoOther) {
  const std::string text = section("Why did a request fail?");
  std::size_t rows = 0;
  for (std::size_t at = text.find("\n| `"); at != std::string::npos; at = text.find("\n| `", at + 1)) ++rows;
  EXPECT_EQ(rows, gateway::refusal_rows().size());
  for (const gateway::RefusalRow& row : gateway::refusal_rows()) {
    const bool helps = row.retry == gateway::RefusalRow::Retry::helps;
    EXPECT_THAT(text, HasSubstr("\n| `" + std::string(row.code) + "` | " + std::to_string(row.status) + " | `" + std::string(row.type) +
                                "` | `" + std::string(row.cause) + "` | " + (helps ? "yes" : "no") + " | " + std::string(row.sentence) + " |\n"));
  }
}

TEST(GatewayPage, NamesEverySetting) {
  const std::string text = section("Settings");
  for (const cli::ServeSetting& setting : cli::serve_settings()) EXPECT_THAT(text, HasSubstr("`" + std::string(setting.name) + "`"));
}

TEST(GatewayPage, NamesEveryMetric) {
  const std::string text = section("Metrics");
  const std::string metrics = gateway::metrics_text({});
  const std::string mark = "# TYPE locksmith_";
  std::size_t seen = 0;
  for (std::size_t at = metrics.find(mark); at != std::string::npos; at = metrics.find(mark, at + 1), ++seen) {
    const std::size_t start = at + mark.size();
    EXPECT_THAT(text, HasSubstr("`" + metrics.substr(start, metrics.find(' ', start) - start) + "`"));
  }
  EXPECT_GT(seen, 15U);
}

TEST(GatewayPage, NamesEveryMemberOfTheLog) {
  struct Kept : gateway::LogSink {
    std::string lines;
    bool write(std::string_view more) override {
      lines += more;
      return true;
    }
  } kept;
  const auto examiner = knowledge::make_examiner();
  ASSERT_TRUE(examiner);
  gateway::Counters counters;
  gateway::Witness witness(counters, kept, **examiner, 1);
  gateway::UsageReaders readers;
  gateway::KnownKey key;
  key.key.id = model::tenant::VirtualKeyId("x");
  key.key.workspace = model::tenant::WorkspaceName("x");
  gateway::Exchange exchange;
  exchange.asking.method.assign("x");
  exchange.asking.path.assign("x");
  exchange.asking.key = &key;
  exchange.asking.bytes_in = exchange.answering.bytes_out = 1;
  exchange.answering.request_id.assign("x");
  exchange.answering.status = 200;
  exchange.answering.is_stream = exchange.settled.by_bound = true;
  exchange.answering.began = Tick{1s};
  exchange.answering.meter = gateway::UsageMeter(readers, gateway::UsageMeter::Mode::whole);
  exchange.answering.meter.take(R"({"model":"x","usage":{"input_tokens":1,"output_tokens":1,"cache_read_input_tokens":1}})");
  exchange.answering.meter.finish();
  exchange.settled.spent = Money{1};
  auto settings = std::make_shared<gateway::Settings>();
  settings->credentials.push_back({"x", Secret(std::string("x")), false, "x"});
  sim::SimLoop loop{Instant{}};
  gateway::Generation generation(loop, settings);
  exchange.asking.generation = gateway::GenerationUse(generation);
  exchange.attempt.number = 1;
  witness.fail(exchange, Tick{1s}, {"upstream", "x", "x", "x", "x"});
  witness.flush();
  wire::json::Reader reader;
  const auto document = reader.parse(kept.lines);
  ASSERT_TRUE(document) << kept.lines;
  const std::string text = section("The log");
  document->for_each_member([&](std::string_view name, wire::json::Value) { EXPECT_THAT(text, HasSubstr("`" + std::string(name) + "`")); });
  EXPECT_EQ(document->size(), 22U);
}

}  // namespace
}  // namespace locksmith
