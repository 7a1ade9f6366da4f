// The report as one HTML file: the path drawn with its broken place, then the same facts as the Markdown.
#include <algorithm>
#include <array>

#include "doctor/present/report.h"
#include "model/diagnosis/remedy.h"
#include "vocabulary/shown.h"

namespace locksmith::doctor::present {
namespace {

using examination::Outcome;
using model::diagnosis::Side;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : shown_lines(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

constexpr std::string_view kStyle = R"(
:root{--ink:#1c2430;--soft:#5b6675;--line:#d7dde5;--bad:#b3261e;--good:#1f7a4d;--paper:#fff;--tint:#f5f7fa}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa5b4;--line:#39424f;--bad:#ff8a80;--good:#6fd3a0;--paper:#151a21;--tint:#1d242d}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:56rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .2rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}
.code,pre,code{font-family:ui-monospace,monospace;font-size:.9em}.soft{color:var(--soft)}
pre{background:var(--tint);padding:.7rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;border-radius:4px}
table{border-collapse:collapse;width:100%;font-size:.92rem}
td,th{border-bottom:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{overflow-wrap:normal;word-break:keep-all;min-width:9rem}
.time{white-space:nowrap}.bad{color:var(--bad)}.good{color:var(--good)}.grade{border:1px solid var(--line);border-radius:3px;padding:0 .3rem;font-size:.8rem}
svg text{fill:var(--ink);font:14px system-ui,sans-serif}svg .box{fill:var(--tint);stroke:var(--line)}svg .hit{stroke:var(--bad);stroke-width:2.5}
svg line{stroke:var(--soft);stroke-width:1.5}svg .cut{stroke:var(--bad);stroke-width:2.5;stroke-dasharray:5 4}svg .mark{fill:var(--bad);font-weight:700}
@media print{body{margin:0}}
)";

// Where the failure lives, as a place in the drawing: 0 client, 1 way to the intermediary or edge, 2 intermediary, 3 API.
int place_of(const Report& report) {
  if (report.diagnosis.findings.empty()) return -1;
  switch (report.diagnosis.findings[0].code->side) {
    case Side::machine:
    case Side::request:
      return 0;
    case Side::network:
      return 1;
    case Side::intermediary:
      return 2;
    case Side::account:
    case Side::platform:
      return 3;
  }
  return -1;
}

void draw_path(std::string& out, const Report& report) {
  const auto& settings = report.evidence.settings;
  const bool middle = !settings.proxy.empty() || !settings.gateway.empty();
  const int hit = place_of(report);
  const std::string between = !settings.gateway.empty() ? settings.gateway : !settings.proxy.empty() ? "proxy" : "network";
  const std::array<std::string, 3> names{report.client.empty() ? "client" : report.client, between, "Claude API"};
  out += "<svg viewBox=\"0 0 720 104\" role=\"img\" aria-label=\"The path of the request\">";
  for (int i = 0; i < 3; ++i) {
    const int x = 10 + i * 260;
    const bool broken = (i == 0 && hit == 0) || (i == 1 && (hit == 2 || (hit == 1 && middle))) || (i == 2 && hit == 3);
    out += "<rect class=\"box" + std::string(broken ? " hit" : "") + "\" x=\"" + std::to_string(x) + "\" y=\"30\" width=\"170\" height=\"46\" rx=\"6\"/>";
    out += "<text x=\"" + std::to_string(x + 85) + "\" y=\"58\" text-anchor=\"middle\">" + escaped(names[static_cast<std::size_t>(i)].substr(0, 22)) + "</text>";
    if (broken) out += "<text class=\"mark\" x=\"" + std::to_string(x + 85) + "\" y=\"98\" text-anchor=\"middle\">here</text>";
    if (i == 2) continue;
    const bool cut = hit == 1 && !middle && i == 0;
    out += "<line class=\"" + std::string(cut ? "cut" : "") + "\" x1=\"" + std::to_string(x + 172) + "\" y1=\"53\" x2=\"" + std::to_string(x + 258) + "\" y2=\"53\"/>";
    if (cut) out += "<text class=\"mark\" x=\"" + std::to_string(x + 215) + "\" y=\"40\" text-anchor=\"middle\">✗</text>";
  }
  out += "</svg>\n";
}

void row(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += "<tr><th scope=\"row\">" + escaped(name) + "</th><td>" + escaped(value) + "</td></tr>\n";
}

void write_cause(std::string& out, const Report& report) {
  if (report.diagnosis.findings.empty()) {
    out += "<h1>" + std::string(report.verdict == model::diagnosis::Verdict::healthy ? "The credential works" : "No cause could be named") + "</h1>\n";
    return;
  }
  const auto& best = report.diagnosis.findings[0];
  out += "<h1>" + escaped(best.code->title) + "</h1>\n<p class=\"soft code\">" + escaped(best.code->name) + ", " + std::string(to_words(best.certainty)) + "</p>\n";
  draw_path(out, report);
  out += "<h2>Why</h2><ul>\n";
  for (const auto& reason : best.supports) out += "<li>" + escaped(reason.because) + "</li>\n";
  for (const auto& reason : best.against) out += "<li class=\"soft\">against it: " + escaped(reason.because) + "</li>\n";
  out += "</ul><h2>What to do</h2><ol>\n";
  for (const auto& step : model::diagnosis::remedy(*best.code, report.evidence).steps) {
    out += "<li><span class=\"grade\">" + std::string(to_words(step.grade)) + "</span> " + escaped(step.text);
    if (!step.command.empty()) out += "<pre>" + escaped(step.command) + "</pre>";
    out += "</li>\n";
  }
  out += "</ol>\n";
  if (report.diagnosis.findings.size() > 1) {
    out += "<h2>Or</h2><ul>\n";
    for (std::size_t i = 1; i < std::min<std::size_t>(report.diagnosis.findings.size(), 4); ++i) {
      const auto& other = report.diagnosis.findings[i];
      out += "<li>" + escaped(other.code->title) + " <span class=\"soft code\">" + escaped(other.code->name) + "</span></li>\n";
    }
    out += "</ul>\n";
  }
}

void write_tests(std::string& out, const Report& report) {
  if (report.tried.empty()) return;
  const bool isolated = std::ranges::any_of(report.tried, [](const auto& tried) { return !tried.changed.empty(); });
  out += "<h2>What was tested</h2><table><tr><th>test</th>" + std::string(isolated ? "<th>one thing changed</th>" : "") +
         "<th>result</th><th>seen</th><th>time</th></tr>\n";
  for (const auto& tried : report.tried) {
    const bool bad = tried.outcome == Outcome::failed;
    const std::string_view word = bad ? "fails" : tried.outcome == Outcome::passed ? "works" : "not tried";
    out += "<tr><td>" + escaped(tried.what) + "</td>" + (isolated ? "<td>" + escaped(tried.changed) + "</td>" : "") + "<td class=\"" + (bad ? "bad" : tried.outcome == Outcome::passed ? "good" : "soft") +
           "\">" + std::string(word) + "</td><td>" + escaped(tried.detail) + "</td><td class=\"time\">" + (tried.took.count() == 0 ? "" : escaped(to_words(tried.took))) + "</td></tr>\n";
  }
  out += "</table>\n";
}

}  // namespace

std::string to_html(const Report& report) {
  const auto& e = report.evidence;
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">";
  out += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>Claude API access: " + std::string(to_words(report.verdict)) +
         "</title><style>" + std::string(kStyle) + "</style></head><body>\n";
  write_cause(out, report);
  out += "<h2>The failure</h2><table>\n";
  row(out, "status", e.error.status ? std::to_string(*e.error.status) : "");
  row(out, "type", e.error.type);
  row(out, "transport", e.error.transport);
  const std::string* id = model::evidence::find_field(e.error.headers, "request-id");
  row(out, "request id", id == nullptr ? "" : *id);
  row(out, "request", e.request.method.empty() ? e.request.url : e.request.method + " " + e.request.url);
  row(out, "model", e.request.model);
  row(out, "made", to_rfc3339(report.made_at));
  row(out, "client", report.client);
  row(out, "system", report.os);
  row(out, "organization", report.organization_id);
  row(out, "workspace", report.workspace_id);
  row(out, "base URL", e.settings.base_url.value_or(""));
  row(out, "proxy", e.settings.proxy);
  out += "</table>\n";
  if (!e.error.text.empty()) out += "<pre>" + escaped(e.error.text) + "</pre>\n";
  if (!e.credentials.empty()) {
    out += "<h2>Credentials</h2><table>\n";
    for (const auto& c : e.credentials) {
      std::string what = c.state + (c.shape.empty() ? "" : ", " + c.shape);
      if (c.length) what += ", " + std::to_string(*c.length) + " characters";
      if (!c.tail.empty()) what += ", ends in …" + c.tail;
      for (const std::string& flaw : c.flaws) what += ", " + flaw;
      if (c.used.value_or(false)) what += ", goes out";
      row(out, c.source, what);
    }
    out += "</table>\n";
  }
  write_tests(out, report);
  if (!report.remarks.empty()) {
    out += "<h2>Odd</h2><ul>\n";
    for (const auto& remark : report.remarks) out += "<li>" + escaped(remark.place) + ": " + escaped(remark.sentence) + "</li>\n";
    out += "</ul>\n";
  }
  return out + "<p class=\"soft\">No credential stands in this report.</p></body></html>\n";
}

}  // namespace locksmith::doctor::present
