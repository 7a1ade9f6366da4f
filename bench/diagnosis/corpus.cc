#include "corpus.h"

#include <fmt/core.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "doctor/intake/evidence_json.h"
#include "doctor/intake/har.h"
#include "doctor/intake/log.h"
#include "doctor/intake/pasted.h"
#include "knowledge/knowledge.h"
#include "wire/digest/sha256.h"

namespace locksmith::bench {
namespace {

using model::evidence::Evidence;
using wire::json::Value;

[[noreturn]] void give_up(const std::string& path, std::size_t line, const std::string& why) {
  fmt::print(stderr, "{}:{}: {}\n", path, line, why);
  std::exit(2);
}

// Made of pieces, so that no file holds a text of a key's form.
std::string with_made_up_secrets(std::string input) {
  const std::pair<std::string, std::string> kNames[] = {{"{{api-key}}", std::string("sk-ant-") + "api03-" + std::string(93, 'A') + "AA"},
                                                        {"{{oauth-token}}", std::string("sk-ant-") + "oat01-" + std::string(93, 'A') + "AA"},
                                                        {"{{session-key}}", std::string("sk-ant-") + "sid01-" + std::string(93, 'A') + "AA"},
                                                        {"{{jwt}}", std::string("eyJ") + "hbGciOiJSUzI1NiJ9." + std::string(24, 'b') + "." + std::string(32, 'c')},
                                                        {"{{request-id}}", "req_011C" + std::string(20, 'b')}};
  for (const auto& [name, value] : kNames) {
    for (std::size_t at = input.find(name); at != std::string::npos; at = input.find(name, at + value.size())) input.replace(at, name.size(), value);
  }
  return input;
}

const doctor::intake::ErrorOwners& owners() {
  static const auto kOwners = doctor::intake::ErrorOwners::make();
  return *kOwners;
}

std::vector<Evidence> read_input(std::string_view kind, const std::string& input) {
  std::vector<Evidence> out;
  if (kind == "error") {
    auto pasted = doctor::intake::read_pasted(input, owners());
    if (pasted.other_service.empty()) out.push_back(std::move(pasted.evidence));
  } else if (kind == "curl") {
    if (auto readings = doctor::intake::read_pasted_curl(input)) {
      for (auto& reading : *readings) out.push_back(std::move(reading.evidence));
    }
  } else if (kind == "har") {
    if (auto reading = doctor::intake::read_har(input)) {
      for (auto& finding : reading->findings) out.push_back(std::move(finding.evidence));
    }
  } else {
    // Which failures are one is told by their facts, which do not depend on weights.
    static const auto kExaminer = knowledge::make_examiner();
    doctor::intake::LogReader reader(**kExaminer, owners(), Instant{});
    std::istringstream lines(input);
    for (std::string line; std::getline(lines, line);) reader.line(line);
    for (auto& group : reader.end()) {
      if (group.other_service.empty()) out.push_back(std::move(group.evidence));
    }
  }
  return out;
}

std::string repository_of(std::string_view source) {
  const std::size_t at = source.find("github.com/");
  if (at == std::string_view::npos) return std::string(source);
  source.remove_prefix(at + std::string_view("github.com/").size());
  const std::size_t slash = source.find('/', source.find('/') + 1);
  return std::string(source.substr(0, slash));
}

bool is_asked(std::string_view observation) {
  for (const std::string_view start : {"works.", "fails.", "started.", "account.", "login.", "status-page."}) {
    if (observation.starts_with(start)) return true;
  }
  return false;
}

}  // namespace

const char* to_words(Shown shown) {
  switch (shown) {
    case Shown::text:
      return "text alone";
    case Shown::measured:
      return "text and measured";
    case Shown::asked:
      return "text, measured and asked";
    case Shown::raw:
      return "raw inputs";
  }
  return "";
}

std::vector<Report> read_reports(const std::vector<std::string>& paths) {
  std::vector<Report> reports;
  wire::json::Reader reader;
  for (const std::string& path : paths) {
    std::ifstream file(path);
    if (!file) give_up(path, 0, "cannot be opened");
    std::size_t number = 0;
    for (std::string line; std::getline(file, line);) {
      ++number;
      if (line.empty()) continue;
      const auto root = reader.parse(line);
      if (!root) give_up(path, number, root.error().message);
      Report report;
      report.cause = (*root)["cause"].string_or("");
      report.acceptable.insert(report.cause);
      (*root)["also_acceptable"].for_each_element([&](Value v) { report.acceptable.emplace(v.string_or("")); });
      report.determinable = (*root)["determinable"].as_boolean().value_or(false);
      report.repository = repository_of((*root)["source"].string_or(""));
      report.is_raw = !(*root)["evidence"];
      if (report.is_raw) {
        report.id = (*root)["id"].string_or("");
        const std::string kind((*root)["kind"].string_or(""));
        report.evidence = read_input(kind, with_made_up_secrets(std::string((*root)["input"].string_or(""))));
      } else {
        auto evidence = doctor::intake::read_evidence((*root)["evidence"]);
        if (!evidence) give_up(path, number, evidence.error().message);
        report.id = evidence->id;
        report.evidence.push_back(std::move(*evidence));
      }
      reports.push_back(std::move(report));
    }
  }
  return reports;
}

std::string digest_of(const std::vector<std::string>& paths) {
  std::string all;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return wire::digest::to_hex(wire::digest::sha256(all));
}

Evidence shown_only(const Evidence& evidence, Shown shown) {
  if (shown == Shown::asked || shown == Shown::raw) return evidence;
  if (shown == Shown::measured) {
    Evidence out = evidence;
    std::erase_if(out.observations, [](const std::string& observation) { return is_asked(observation); });
    return out;
  }
  Evidence out;
  out.id = evidence.id;
  out.error = evidence.error;
  out.error.headers.clear();
  return out;
}

std::vector<std::string> corpus_files(const std::string& folder) {
  std::vector<std::string> out;
  for (const char* name : {"reports.jsonl", "holdout.jsonl", "holdout2.jsonl", "raw.jsonl", "raw2.jsonl", "raw3.jsonl", "raw4.jsonl", "raw5.jsonl"}) out.push_back(folder + "/" + name);
  return out;
}

}  // namespace locksmith::bench
