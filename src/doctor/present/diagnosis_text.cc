#include "doctor/present/diagnosis_text.h"

#include <algorithm>
#include <cmath>

#include "model/diagnosis/remedy.h"
#include "vocabulary/text.h"

namespace locksmith::doctor::present {
namespace {

using model::diagnosis::Diagnosis;
using model::diagnosis::Finding;
using model::diagnosis::Reason;
using model::diagnosis::Remedy;
using model::evidence::Evidence;
using wire::json::Writer;

constexpr std::size_t kIndent = 11;      // where the text behind a label stands
constexpr std::size_t kVerdictColumns = 79;

Ink ink_of(model::diagnosis::Certainty certainty) {
  return certainty == model::diagnosis::Certainty::possible ? Ink::yellow : Ink::red;
}

void write_list(Page& page, std::string_view label, const std::vector<Reason>& reasons, std::size_t most) {
  for (std::size_t i = 0; i < std::min(reasons.size(), most); ++i) {
    page.paragraph(i == 0 ? label : "", kIndent, reasons[i].because);
  }
}

void write_reason(Writer& out, const Reason& reason) {
  out.begin_object().member("rule", reason.rule).member("because", reason.because).member("points", reason.points).end_object();
}

void write_finding(Writer& out, const Finding& finding, const Evidence& evidence) {
  out.begin_object();
  out.member("code", finding.code->name).member("cause", finding.code->cause()).member("title", finding.code->title);
  out.member("certainty", to_words(finding.certainty)).member("points", finding.points).member("probability", std::round(finding.probability * 1000) / 1000);
  out.key("for").begin_array();
  for (const Reason& reason : finding.supports) write_reason(out, reason);
  out.end_array().key("against").begin_array();
  for (const Reason& reason : finding.against) write_reason(out, reason);
  out.end_array().key("remedy").begin_array();
  const Remedy remedy = model::diagnosis::remedy(*finding.code, evidence);
  for (const auto& step : remedy.steps) {
    out.begin_object().member("grade", to_words(step.grade)).member("text", std::string_view(step.text));
    if (!step.command.empty()) {
      out.member("command", std::string_view(step.command));
      out.key("argv").begin_array().string(evidence.os == "windows" ? "powershell" : "sh").string(evidence.os == "windows" ? "-Command" : "-c").string(step.command).end_array();
    }
    if (!step.place.empty()) out.member("place", std::string_view(step.place));
    out.end_object();
  }
  out.end_array();
  if (!remedy.do_not.empty()) out.member("do_not", remedy.do_not);
  out.end_object();
}

}  // namespace

void write_verdict(Page& page, const Finding& finding) {
  const std::string head = "problem: " + std::string(finding.code->title);
  const std::string certainty = "(" + std::string(to_words(finding.certainty)) + ")";
  if (!page.style().plain) page.sign(ink_of(finding.certainty), Sign::bad);
  const std::size_t before = page.style().plain ? 0 : 2;
  const std::size_t most = std::min(page.style().width, kVerdictColumns);
  const std::string code(finding.code->name);
  if (before + count_characters(head) + 1 + certainty.size() + 1 + code.size() <= most) {
    page.ink(Ink::bold, head).text(" " + certainty + " " + code).line();
    return;
  }
  if (before + count_characters(head) <= most) {
    page.ink(Ink::bold, head).line();
  } else {
    page.paragraph("", 0, head);
  }
  page.text("  " + certainty + " " + code).line();
}

void write_remedy(Page& page, const Finding& finding, const Evidence& evidence, const Room& room) {
  const Remedy remedy = model::diagnosis::remedy(*finding.code, evidence);
  for (std::size_t i = 0; i < std::min(remedy.steps.size(), room.steps); ++i) {
    const auto& step = remedy.steps[i];
    page.paragraph(i == 0 ? "  Do" : "", kIndent, "[" + std::string(to_words(step.grade)) + "] " + step.text);
    if (!step.command.empty()) page.command(kIndent, step.command);
  }
  if (!remedy.do_not.empty()) page.paragraph("  Do not", kIndent, remedy.do_not.substr(remedy.do_not.starts_with("Do not ") ? 7 : 0));
}

void write_reasons(Page& page, const Finding& finding, const Room& room) {
  write_list(page, "  Why", finding.supports, room.reasons);
  if (room.against) write_list(page, "  Against", finding.against, room.reasons);
}

void write_others(Page& page, const Diagnosis& diagnosis, const Room& room) {
  const std::size_t count = std::min(diagnosis.findings.size(), room.others + 1);
  for (std::size_t i = 1; i < count; ++i) {
    const Finding& other = diagnosis.findings[i];
    page.paragraph(i == 1 ? "  Or" : "", kIndent,
                   std::string(other.code->title) + " (" + std::string(to_words(other.certainty)) + ", " + std::string(other.code->name) +
                       ")" + (other.supports.empty() ? "" : ": " + std::string(other.supports[0].because)));
  }
  const auto* test = diagnosis.next_test;
  if (test == nullptr || !room.to_decide) return;
  std::string text = std::string(test->question) + "? If so: " + std::string(test->yes_means);
  if (!test->no_means.empty()) text += "; if not: " + std::string(test->no_means);
  page.paragraph("  Decide", kIndent, text + ".");
}

void write_more(Page& page, const Finding& finding) {
  page.ink(Ink::dim, "  More").text("     locksmith explain " + std::string(finding.code->name)).line();  // a command: never wrapped
}

void write_diagnosis(Page& page, const Diagnosis& diagnosis, const Evidence& evidence) {
  if (diagnosis.findings.empty()) {
    page.sign(Ink::yellow, Sign::open).text("Nothing in the evidence speaks for any known cause.").line();
    return;
  }
  const Finding& best = diagnosis.findings.front();
  const Room room;
  write_verdict(page, best);
  page.line();
  write_remedy(page, best, evidence, room);
  write_reasons(page, best, room);
  write_others(page, diagnosis, room);
  write_more(page, best);
}

void write_diagnosis(Writer& out, const Diagnosis& diagnosis, const Evidence& evidence, model::diagnosis::Verdict verdict, bool whole) {
  if (!evidence.id.empty()) out.member("id", std::string_view(evidence.id));
  out.member("verdict", to_words(verdict));
  out.key("causes").begin_array();
  for (const Finding& finding : diagnosis.findings) out.string(finding.code->cause());
  if (diagnosis.findings.empty() && verdict == model::diagnosis::Verdict::undetermined) out.string("other");
  out.end_array().key("codes").begin_array();
  for (const Finding& finding : diagnosis.findings) out.string(finding.code->name);
  out.end_array();
  if (!diagnosis.findings.empty()) out.member("certainty", to_words(diagnosis.findings[0].certainty));
  if (!whole) return;
  out.key("findings").begin_array();
  for (const Finding& finding : diagnosis.findings) write_finding(out, finding, evidence);
  out.end_array();
  if (const auto* test = diagnosis.next_test) {
    out.key("next_test").begin_object().member("question", test->question).member("fact", test->fact);
    out.member("yes_means", test->yes_means).member("no_means", test->no_means).end_object();
  }
}

}  // namespace locksmith::doctor::present
