#include "corpus.h"

#include <gtest/gtest.h>

#include <fstream>

#include "doctor/intake/evidence_json.h"
#include "knowledge/knowledge.h"

namespace locksmith::tests {

const std::vector<Labelled>& corpus() {
  static const std::vector<Labelled> all = [] {
    std::vector<Labelled> reports;
    for (const char* name : {"reports.jsonl", "holdout.jsonl", "holdout2.jsonl"}) {
      std::ifstream file(std::string(LOCKSMITH_SOURCE_DIR "/bench/diagnosis/") + name);
      wire::json::Reader reader;
      for (std::string line; std::getline(file, line);) {
        const auto root = reader.parse(line);
        EXPECT_TRUE(root);
        auto evidence = doctor::intake::read_evidence((*root)["evidence"]);
        EXPECT_TRUE(evidence) << line;
        reports.push_back({std::move(*evidence), std::string((*root)["cause"].string_or("")),
                           (*root)["determinable"].as_boolean().value_or(false)});
      }
    }
    EXPECT_GT(reports.size(), 300u);
    return reports;
  }();
  return all;
}

std::string first_cause(const model::diagnosis::Examiner& examiner, const model::evidence::Evidence& evidence) {
  const auto diagnosis = examiner.examine(evidence);
  return diagnosis.findings.empty() ? "" : std::string(diagnosis.findings[0].code->cause());
}

const model::diagnosis::Examiner& examiner() {
  static const auto instance = knowledge::make_examiner();
  return **instance;
}

}  // namespace locksmith::tests
