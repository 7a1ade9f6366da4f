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
  gateway::Line line;
  line.method = line.path = line.key_id = line.workspace = line.model = line.credential = line.cause = line.id = line.request_id = "x";
  line.took = line.upstream_took = 1s;
  line.bytes_in = line.bytes_out = 1;
  line.tokens_in = line.tokens_out = line.tokens_cached = 1;
  line.spent = Money{1};
  line.status = 200;
  line.attempts = 1;
  line.stream = line.by_bound = true;
  witness.log(line);
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
