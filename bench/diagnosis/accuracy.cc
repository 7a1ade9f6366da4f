// How often does the diagnosis name the right cause, on real reports? Beside it, what a table by status code names.
//
//   diagnosis_accuracy REPORTS.jsonl [--first PERCENT] [--three PERCENT] [--misses]
//
// Each line: {"evidence": {…}, "cause": "…", "determinable": true, "also_acceptable": […]}. With --first/--three it is a
// ratchet: exit code 1 when the determinable reports fall below.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "doctor/intake/evidence_json.h"
#include "knowledge/knowledge.h"

namespace {

using locksmith::model::diagnosis::Diagnosis;
using locksmith::model::evidence::Evidence;

struct Report {
  Evidence evidence;
  std::string cause;
  std::vector<std::string> acceptable;  // cause included
  bool determinable = false;
};

struct Score {
  int count = 0, first = 0, three = 0;
  void add(std::size_t rank) {
    ++count;
    first += rank == 0;
    three += rank < 3;
  }
};

std::vector<Report> read_reports(const char* path) {
  std::vector<Report> reports;
  std::ifstream file(path);
  locksmith::wire::json::Reader reader;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    const auto root = reader.parse(line);
    if (!root) {
      fmt::print(stderr, "{}:{}: {}\n", path, reports.size() + 1, root.error().message);
      std::exit(2);
    }
    auto evidence = locksmith::doctor::intake::read_evidence((*root)["evidence"]);
    if (!evidence) {
      fmt::print(stderr, "{}:{}: {}\n", path, reports.size() + 1, evidence.error().message);
      std::exit(2);
    }
    Report report;
    report.evidence = std::move(*evidence);
    report.cause = (*root)["cause"].string_or("");
    report.acceptable.push_back(report.cause);
    (*root)["also_acceptable"].for_each_element(
        [&](locksmith::wire::json::Value v) { report.acceptable.emplace_back(v.string_or("")); });
    report.determinable = (*root)["determinable"].as_boolean().value_or(false);
    reports.push_back(std::move(report));
  }
  return reports;
}

// What articles teach: the status code's row of the table.
std::vector<std::string> status_table(const Evidence& e) {
  switch (e.error.status.value_or(0)) {
    case 400:
      return {"request_too_large_or_invalid", "credit_exhausted", "model_not_found_or_no_access"};
    case 401:
      return {"key_revoked_or_invalid", "key_missing", "key_malformed"};
    case 402:
      return {"credit_exhausted", "spend_limit", "org_disabled"};
    case 403:
      return {"workspace_or_org_mismatch", "region_or_country_block", "key_wrong_kind"};
    case 404:
      return {"model_not_found_or_no_access", "wrong_endpoint", "other"};
    case 413:
      return {"request_too_large_or_invalid", "other", "other"};
    case 429:
      return {"rate_limit", "spend_limit", "credit_exhausted"};
    case 500:
    case 502:
    case 503:
    case 504:
      return {"platform_incident", "overloaded", "gateway_bug"};
    case 529:
      return {"overloaded", "platform_incident", "rate_limit"};
    default:
      break;
  }
  if (e.error.transport.empty()) return {"key_missing", "key_revoked_or_invalid", "dns_or_connectivity"};
  return {"dns_or_connectivity", "proxy_or_vpn", "tls_interception_or_ca"};
}

std::size_t rank_of(const std::vector<std::string>& named, const Report& report) {
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (std::ranges::find(report.acceptable, named[i]) != report.acceptable.end()) return i;
  }
  return named.size() + 3;
}

std::vector<std::string> names(const Diagnosis& diagnosis) {
  std::vector<std::string> out;
  for (const auto& finding : diagnosis.findings) out.emplace_back(finding.code->cause());
  return out;
}

double percent(int part, int whole) { return whole == 0 ? 0 : 100.0 * part / whole; }

void print_row(std::string_view name, const Score& ours, const Score& table) {
  fmt::print("{:<30} {:>4}   {:>5.1f} {:>5.1f}   {:>5.1f} {:>5.1f}\n", name, ours.count, percent(ours.first, ours.count),
             percent(ours.three, ours.count), percent(table.first, table.count), percent(table.three, table.count));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: diagnosis_accuracy REPORTS.jsonl [--first PERCENT] [--three PERCENT] [--misses]\n");
    return 2;
  }
  double need_first = 0;
  double need_three = 0;
  bool misses = false;
  for (int i = 2; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--misses") misses = true;
    if (arg == "--first" && i + 1 < argc) need_first = std::atof(argv[++i]);
    if (arg == "--three" && i + 1 < argc) need_three = std::atof(argv[++i]);
  }
  const auto examiner = locksmith::knowledge::make_examiner();
  if (!examiner) {
    fmt::print(stderr, "{}\n", examiner.error().message);
    return 2;
  }
  const std::vector<Report> reports = read_reports(argv[1]);
  if (reports.empty()) {
    fmt::print(stderr, "{}: no reports\n", argv[1]);
    return 2;
  }
  std::map<std::string, std::pair<Score, Score>> by_cause;
  Score all, all_table, other, other_table;
  for (const Report& report : reports) {
    const Diagnosis diagnosis = (*examiner)->examine(report.evidence);
    const std::size_t rank = rank_of(names(diagnosis), report);
    const std::size_t table_rank = rank_of(status_table(report.evidence), report);
    if (report.determinable) {
      by_cause[report.cause].first.add(rank);
      by_cause[report.cause].second.add(table_rank);
      all.add(rank);
      all_table.add(table_rank);
    } else {
      other.add(rank);
      other_table.add(table_rank);
    }
    if (misses && rank != 0 && report.determinable) {
      std::string named;
      for (const auto& f : diagnosis.findings) named += fmt::format(" {}={}", f.code->name, f.points);
      fmt::print("MISS {} wanted {} got{}\n", report.evidence.id, report.cause, named);
      for (const std::string_view fact : (*examiner)->facts(report.evidence)) fmt::print("       {}\n", fact);
    }
  }
  fmt::print("{:<30} {:>4}   {:^11}   {:^11}\n", "", "", "locksmith", "status table");
  fmt::print("{:<30} {:>4}   {:>5} {:>5}   {:>5} {:>5}   (percent)\n", "cause", "n", "first", "in 3", "first", "in 3");
  for (const auto& [cause, scores] : by_cause) print_row(cause, scores.first, scores.second);
  print_row("all determinable", all, all_table);
  print_row("not determinable", other, other_table);
  if (percent(all.first, all.count) < need_first || percent(all.three, all.count) < need_three) {
    fmt::print("FAILED: at least {} / {} percent are needed\n", need_first, need_three);
    return 1;
  }
  return 0;
}
