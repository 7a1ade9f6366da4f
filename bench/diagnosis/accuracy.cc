// How often does the diagnosis name the right cause, on real reports that its weights were not fitted to? Five times the weights
// are fitted without a fifth of the source repositories, and that fifth is judged. Beside it, what a table by status code names.
//
//   diagnosis_accuracy FOLDER [--misses] [--committed] [--need SHOWN FIRST THREE LOSS CALIBRATION]…
//
// Scores stand apart for how much of a report is shown: its text alone; that and what a machine can measure; and what only a
// person knows; and raw inputs. --committed judges with data/weights.json instead, which has seen these reports: no score, but
// what tests compare. --need is a ratchet: SHOWN is text, measured, asked or raw, FIRST and THREE at least, in percent, LOSS
// (mean logarithm) and CALIBRATION (expected calibration error) at most; exit code 1 where it is missed.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "fit.h"
#include "knowledge/knowledge.h"

namespace {

using namespace locksmith;
using bench::Report;
using bench::Shown;
using model::diagnosis::Certainty;
using model::diagnosis::Diagnosis;
using model::diagnosis::Examiner;
using model::evidence::Evidence;

struct Judged {
  std::vector<std::string> named;  // best first; for several failures first each one's first
  double right_share = 0;          // the probability of all acceptable causes, of the first failure
  double first_probability = 0;
  Certainty certainty = Certainty::possible;
};

Judged judge(const Examiner& examiner, const std::vector<Evidence>& failures, const Report& report) {
  Judged out;
  std::vector<std::string> rest;
  const auto add = [](std::vector<std::string>& list, std::string_view name) {
    if (std::ranges::find(list, name) == list.end()) list.emplace_back(name);
  };
  bool first = true;
  for (const Evidence& evidence : failures) {
    const Diagnosis diagnosis = examiner.examine(evidence, model::diagnosis::Depth::causes);
    for (std::size_t i = 0; i < diagnosis.findings.size(); ++i) {
      const auto& finding = diagnosis.findings[i];
      add(i == 0 ? out.named : rest, finding.code->cause());
      if (!first) continue;
      if (report.acceptable.contains(std::string(finding.code->cause()))) out.right_share += finding.probability;
      if (i == 0) {
        out.first_probability = finding.probability;
        out.certainty = finding.certainty;
      }
    }
    if (!diagnosis.findings.empty()) first = false;
  }
  for (const std::string& name : rest) add(out.named, name);
  if (out.named.empty() && report.acceptable.contains("none")) {
    out.named.emplace_back("none");
    out.right_share = out.first_probability = 1;
    out.certainty = Certainty::proven;
  }
  return out;
}

struct Score {
  int count = 0, first = 0, three = 0, table_first = 0, table_three = 0;
  double loss = 0;
  std::array<std::array<double, 3>, 10> bins{};             // by tenth of the first probability: how many, how many right, their sum
  std::map<Certainty, std::pair<int, int>> by_certainty;    // how many, how many right
};

double percent(int part, int whole) { return whole == 0 ? 0 : 100.0 * part / whole; }

double calibration_error(const Score& score) {
  double sum = 0;
  for (const auto& bin : score.bins) sum += std::abs(bin[1] - bin[2]);
  return score.count == 0 ? 0 : sum / score.count;
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

bool among(const std::vector<std::string>& named, std::size_t most, const Report& report) {
  for (std::size_t i = 0; i < std::min(most, named.size()); ++i) {
    if (report.acceptable.contains(named[i])) return true;
  }
  return false;
}

void add(Score& score, const Judged& judged, const Report& report, const std::vector<Evidence>& failures) {
  ++score.count;
  const bool right = among(judged.named, 1, report);
  score.first += right;
  score.three += among(judged.named, 3, report);
  score.loss -= std::log(std::max(judged.right_share, 1e-3));
  auto& bin = score.bins[static_cast<std::size_t>(std::min(judged.first_probability, 0.999) * 10)];
  bin[0] += 1;
  bin[1] += right;
  bin[2] += judged.first_probability;
  if (!judged.named.empty()) {
    auto& [said, was_right] = score.by_certainty[judged.certainty];
    ++said;
    was_right += right;
  }
  const auto table = failures.empty() ? std::vector<std::string>{} : status_table(failures.front());
  score.table_first += among(table, 1, report);
  score.table_three += among(table, 3, report);
}

struct Need {
  Shown shown;
  double first, three, loss, calibration;
};

Shown shown_of(std::string_view word) {
  if (word == "text") return Shown::text;
  if (word == "measured") return Shown::measured;
  return word == "raw" ? Shown::raw : Shown::asked;
}

std::vector<Evidence> of(const Report& report, Shown shown) {
  std::vector<Evidence> out;
  for (const Evidence& evidence : report.evidence) out.push_back(bench::shown_only(evidence, shown));
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: diagnosis_accuracy FOLDER [--misses] [--committed] [--need SHOWN FIRST THREE LOSS CALIBRATION]...\n");
    return 2;
  }
  bool misses = false;
  bool committed = false;
  std::vector<Need> needs;
  for (int i = 2; i < argc; ++i) {
    const std::string_view arg = argv[i];
    misses |= arg == "--misses";
    committed |= arg == "--committed";
    if (arg == "--need" && i + 5 < argc) {
      needs.push_back({shown_of(argv[i + 1]), std::atof(argv[i + 2]), std::atof(argv[i + 3]), std::atof(argv[i + 4]), std::atof(argv[i + 5])});
      i += 5;
    }
  }
  const auto reports = bench::read_reports(bench::corpus_files(argv[1]));
  std::map<Shown, Score> scores, undetermined;
  std::map<std::string, Score> by_cause;
  for (std::size_t fold = 0; fold < bench::kFolds; ++fold) {
    const auto weights = bench::fit(reports, [&](const Report& report) { return bench::fold_of(report) != fold; });
    const auto examiner = committed ? knowledge::make_examiner() : knowledge::make_examiner({}, &weights);
    if (!examiner) {
      fmt::print(stderr, "{}\n", examiner.error().message);
      return 2;
    }
    for (const Report& report : reports) {
      if (bench::fold_of(report) != fold) continue;
      for (const Shown shown : bench::kShown) {
        if ((shown == Shown::raw) != report.is_raw) continue;
        const auto failures = of(report, shown);
        const Judged judged = judge(**examiner, failures, report);
        add(report.determinable ? scores[shown] : undetermined[shown], judged, report, failures);
        if (shown == Shown::asked && report.determinable) add(by_cause[report.cause], judged, report, failures);
        if (misses && report.determinable && (shown == Shown::asked || shown == Shown::raw) && !among(judged.named, 1, report)) {
          std::string named;
          for (std::size_t i = 0; i < std::min<std::size_t>(4, judged.named.size()); ++i) named += " " + judged.named[i];
          fmt::print("MISS {} wanted {} got{}\n", report.id, report.cause, named);
        }
      }
    }
  }
  fmt::print("{:<30} {:>4}   {:^11}   {:^11}\n", "", "", "locksmith", "status table");
  fmt::print("{:<30} {:>4}   {:>5} {:>5}   {:>5} {:>5}   (percent; {})\n", "cause (all is shown)", "n", "first", "in 3", "first", "in 3",
             committed ? "weights that have seen these reports" : "cross-validated by repository");
  for (const auto& [cause, s] : by_cause) {
    fmt::print("{:<30} {:>4}   {:>5.1f} {:>5.1f}   {:>5.1f} {:>5.1f}\n", cause, s.count, percent(s.first, s.count), percent(s.three, s.count),
               percent(s.table_first, s.count), percent(s.table_three, s.count));
  }
  fmt::print("\n{:<30} {:>4}   {:>5} {:>5}   {:>8} {:>11}\n", "determinable, by what is shown", "n", "first", "in 3", "log-loss", "calibration");
  for (const auto& [shown, s] : scores) {
    fmt::print("{:<30} {:>4}   {:>5.1f} {:>5.1f}   {:>8.3f} {:>11.3f}\n", bench::to_words(shown), s.count, percent(s.first, s.count),
               percent(s.three, s.count), s.loss / s.count, calibration_error(s));
  }
  for (const auto& [shown, s] : undetermined) {
    fmt::print("{:<30} {:>4}   {:>5.1f} {:>5.1f}\n", fmt::format("  not determinable, {}", shown == Shown::raw ? "raw" : shown == Shown::asked ? "all" : shown == Shown::text ? "text" : "meas."),
               s.count, percent(s.first, s.count), percent(s.three, s.count));
  }
  fmt::print("\n{:<30} {:>17} {:>17} {:>17}\n", "how often a word was right", "certain", "likely", "possible");
  for (const auto& [shown, s] : scores) {
    fmt::print("{:<30}", bench::to_words(shown));
    for (const Certainty certainty : {Certainty::proven, Certainty::likely, Certainty::possible}) {
      const auto found = s.by_certainty.find(certainty);
      const auto [said, right] = found == s.by_certainty.end() ? std::pair{0, 0} : found->second;
      fmt::print(" {:>17}", fmt::format("{} of {} ({:.0f} %)", right, said, percent(right, said)));
    }
    fmt::print("\n");
  }
  bool failed = false;
  for (const Need& need : needs) {
    const Score& s = scores[need.shown];
    if (percent(s.first, s.count) >= need.first && percent(s.three, s.count) >= need.three && s.loss / s.count <= need.loss &&
        calibration_error(s) <= need.calibration) {
      continue;
    }
    fmt::print("FAILED: {}: at least {} / {} percent, at most {} and {} are needed\n", bench::to_words(need.shown), need.first, need.three, need.loss, need.calibration);
    failed = true;
  }
  return failed ? 1 : 0;
}
