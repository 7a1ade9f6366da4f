#include "doctor/present/report.h"

#include <algorithm>
#include <map>

#include "doctor/intake/evidence_json.h"
#include "model/credential/credential.h"
#include "model/diagnosis/remedy.h"
#include "vocabulary/shown.h"

namespace locksmith::doctor::present {
namespace {

using examination::Outcome;
using examination::Tried;
using model::evidence::Evidence;
using wire::json::Value;

Outcome outcome_named(std::string_view word) {
  return word == "passed" ? Outcome::passed : word == "failed" ? Outcome::failed : Outcome::skipped;
}

std::string_view word_of(Outcome outcome) {
  return outcome == Outcome::passed ? "works" : outcome == Outcome::failed ? "fails" : "not tried";
}

// Text from outside inside Markdown: no HTML, no link, no other mark-up of its own, in a line or a table's cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : shown_line(text)) {
    if (c == '<' || c == '>' || c == '&') {
      out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;";
      continue;
    }
    if (c == '|' || c == '[' || c == ']' || c == '`' || c == '*' || c == '!') out += '\\';
    out += c;
  }
  return out;
}

std::string fenced(std::string_view text) {
  std::string out = "```text\n";
  for (const char c : shown_lines(text)) {
    if (c != '`') out += c;
  }
  return out + "\n```\n";
}

std::string described(const model::evidence::Credential& c) {
  std::string text = c.state.empty() ? "" : c.state;
  if (!c.shape.empty()) text += (text.empty() ? "" : ", ") + c.shape;
  if (c.length) text += ", " + std::to_string(*c.length) + " characters";
  if (!c.tail.empty()) text += ", ends in …" + c.tail;
  for (const std::string& flaw : c.flaws) text += ", " + flaw;
  if (c.expires_in_s && *c.expires_in_s < 0) text += ", expired";
  if (c.used.has_value()) text += *c.used ? ", goes out" : ", not used";
  return text;
}

std::string request_id(const Evidence& e) {
  const std::string* id = model::evidence::find_field(e.error.headers, "request-id");
  return id == nullptr ? "" : *id;
}

void line(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += "- " + std::string(name) + ": " + cell(value) + "\n";
}

void write_failure(std::string& out, const Evidence& e) {
  out += "\n## The failure\n\n";
  line(out, "status", e.error.status ? std::to_string(*e.error.status) : "");
  line(out, "type", e.error.type);
  line(out, "code", e.error.code);
  line(out, "transport", e.error.transport);
  line(out, "request id", request_id(e));
  line(out, "request", e.request.method.empty() ? e.request.url : e.request.method + " " + e.request.url);
  line(out, "model", e.request.model);
  if (!e.error.text.empty()) out += "\n" + fenced(e.error.text);
}

void write_tests(std::string& out, const Report& report) {
  if (report.tried.empty()) return;
  out += "\n## What was tested\n\n| test | one thing changed | result | seen | time |\n| --- | --- | --- | --- | --- |\n";
  for (const Tried& tried : report.tried) {
    out += "| " + cell(tried.what) + " | " + cell(tried.changed) + " | " + std::string(word_of(tried.outcome)) + " | " + cell(tried.detail) +
           " | " + (tried.took.count() == 0 ? "" : to_words(tried.took)) + " |\n";
  }
}

}  // namespace

Report make_report(const examination::Examination& examination, model::diagnosis::Diagnosis diagnosis, examination::Verdict verdict,
                   Instant made_at) {
  Report report;
  report.evidence = examination.evidence;
  report.diagnosis = verdict == examination::Verdict::problem ? std::move(diagnosis) : model::diagnosis::Diagnosis{};
  report.verdict = verdict;
  report.tried = examination.tried;
  report.remarks = examination.survey.remarks;
  report.os = examination.survey.os_description;
  report.client = name(examination.survey.client);
  report.organization_id = examination.organization_id;
  report.workspace_id = examination.workspace_id;
  report.made_at = made_at;
  return report;
}

Result<Report> read_report(Value document) {
  Report report;
  const bool examined = document["schema"].as_string() == "locksmith.doctor/1";
  auto evidence = intake::read_evidence(examined ? document["evidence"] : document);
  if (!evidence) return std::unexpected(evidence.error());
  report.evidence = std::move(*evidence);
  report.os = report.evidence.os;
  report.client = report.evidence.client.name;
  report.verdict = model::diagnosis::Verdict::problem;
  if (!examined) return report;
  report.verdict = model::diagnosis::verdict_named(document["verdict"].string_or(""));
  report.os = document["os"].string_or(report.os);
  report.client = document["client"].string_or(report.client);
  report.organization_id = document["organization_id"].string_or("");
  report.workspace_id = document["workspace_id"].string_or("");
  document["tried"].for_each_element([&](Value t) {
    Tried tried;
    tried.what = model::credential::redact(t["what"].string_or(""));
    tried.outcome = outcome_named(t["outcome"].string_or(""));
    tried.detail = model::credential::redact(t["detail"].string_or(""));
    tried.took = std::chrono::milliseconds(t["ms"].as_integer().value_or(0));
    tried.changed = t["changed"].string_or("");
    report.tried.push_back(std::move(tried));
  });
  document["remarks"].for_each_element([&](Value r) {
    report.remarks.push_back({std::string(r["place"].string_or("")), model::credential::redact(r["sentence"].string_or(""))});
  });
  return report;
}

Result<Report> read_run(Value document) {
  if (document["schema"].as_string() != "locksmith.doctor/1") {
    return fail(FailureCode("comparison_not_a_run"), "This is JSON, but not what a doctor's run writes.",
                "On the other machine: locksmith doctor --json > there.json", Blame::user);
  }
  return read_report(document);
}

std::string to_markdown(const Report& report) {
  const Evidence& e = report.evidence;
  std::string out = "# Claude API access: " + std::string(to_words(report.verdict)) + "\n\n";
  line(out, "made", to_rfc3339(report.made_at));
  line(out, "client", e.client.version.empty() ? report.client : report.client + " " + e.client.version);
  line(out, "system", report.os);
  line(out, "organization", report.organization_id);
  line(out, "workspace", report.workspace_id);
  line(out, "base URL", e.settings.base_url.value_or(""));
  line(out, "proxy", e.settings.proxy);
  line(out, "gateway", e.settings.gateway);
  for (std::size_t i = 0; i < std::min<std::size_t>(report.diagnosis.findings.size(), 3); ++i) {
    const auto& finding = report.diagnosis.findings[i];
    out += i == 0 ? "\n## The cause\n\n" : "\n## Or\n\n";
    out += "**" + std::string(finding.code->title) + "** (`" + std::string(finding.code->name) + "`, " + std::string(to_words(finding.certainty)) + ")\n\n";
    for (const auto& reason : finding.supports) out += "- for: " + std::string(reason.because) + "\n";
    for (const auto& reason : finding.against) out += "- against: " + std::string(reason.because) + "\n";
    if (i != 0) continue;
    out += "\n## What to do\n\n";
    for (const auto& step : model::diagnosis::remedy(*finding.code, e).steps) {
      out += "- (" + std::string(to_words(step.grade)) + ") " + cell(step.text) + "\n";
      if (!step.command.empty()) out += "\n" + fenced(step.command) + "\n";
    }
  }
  write_failure(out, e);
  if (!e.credentials.empty()) {
    out += "\n## Credentials\n\n| place | what stands there |\n| --- | --- |\n";
    for (const auto& c : e.credentials) out += "| " + cell(c.source) + " | " + cell(described(c)) + " |\n";
  }
  write_tests(out, report);
  if (const auto ruled_out = what_is_ruled_out(report); !ruled_out.empty()) {
    out += "\n## Ruled out\n\n";
    for (const std::string& one : ruled_out) out += "- " + cell(one) + "\n";
  }
  if (!report.remarks.empty()) {
    out += "\n## Odd\n\n";
    for (const auto& remark : report.remarks) out += "- " + cell(remark.place) + ": " + cell(remark.sentence) + "\n";
  }
  return out + "\nNo credential stands in this report.\n";
}

std::vector<std::string> what_is_ruled_out(const Report& report) {
  std::vector<std::string> sentences;
  for (const Tried& tried : report.tried) {
    if (tried.outcome != Outcome::passed) continue;
    if (tried.what == "credential") {
      sentences.emplace_back("the form of the credential (whether it is accepted is another question)");
    } else if (tried.changed.empty()) {
      sentences.push_back(tried.what + " is answered");
    } else {
      sentences.push_back(tried.what + " is answered with one thing changed: " + tried.changed);
    }
  }
  return sentences;
}

std::vector<Difference> compare(const Report& here, const Report& there) {
  std::vector<Difference> found;
  const auto add = [&](std::string what, std::string a, std::string b) {
    if (a != b) found.push_back({std::move(what), a.empty() ? "absent" : std::move(a), b.empty() ? "absent" : std::move(b)});
  };
  // One map for both machines, so that what only one of them has is seen too.
  std::map<std::string, std::pair<std::string, std::string>> rows;
  for (const auto& c : here.evidence.credentials) rows["1" + c.source].first = described(c);
  for (const auto& c : there.evidence.credentials) rows["1" + c.source].second = described(c);
  for (const auto& t : here.tried) rows["3" + t.what].first = word_of(t.outcome);
  for (const auto& t : there.tried) rows["3" + t.what].second = word_of(t.outcome);
  for (const auto& o : here.evidence.observations) rows["4" + o].first = "holds";
  for (const auto& o : there.evidence.observations) rows["4" + o].second = "holds";
  rows["2base URL"] = {here.evidence.settings.base_url.value_or(""), there.evidence.settings.base_url.value_or("")};
  rows["2proxy"] = {here.evidence.settings.proxy, there.evidence.settings.proxy};
  rows["2certificate bundle"] = {here.evidence.settings.ca_bundle, there.evidence.settings.ca_bundle};
  rows["2model"] = {here.evidence.request.model, there.evidence.request.model};
  rows["2client"] = {here.client, there.client};
  rows["2system"] = {here.os, there.os};
  rows["2organization"] = {here.organization_id, there.organization_id};
  rows["2workspace"] = {here.workspace_id, there.workspace_id};
  rows["0verdict"] = {std::string(to_words(here.verdict)), std::string(to_words(there.verdict))};
  for (const auto& [key, values] : rows) add(key.substr(1), values.first, values.second);
  return found;
}

}  // namespace locksmith::doctor::present
