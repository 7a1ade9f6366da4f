// The report for support: what failed, when, with which ids, what was tested, what was ruled out. Redacted already, because
// nothing that holds a secret reaches it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/examination/examination.h"
#include "model/diagnosis/examine.h"
#include "model/diagnosis/verdict.h"
#include "model/evidence/evidence.h"
#include "vocabulary/failure.h"
#include "wire/json/json.h"

namespace locksmith::doctor::present {

struct Report {
  model::evidence::Evidence evidence;
  model::diagnosis::Diagnosis diagnosis;
  model::diagnosis::Verdict verdict = model::diagnosis::Verdict::undetermined;
  std::vector<examination::Tried> tried;         // empty for a report from evidence alone
  std::vector<survey::Remark> remarks;
  std::string os, client, organization_id, workspace_id;
  Instant made_at{};
};

Report make_report(const examination::Examination& examination, model::diagnosis::Diagnosis diagnosis,
                   examination::Verdict verdict, Instant made_at);

// From a file: an evidence document, or the output of `doctor --json`. The diagnosis is the caller's to add.
// Failure codes: evidence_invalid.
Result<Report> read_report(wire::json::Value document);

// Only the output of `doctor --json`: what a comparison needs is a run with its steps. Failure codes: comparison_not_a_run,
// evidence_invalid.
Result<Report> read_run(wire::json::Value document);

// What the steps that passed rule out, a sentence each, for both forms of the report.
std::vector<std::string> what_is_ruled_out(const Report& report);

std::string to_markdown(const Report& report);
// One file, no scripts, nothing fetched: opens anywhere, prints well.
std::string to_html(const Report& report);

// Two machines side by side: what differs between the documents and may matter, the credential first.
struct Difference {
  std::string what;   // "env:ANTHROPIC_API_KEY", "base URL", "GET /v1/models"
  std::string here, there;
};
std::vector<Difference> compare(const Report& here, const Report& there);

}  // namespace locksmith::doctor::present
