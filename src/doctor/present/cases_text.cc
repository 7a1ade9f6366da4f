#include "doctor/present/cases_text.h"

#include <algorithm>

#include "doctor/intake/evidence_json.h"
#include "doctor/present/diagnosis_text.h"

namespace locksmith::doctor::present {
namespace {

using model::diagnosis::Finding;
using wire::json::Writer;

constexpr std::size_t kInFull = 4;          // causes explained in full; more is a report, which --json gives
constexpr std::size_t kInLines = 12;        // further cases, a line each
constexpr std::size_t kExampleBytes = 140;  // of the error text: enough to recognise it
constexpr std::size_t kIndent = 11;

// Of several lines the one that says what happened: it names the error's type or its status.
std::string_view telling_line(const model::evidence::Error& e) {
  const std::string_view text = e.text;
  std::size_t at = e.type.empty() ? std::string_view::npos : text.find(e.type);
  if (at == std::string_view::npos && e.status) at = text.find(std::to_string(*e.status));
  if (at == std::string_view::npos) return text;
  const std::size_t before = text.substr(0, at).rfind('\n');
  const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(start, text.find('\n', at) - start);
}

std::string example_of(const Case& c) {
  std::string text(telling_line(c.evidence.error));
  if (text.empty()) text = c.evidence.error.transport;
  if (text.empty() && !c.evidence.request.url.empty())
    text = c.evidence.request.method + " " + c.evidence.request.url;
  for (char& letter : text) {
    if (static_cast<unsigned char>(letter) < 0x20) letter = ' ';
  }
  text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
             text.end());
  if (text.size() <= kExampleBytes) return text;
  std::size_t end = kExampleBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  return text.substr(0, end) + "…";
}

std::string times_of(const Case& c) {
  std::string text = c.count == 1 ? "once" : std::to_string(c.count) + " times";
  if (!c.first.empty() && c.first == c.last) {
    text += ", at " + c.first;
  } else if (!c.first.empty()) {
    text += ", first " + c.first + ", last " + c.last;
  }
  if (!c.where.empty()) text += (c.count == 1 ? ", " : ", from ") + c.where + (c.count == 1 ? "" : " on");
  return text;
}

std::string_view code_of(const Case& c) {
  return c.diagnosis.findings.empty() ? std::string_view("no known cause")
                                      : c.diagnosis.findings.front().code->name;
}

void write_remarks(Page& page, const Case& c) {
  for (const std::string& remark : c.remarks) page.paragraph("  Note", kIndent, remark);
}

void write_in_full(Page& page, const Case& c, std::size_t number) {
  page.ink(Ink::bold, std::to_string(number) + ". ").text(times_of(c)).line();
  if (const std::string example = example_of(c); !example.empty()) page.paragraph("", 3, example);
  write_diagnosis(page, c.diagnosis, c.evidence);
  write_remarks(page, c);
  page.line();
}

void add_once(std::vector<std::string_view>& list, std::string_view name) {
  if (std::ranges::find(list, name) == list.end()) list.push_back(name);
}

void write_names(Writer& out, std::string_view member, const std::vector<std::string_view>& names) {
  out.key(member).begin_array();
  for (const std::string_view name : names) out.string(name);
  out.end_array();
}

void write_case(Writer& out, const Case& c) {
  out.begin_object();
  write_diagnosis(out, c.diagnosis, c.evidence, c.verdict, true);
  out.member("count", static_cast<std::int64_t>(c.count));
  if (!c.first.empty())
    out.member("first", std::string_view(c.first)).member("last", std::string_view(c.last));
  if (c.position != 0) out.member("position", static_cast<std::int64_t>(c.position));
  if (!c.remarks.empty()) {
    out.key("remarks").begin_array();
    for (const std::string& remark : c.remarks) out.string(remark);
    out.end_array();
  }
  out.key("evidence");
  intake::write_evidence(out, c.evidence);
  out.end_object();
}

}  // namespace

void write_cases(Page& page, std::span<const Case> cases) {
  if (cases.size() == 1 && cases[0].count == 1 && cases[0].first.empty()) {
    write_diagnosis(page, cases[0].diagnosis, cases[0].evidence);
    write_remarks(page, cases[0]);
    return;
  }
  std::vector<std::string_view> explained;
  std::size_t lines = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& c = cases[i];
    const std::string_view code = code_of(c);
    const bool known = std::ranges::find(explained, code) != explained.end();
    if (!known && explained.size() < kInFull) {
      explained.push_back(code);
      write_in_full(page, c, i + 1);
      continue;
    }
    if (++lines > kInLines) continue;
    page.ink(Ink::bold, std::to_string(i + 1) + ". ").text(times_of(c)).line();
    page.paragraph("", 3, std::string(code) + ": " + example_of(c));
    write_remarks(page, c);
  }
  if (lines > kInLines)
    page.line("   and " + std::to_string(lines - kInLines) + " more kinds; --json has all of them");
}

void write_cases(Writer& out, std::span<const Case> cases, model::diagnosis::Verdict verdict) {
  std::vector<std::string_view> causes;
  std::vector<std::string_view> codes;
  for (const Case& c : cases) {
    if (c.diagnosis.findings.empty()) continue;
    add_once(causes, c.diagnosis.findings.front().code->cause());
    add_once(codes, c.diagnosis.findings.front().code->name);
  }
  out.member("verdict", to_words(verdict));
  write_names(out, "causes", causes);
  write_names(out, "codes", codes);
  out.key("diagnoses").begin_array();
  for (const Case& c : cases) write_case(out, c);
  out.end_array();
}

}  // namespace locksmith::doctor::present
