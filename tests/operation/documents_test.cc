// docs/gateway.md against the program: refusals, settings, metrics and the log's members are those that there are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "cli/serve_configuration.h"
#include "gateway/admin.h"
#include "gateway/refusal.h"
#include "gateway/witness.h"
#include "knowledge/knowledge.h"
#include "sim_loop.h"
#include "vocabulary/limits/gateway.h"
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
    const bool helps = row.retry != gateway::RefusalRow::Retry::useless;
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
  const std::string metrics = gateway::metrics_text({}, {});
  const std::string mark = "# TYPE locksmith_";
  std::size_t seen = 0;
  for (std::size_t at = metrics.find(mark); at != std::string::npos; at = metrics.find(mark, at + 1), ++seen) {
    const std::size_t start = at + mark.size();
    EXPECT_THAT(text, HasSubstr("`" + metrics.substr(start, metrics.find(' ', start) - start) + "`"));
  }
  EXPECT_GT(seen, 15U);
}

// What an alert or a panel asks for is there, so that none is silent for a slip.
TEST(Packaging, AlertsAndDashboardNameMetricsThatThereAre) {
  const std::string metrics = gateway::metrics_text({}, {});
  for (const std::string name : {"alerts.yml", "dashboard.json"}) {
    std::ifstream file(std::string(LOCKSMITH_SOURCE_DIR) + "/packaging/" + name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::set<std::string> named;
    const std::string mark = "locksmith_";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      named.insert(text.substr(at, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", at) - at));
    }
    EXPECT_GT(named.size(), 8U) << name;
    for (std::string metric : named) {
      for (const std::string part : {"_bucket", "_sum", "_count"}) {
        if (metric.ends_with(part)) metric.resize(metric.size() - part.size());
      }
      EXPECT_THAT(metrics, HasSubstr("# TYPE " + metric + " ")) << name;
    }
  }
}

// Each has one help, one type, and values that a scraper can read; a name that ends in _total is a counter, and only such a one.
TEST(Metrics, AreOfTheirTypes) {
  gateway::Counters counters;
  counters.keys.of(1, "lkv_\"odd\\").requests.add();
  gateway::ProcessFacts facts{.version = "1", .credentials = {"main"}};
  const std::string metrics = gateway::metrics_text({&counters, &counters}, facts);
  std::map<std::string, std::string> types;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      const std::size_t space = line.rfind(' ');
      EXPECT_TRUE(types.emplace(line.substr(7, space - 7), line.substr(space + 1)).second) << line;
    }
    if (line.starts_with('#')) continue;
    std::string name = line.substr(0, line.find_first_of("{ "));
    for (const std::string part : {"_bucket", "_sum", "_count"}) {
      if (name.ends_with(part) && types.contains(name.substr(0, name.size() - part.size()))) name.resize(name.size() - part.size());
    }
    ASSERT_TRUE(types.contains(name)) << line;
    EXPECT_EQ(name.ends_with("_total"), types[name] == "counter") << line;
    EXPECT_EQ(line.find_first_not_of("0123456789.", line.rfind(' ') + 1), std::string::npos) << line;
  }
  EXPECT_THAT(metrics, HasSubstr("locksmith_key_requests_total{key=\"lkv_\\\"odd\\\\\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("locksmith_credential_state{credential=\"main\",state=\"in_use\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("locksmith_request_seconds_bucket{le=\"1073.74\"} 0\n"));
}

TEST(Metrics, ManyModelsAreOther) {
  gateway::Counters counters;
  for (int i = 0; i < 1000; ++i) counters.models.of(static_cast<std::size_t>(i) * 7, "model-" + std::to_string(i)).requests.add();
  counters.models.of(7, "model-1").requests.add();
  counters.models.of(1, std::string(limits::kTalliedLabel + 1, 'x')).requests.add();
  const std::string metrics = gateway::metrics_text({&counters}, {});
  EXPECT_THAT(metrics, HasSubstr("locksmith_model_requests_total{model=\"model-1\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("locksmith_model_requests_total{model=\"other\"} " + std::to_string(1001 - limits::kTalliedModels) + "\n"));
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
  exchange.asking.client.assign("x");
  exchange.blamed.push_back({0, {}, "x"});
  witness.fail(exchange, Tick{1s}, {"upstream", "x", "x", "x", "x"});
  witness.flush();
  wire::json::Reader reader;
  const auto document = reader.parse(kept.lines);
  ASSERT_TRUE(document) << kept.lines;
  const std::string text = section("The log");
  document->for_each_member([&](std::string_view name, wire::json::Value) { EXPECT_THAT(text, HasSubstr("`" + std::string(name) + "`")); });
  EXPECT_EQ(document->size(), 25U);
}

}  // namespace
}  // namespace locksmith
