#include "doctor/present/examination_text.h"

#include <algorithm>
#include <array>

#include "doctor/intake/evidence_json.h"
#include "doctor/present/diagnosis_text.h"
#include "model/credential/credential.h"
#include "vocabulary/text.h"

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
  const std::size_t have = count_characters(text);
  if (have < width) text.append(width - have, ' ');
  return text;
}

std::string words_of(const Held& held) {
  const auto& c = held.described;
  if (c.state == "unset") return "not set";
  if (c.state == "empty") return "set, but empty";
  if (c.state == "unreadable") return "cannot be read";
  if (c.shape == "helper-output") return "a key helper";
  const model::credential::Examined examined = model::credential::examine(held.value.reveal());
  std::string text(to_words(examined.shape));
  if (!examined.provider.empty()) text += " (" + examined.provider + ")";
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
  const Held& held = survey.held[index];
  if (held.described.used.value_or(false)) return "goes out";
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
}

void write_tried(Page& page, const Tried& tried) {
  const Ink ink = tried.outcome == Outcome::passed ? Ink::green : tried.outcome == Outcome::failed ? Ink::red : Ink::dim;
  page.text("  ").sign(ink, tried.outcome == Outcome::passed ? Sign::good : tried.outcome == Outcome::failed ? Sign::bad : Sign::none).text(tried.what);
  if (!tried.changed.empty()) page.text(", ").ink(Ink::bold, tried.changed);
  if (tried.took.count() != 0) page.ink(Ink::dim, "  " + to_words(tried.took));
  page.line();
  if (!tried.detail.empty()) page.paragraph("", kTextIndent, tried.detail);
}

namespace {

constexpr std::size_t kIndent = 11;
constexpr std::size_t kMostLines = 24;  // a terminal's height, so that nothing scrolls away

// The failure itself, as it was answered.
void write_answer(Page& page, const Examination& examination) {
  const auto failed = std::ranges::find_if(examination.tried, [](const Tried& tried) {
    return tried.outcome == Outcome::failed && tried.changed.empty() && (tried.what.starts_with("GET ") || tried.what.starts_with("POST ")) && !tried.what.starts_with("GET /api/hello");
  });
  if (failed != examination.tried.end()) page.paragraph("  Answer", kIndent, failed->what + ": " + failed->detail);
}

// What the one thing that was changed did to it.
void write_compared(Page& page, const Examination& examination, std::size_t most) {
  std::size_t count = 0;
  for (const Tried& tried : examination.tried) {
    if (tried.changed.empty() || tried.outcome != Outcome::passed || count == most) continue;
    page.paragraph(count == 0 ? "  Works" : "", kIndent, tried.changed + ": " + tried.what + " " + tried.detail);
    ++count;
  }
}

std::string in_words(const Held& held) {
  std::string text = held.described.source + ": " + words_of(held);
  if (!held.described.note.empty()) text += " (" + held.described.note + ")";
  return text;
}

// The credentials that bear on it: what goes out first, then what does not.
void write_found(Page& page, const Survey& survey, std::size_t most) {
  std::size_t count = 0;
  const auto write = [&](const Held& held) {
    if (count == most) return;
    page.paragraph(count == 0 ? "  Found" : "", kIndent, in_words(held));
    ++count;
  };
  for (const Held& held : survey.held) {
    if (held.described.used.value_or(false)) write(held);
  }
  for (const Held& held : survey.held) {
    if (!held.described.used.value_or(false) && held.described.state != "unset" && !held.described.state.empty()) write(held);
  }
}

// That nothing leads out of the machine explains nothing where an answer came.
void write_seen(Page& page, const Examination& examination, std::size_t most) {
  const bool answered = examination.works || examination.evidence.error.status.has_value();
  std::size_t count = 0;
  for (const auto& remark : examination.survey.remarks) {
    if ((answered && remark.place == "network") || count == most) continue;
    page.paragraph(count == 0 ? "  Odd" : "", kIndent, remark.place + ": " + remark.sentence);
    ++count;
  }
}

// Whom to turn to: which of the sides fails.
std::string side_in_words(model::diagnosis::Side side) {
  using enum model::diagnosis::Side;
  switch (side) {
    case machine:
      return "this machine";
    case network:
      return "this network";
    case intermediary:
      return "what stands between this machine and the API";
    case account:
      return "the account";
    case request:
      return "the request, as this machine sends it";
    case platform:
      return "the platform";
  }
  return {};
}

struct Details {
  Room room;
  std::size_t found = 3;
  std::size_t compared = 2;
  std::size_t remarks = 3;
};

// Most first; the last has what nobody should miss.
constexpr std::array<Details, 5> kDetails{{{.room = {}, .found = 3, .compared = 2, .remarks = 3},
                                           {.room = {.reasons = 3, .steps = 3, .others = 2, .against = false}, .found = 3, .compared = 1, .remarks = 2},
                                           {.room = {.reasons = 2, .steps = 2, .others = 2, .against = false, .to_decide = false},
                                            .found = 2, .compared = 1, .remarks = 1},
                                           {.room = {.reasons = 2, .steps = 2, .others = 1, .against = false, .to_decide = false},
                                            .found = 2, .compared = 0, .remarks = 1},
                                           {.room = {.reasons = 1, .steps = 1, .others = 0, .against = false, .to_decide = false},
                                            .found = 2, .compared = 0, .remarks = 1}}};

void write_problem(Page& page, const Examination& examination, const model::diagnosis::Diagnosis& diagnosis, const Details& details) {
  const auto& best = diagnosis.findings.front();
  write_verdict(page, best);
  page.line();
  write_remedy(page, best, examination.evidence, details.room);
  write_reasons(page, best, details.room);
  page.paragraph("  Where", kIndent, side_in_words(best.code->side) + (examination.survey.where.empty() ? "" : ", in " + examination.survey.where));
  write_answer(page, examination);
  write_compared(page, examination, details.compared);
  write_found(page, examination.survey, details.found);
  write_seen(page, examination, details.remarks);
  write_others(page, diagnosis, details.room);
  write_more(page, best);
}

std::string client_in_words(const Survey& survey) {
  std::string text(name(survey.client));
  if (!survey.client_version.empty()) text += " " + survey.client_version;
  return text;
}

void write_healthy(Page& page, const Examination& examination) {
  const Survey& survey = examination.survey;
  std::string tail;
  if (survey.winner && !survey.held[*survey.winner].described.tail.empty()) tail = " with …" + survey.held[*survey.winner].described.tail;
  if (!page.style().plain) page.sign(Ink::green, Sign::good);
  page.ink(Ink::bold, "works: " + client_in_words(survey) + " reaches the API" + tail).line();
  page.line();
  write_found(page, survey, 3);
  if (!examination.outgoing.url.empty()) page.paragraph("  Asked", kIndent, examination.outgoing.url + " (" + examination.outgoing.base_source + ")");
  if (!examination.organization_id.empty()) {
    page.paragraph("  Account", kIndent, "organization " + examination.organization_id + (examination.workspace_id.empty() ? "" : ", workspace " + examination.workspace_id));
  }
  write_seen(page, examination, 3);
  page.paragraph("  More", kIndent, "locksmith doctor -v");
}

void write_undetermined(Page& page, const Examination& examination, const model::diagnosis::Diagnosis& diagnosis) {
  if (!page.style().plain) page.sign(Ink::yellow, Sign::open);
  const bool failed = examination.evidence.error.status || !examination.evidence.error.transport.empty();
  if (examination.works) {
    page.ink(Ink::bold, "unknown: it works if " + examination.condition).line();
  } else if (!examination.missing.empty()) {
    page.ink(Ink::bold, "unknown: what is missing is " + examination.missing).line();
  } else {
    page.ink(Ink::bold, failed ? "unknown: the failure is of no known kind" : "unknown: whether the API accepts the credential").line();
  }
  page.line();
  if (!examination.missing_flag.empty()) {
    const std::string as = examination.survey.client == survey::ClientKind::any ? "" : " --as " + std::string(name(examination.survey.client));
    page.paragraph("  Do", kIndent, "[ask first] Let the doctor find it out.").command(kIndent, "locksmith doctor" + as + " " + examination.missing_flag);
  } else if (failed && examination.missing.empty()) {
    page.paragraph("  Do", kIndent, "[safe] Please report it, with what this prints.").command(kIndent, "locksmith doctor --json");
  } else if (!examination.works && examination.missing.empty()) {
    page.paragraph("  Do", kIndent, "[safe] Nothing is wrong with the credential's form; only a request can tell more.").command(kIndent, "locksmith doctor");
  }
  write_answer(page, examination);
  write_found(page, examination.survey, 3);
  write_seen(page, examination, 3);
  for (std::size_t i = 0; i < std::min<std::size_t>(diagnosis.findings.size(), 2); ++i) {
    if (diagnosis.findings[i].supports.front().points == 0) break;  // only because it is frequent: nothing is known to be wrong here
    page.paragraph(i == 0 ? "  Perhaps" : "", kIndent, std::string(diagnosis.findings[i].code->title) + " (" + std::string(diagnosis.findings[i].code->name) + ")");
  }
  page.paragraph("  More", kIndent, "locksmith doctor -v");
}

}  // namespace

void write_outcome(Page& page, const Examination& examination, const model::diagnosis::Diagnosis& diagnosis, Verdict verdict) {
  switch (verdict) {
    case Verdict::healthy:
      return write_healthy(page, examination);
    case Verdict::undetermined:
      return write_undetermined(page, examination, diagnosis);
    case Verdict::problem:
      break;
  }
  for (const Details& details : kDetails) {
    Page draft(page.style());
    write_problem(draft, examination, diagnosis, details);
    if (draft.lines() > kMostLines && &details != &kDetails.back()) continue;
    write_problem(page, examination, diagnosis, details);
    return;
  }
}

void write_verdict_line(Page& page, const Examination& examination, const model::diagnosis::Diagnosis& diagnosis, Verdict verdict) {
  if (verdict == Verdict::problem) return write_verdict(page, diagnosis.findings.front());
  Page whole(page.style());
  write_outcome(whole, examination, diagnosis, verdict);
  const std::string text = whole.take();
  page.line(std::string_view(text).substr(0, text.find('\n')));
}

void write_examined(Page& page, const Examination& examination) {
  write_survey(page, examination.survey);
  write_outgoing(page, examination.outgoing);
  page.line().ink(Ink::bold, "  Tried").line();
  for (const Tried& tried : examination.tried) write_tried(page, tried);
  if (examination.survey.remarks.empty()) return;
  page.line().ink(Ink::bold, "  Odd").line();
  for (const auto& remark : examination.survey.remarks) page.paragraph("  ! " + remark.place, kTextIndent, remark.sentence, Ink::yellow);
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
  write_diagnosis(out, verdict == Verdict::problem ? diagnosis : model::diagnosis::Diagnosis{}, examination.evidence, verdict, true);
  if (!examination.condition.empty()) out.member("condition", std::string_view(examination.condition));
  if (!examination.missing.empty()) out.member("missing", std::string_view(examination.missing));
  if (!examination.missing_flag.empty()) out.member("missing_flag", std::string_view(examination.missing_flag));
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
