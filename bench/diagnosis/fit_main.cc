// Writes data/weights.json anew from the labelled reports, or checks that it is what they give.
//
//   diagnosis_fit FOLDER WEIGHTS.json            writes
//   diagnosis_fit FOLDER WEIGHTS.json --check    exit code 1 where a refit gives something else
#include <fmt/core.h>

#include <fstream>
#include <iterator>

#include "fit.h"

int main(int argc, char** argv) {
  using namespace locksmith;
  if (argc < 3) {
    fmt::print(stderr, "usage: diagnosis_fit FOLDER WEIGHTS.json [--check]\n");
    return 2;
  }
  const auto files = bench::corpus_files(argv[1]);
  const auto reports = bench::read_reports(files);
  auto weights = bench::fit(reports, [](const bench::Report&) { return true; });
  weights.corpus = bench::digest_of(files);
  const std::string json = bench::to_json(weights, reports.size());
  if (argc > 3 && std::string_view(argv[3]) == "--check") {
    std::ifstream file(argv[2], std::ios::binary);
    const std::string committed{std::istreambuf_iterator<char>(file), {}};
    if (committed == json) return 0;
    fmt::print(stderr, "{} is not what the reports give: run diagnosis_fit {} {}\n", argv[2], argv[1], argv[2]);
    return 1;
  }
  std::ofstream(argv[2], std::ios::binary) << json;
  fmt::print("{} reports, {} weights of rules, {} residuals\n", reports.size(), weights.rules.size(), weights.residuals.size());
  return 0;
}
