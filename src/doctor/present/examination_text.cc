#include "doctor/present/examination_text.h"

#include <algorithm>

#include "doctor/intake/evidence_json.h"
#include "doctor/present/diagnosis_text.h"
#include "model/credential/credential.h"

namespace locksmith::doctor::present {
namespace {

using examination::Examination;
using examination::Outcome;
using examination::Tried;
using examination::Verdict;
using survey::Held;
using survey::Outgoing;
using survey::Survey;

constexpr std::size_t kSourceColumns = 38;
constexpr std::size_t kTextIndent = 6;

std::string padded(std::string text, std::size_t width) {
  const std::size_t have = columns(text);
  if (have < width) text.append(width - have, ' ');
  return text;
}

std::string words_of(const Held& held) {
  const auto& c = held.described;
  if (c.state == "unset") return "not set";
  if (c.state == "empty") return "set, but empty";
  if (c.state == "unreadable") return "cannot be read";
  if (c.shape == "helper-output") return "a key helper";
  std::string text(to_words(model::credential::examine(held.value.reveal()).shape));
  if (c.length) text += ", " + std::to_string(*c.length) + " characters";
  if (!c.tail.empty()) text += ", …" + c.tail;
  // What the client cuts off is no flaw of what it sends.
  if (!c.flaws.empty()) {
    for (const auto flaw : model::credential::examine(held.value.reveal()).flaws) text += ", with " + std::string(to_words(flaw));
  }
  if (c.expires_in_s && *c.expires_in_s < 0) text += ", expired";
  return text;
}

std::string use_of(const Survey& survey, std::size_t index) {
  if (index == survey.winner || index == survey.second) return "goes out";
  const Held& held = survey.held[index];
  if (held.declined) return "refused in the client's settings";
  if (held.described.state != "set") return "";
  return held.described.used.has_value() ? "shadowed" : "not read by " + std::string(name(survey.client));
}

void write_sends(wire::json::Writer& out, const Outgoing& outgoing) {
  out.begin_object().member("method", std::string_view(outgoing.method)).member("url", std::string_view(outgoing.url));
  out.member("base_url_from", std::string_view(outgoing.base_source));
  if (!outgoing.token_url.empty()) out.member("token_url", std::string_view(outgoing.token_url));
  out.key("headers").begin_array();
  for (const survey::OutgoingHeader& header : outgoing.headers) {
    out.begin_object().member("name", std::string_view(header.name)).member("value", std::string_view(header.shown));
    if (!header.source.empty()) out.member("from", std::string_view(header.source));
    if (!header.value.empty() || header.shown.empty()) out.member("bytes", header.value.size());
    out.end_object();
  }
  out.end_array();
  if (outgoing.refused != survey::Refused::no) {
    out.member("refused", name(outgoing.refused)).member("why", std::string_view(outgoing.why));
  }
  out.end_object();
}

}  // namespace

void write_survey(Page& page, const Survey& survey) {
  const std::string where = survey.where.empty() ? "" : ", in " + survey.where;
  page.ink(Ink::bold, "locksmith doctor").text("  as " + std::string(name(survey.client)) + where + ", on " + survey.os_description).line();
  page.line().ink(Ink::bold, "  Credentials, the one that counts first").line();
  for (std::size_t i = 0; i < survey.held.size(); ++i) {
    const Held& held = survey.held[i];
    const std::string use = use_of(survey, i);
    page.ink(use == "goes out" ? Ink::green : Ink::dim, use == "goes out" ? "  ▸ " : "    ");
    page.text(padded(held.described.source, kSourceColumns)).line(use.empty() ? "" : " " + use);
    page.paragraph("", kTextIndent, words_of(held) + (held.described.note.empty() ? "" : " (" + held.described.note + ")"));
  }
}

void write_outgoing(Page& page, const Outgoing& outgoing) {
  page.line().ink(Ink::bold, "  What goes out").line();
  if (outgoing.refused != survey::Refused::no) page.paragraph("  ✗ ", kTextIndent, "Nothing: " + outgoing.why, Ink::yellow);
  if (!outgoing.token_url.empty()) page.paragraph("    ", kTextIndent, "first a token is fetched: POST " + outgoing.token_url);
  page.paragraph("    ", kTextIndent, outgoing.method + " " + outgoing.url + "  (host: " + outgoing.base_source + ")");
  for (const survey::OutgoingHeader& header : outgoing.headers) {
    page.paragraph("    ", kTextIndent, header.name + ": " + header.shown + (header.source.empty() ? "" : "  from " + header.source));
  }
  page.line().ink(Ink::bold, "  Tried").line();
}

void write_tried(Page& page, const Tried& tried) {
  const Ink ink = tried.outcome == Outcome::passed ? Ink::green : tried.outcome == Outcome::failed ? Ink::red : Ink::dim;
  const std::string_view mark = tried.outcome == Outcome::passed ? "  ✓ " : tried.outcome == Outcome::failed ? "  ✗ " : "  - ";
  page.ink(ink, mark).text(tried.what);
  if (!tried.changed.empty()) page.text(", ").ink(Ink::bold, tried.changed);
  if (tried.took.count() != 0) page.ink(Ink::dim, "  " + to_words(tried.took));
  page.line();
  if (!tried.detail.empty()) page.paragraph("", kTextIndent, tried.detail);
}

void write_outcome(Page& page, const Examination& examination, const model::diagnosis::Diagnosis& diagnosis, Verdict verdict) {
  if (!examination.survey.remarks.empty()) {
    page.line().ink(Ink::bold, "  Odd").line();
    for (const auto& remark : examination.survey.remarks) page.paragraph("  ! " + remark.place, kTextIndent, remark.sentence, Ink::yellow);
  }
  page.line();
  switch (verdict) {
    case Verdict::healthy:
      page.ink(Ink::green, "✓ ").ink(Ink::bold, "The credential works: the API accepts it and answers.").line();
      return;
    case Verdict::problem:
      write_diagnosis(page, diagnosis, examination.evidence);
      return;
    case Verdict::undetermined:
      page.ink(Ink::yellow, "? ").ink(Ink::bold, "No cause can be named from what was seen.").line();
      page.paragraph("", 2, examination.evidence.error.status || !examination.evidence.error.transport.empty()
                                ? "The failure is of no known kind; please report it with: locksmith doctor --json"
                                : "Nothing is wrong with the credential's form. Whether the API accepts it only a request can tell: locksmith doctor, without --offline.");
      return;
  }
}

void write_comparison(Page& page, const Comparison& comparison) {
  page.line().ink(Ink::bold, "  This machine and " + comparison.with).line();
  if (comparison.differences.empty()) page.line("  The two are equal in all that bears on the credential and the way to the API.");
  for (const Difference& difference : comparison.differences) {
    page.paragraph("  " + difference.what, 4, "", Ink::bold);
    page.paragraph("    here", 11, difference.here).paragraph("    there", 11, difference.there);
  }
}

std::string examination_json(const Examination& examination, const model::diagnosis::Diagnosis& diagnosis, Verdict verdict,
                             const Comparison* comparison) {
  std::string text;
  wire::json::Writer out(text, true);
  out.begin_object().member("schema", "locksmith.doctor/1");
  out.member("client", name(examination.survey.client)).member("os", std::string_view(examination.survey.os_description));
  if (!examination.survey.where.empty()) out.member("where", std::string_view(examination.survey.where));
  write_diagnosis(out, verdict == Verdict::problem ? diagnosis : model::diagnosis::Diagnosis{}, examination.evidence, to_words(verdict), true);
  out.key("tried").begin_array();
  for (const Tried& tried : examination.tried) {
    out.begin_object().member("what", std::string_view(tried.what));
    out.member("outcome", tried.outcome == Outcome::passed ? "passed" : tried.outcome == Outcome::failed ? "failed" : "skipped");
    out.member("detail", std::string_view(tried.detail));
    if (!tried.changed.empty()) out.member("changed", std::string_view(tried.changed));
    out.member("ms", static_cast<std::int64_t>(std::chrono::round<std::chrono::milliseconds>(tried.took).count())).end_object();
  }
  out.end_array().key("remarks").begin_array();
  for (const auto& remark : examination.survey.remarks) {
    out.begin_object().member("place", std::string_view(remark.place)).member("sentence", std::string_view(remark.sentence)).end_object();
  }
  out.end_array();
  if (!examination.organization_id.empty()) out.member("organization_id", std::string_view(examination.organization_id));
  if (!examination.workspace_id.empty()) out.member("workspace_id", std::string_view(examination.workspace_id));
  out.key("sends");
  write_sends(out, examination.outgoing);
  if (comparison != nullptr) {
    out.key("compared").begin_object().member("with", std::string_view(comparison->with)).member("equal", comparison->differences.empty());
    out.key("differences").begin_array();
    for (const Difference& difference : comparison->differences) {
      out.begin_object().member("what", std::string_view(difference.what)).member("here", std::string_view(difference.here));
      out.member("there", std::string_view(difference.there)).end_object();
    }
    out.end_array().end_object();
  }
  out.key("evidence");
  intake::write_evidence(out, examination.evidence);
  out.end_object();
  return text + "\n";
}

}  // namespace locksmith::doctor::present
