// locksmith diagnose --symptom: what to test where a Claude app fails without saying why.
#include <fmt/core.h>

#include <algorithm>

#include "cli/page_style.h"
#include "cli/diagnose_inputs.h"
#include "knowledge/symptoms.h"

namespace locksmith::cli {
namespace {

using doctor::present::Ink;
using doctor::present::Page;
using knowledge::Symptom;

constexpr std::size_t kIndent = 11;

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

void write(Page& page, const Symptom& symptom) {
  page.ink(Ink::yellow, "? ").ink(Ink::bold, symptom.title).line();
  page.paragraph("", 2, symptom.means);
  page.line();
  std::size_t number = 1;
  for (const knowledge::IsolationStep& step : symptom.steps) {
    page.paragraph("  Try " + std::to_string(number++), kIndent, step.attempt + ".");
    page.paragraph("", kIndent, "If it helps: " + step.if_it_helps + " (" + joined(step.causes) + ").");
  }
  page.line();
  for (std::size_t i = 0; i < symptom.har_proves.size(); ++i)
    page.paragraph(i == 0 ? "  A HAR" : "", kIndent, symptom.har_proves[i] + ".");
  page.paragraph("  Wait", kIndent, "when " + symptom.wait_when);
  page.paragraph("  Write", kIndent, "to support when " + symptom.write_when);
  page.line();
  page.paragraph("  Next", kIndent,
                 "locksmith diagnose --har FILE: in the browser's developer tools choose Network, repeat "
                 "what fails, and save all as HAR with content");
}

std::string json(const Symptom& symptom) {
  std::string out;
  wire::json::Writer writer(out, true);
  writer.begin_object()
      .member("schema", "locksmith.symptom/1")
      .member("name", std::string_view(symptom.name));
  writer.member("title", std::string_view(symptom.title))
      .member("verdict", "undetermined")
      .member("means", std::string_view(symptom.means));
  writer.key("steps").begin_array();
  for (const knowledge::IsolationStep& step : symptom.steps) {
    writer.begin_object()
        .member("try", std::string_view(step.attempt))
        .member("if_it_helps", std::string_view(step.if_it_helps));
    writer.key("causes").begin_array();
    for (const std::string& cause : step.causes) writer.string(cause);
    writer.end_array().end_object();
  }
  writer.end_array().key("har_proves").begin_array();
  for (const std::string& proof : symptom.har_proves) writer.string(proof);
  writer.end_array()
      .member("wait_when", std::string_view(symptom.wait_when))
      .member("write_when", std::string_view(symptom.write_when));
  writer.end_object();
  return out;
}

void print_list(const std::vector<Symptom>& symptoms, bool as_json) {
  if (!as_json) {
    for (const Symptom& symptom : symptoms) fmt::print("{:<22}{}\n", symptom.name, symptom.title);
    return;
  }
  std::string out;
  wire::json::Writer writer(out, true);
  writer.begin_object().member("schema", "locksmith.symptoms/1").key("symptoms").begin_array();
  for (const Symptom& symptom : symptoms) {
    writer.begin_object()
        .member("name", std::string_view(symptom.name))
        .member("title", std::string_view(symptom.title))
        .end_object();
  }
  writer.end_array().end_object();
  fmt::print("{}\n", out);
}

}  // namespace

int diagnose_symptom(const std::string& name, const Shell& shell) {
  const auto symptoms = knowledge::read_symptoms();
  if (!symptoms) return report(symptoms.error(), shell);
  if (name == "list") {
    print_list(*symptoms, shell.json);
    return ExitCode::healthy;
  }
  const auto found = std::ranges::find(*symptoms, name, &Symptom::name);
  if (found == symptoms->end()) {
    std::vector<std::string> names;
    for (const Symptom& symptom : *symptoms) names.push_back(symptom.name);
    const auto unknown = fail(FailureCode("symptom_unknown"),
                              "There is no symptom of this name. Known are: " + joined(names) + ".",
                              "See: locksmith diagnose --symptom list", Blame::user);
    return report(unknown.error(), shell);
  }
  if (shell.json) {
    fmt::print("{}\n", json(*found));
  } else {
    Page page(page_style(shell));
    write(page, *found);
    fmt::print("{}", page.take());
  }
  return ExitCode::undetermined;  // a symptom has many causes: the tests name which
}

}  // namespace locksmith::cli
