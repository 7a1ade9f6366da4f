#include "cli/explain_failure.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "cli/ask_gateway.h"
#include "doctor/present/page.h"
#include "embedded/embedded.h"
#include "model/diagnosis/cause.h"
#include "vocabulary/character.h"
#include "vocabulary/shown.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

using doctor::present::Ink;
using doctor::present::Page;
using wire::json::Value;

// The first paragraph of the page of a cause: what it means, in a few sentences.
std::string summary_of(const model::diagnosis::CauseCode& code) {
  const std::string_view page = embedded::find(embedded::cause_pages(), std::string(code.cause()) + ".md");
  std::string summary;
  bool begun = false;
  for (std::size_t start = 0; start < page.size();) {
    const std::size_t end = std::min(page.find('\n', start), page.size());
    const std::string_view line = page.substr(start, end - start);
    start = end + 1;
    const bool prose = !line.empty() && line.front() != '#' && line.front() != '`' && line.front() != '|';
    if (!prose && begun) break;
    if (!prose) continue;
    begun = true;
    summary.append(summary.empty() ? "" : " ").append(line);
  }
  return summary;
}

std::string page_of(const Value& failed, bool color) {
  const auto text = [&](std::string_view name) { return failed[name].string_or(""); };
  Page page({.color = color, .width = 80});
  constexpr std::size_t kIndent = 12;
  const auto row = [&](std::string_view label, std::string_view value) {
    if (!value.empty()) page.paragraph(label, kIndent, value);
  };
  const model::diagnosis::CauseCode* const code = model::diagnosis::find_cause(text("cause"));
  page.ink(Ink::bold, code != nullptr ? code->title : text("cause")).line().line();
  row("Where", text("layer") == "gateway" ? "the gateway itself refused it" : "the API answered so; the gateway passed it on");
  row("Cause", text("cause"));
  row("Rule", text("rule"));
  row("Answer", fmt::format("{} to {} {}", failed["status"].as_integer().value_or(0), text("method"), text("path")));
  row("When", text("at"));
  row("Key", text("key"));
  row("Model", text("model"));
  row("Credential", text("credential"));
  row("Request", text("request_id"));
  row("Message", text("message"));
  if (code != nullptr) row("Means", summary_of(*code));
  row("Fix", text("next_step"));
  page.line().line(fmt::format("More: locksmith explain {}", text("cause")));
  return page.take();
}

}  // namespace

int explain_failure(const std::string& id, const std::string& admin, const Shell& shell) {
  const auto unknown = [&] {
    return report(Failure{FailureCode("failure_unknown"), "The gateway has kept no failure of that id.",
                          "It keeps the newest thousand of each worker until it ends; the log has a line of every one. Whole id? lkf_ and what follows.",
                          Blame::user}, shell);
  };
  const bool plain = std::ranges::all_of(id, is_name_char);
  if (!plain) return unknown();
  const auto answer = ask_gateway(admin_address(admin), "/failures/" + id);
  if (!answer) return report(answer.error(), shell);
  wire::json::Reader reader;
  const auto failed = reader.parse(answer->body);
  if (!failed || (*failed)["schema"].string_or("") != "locksmith.failure/1") {
    return report(Failure{FailureCode("gateway_answer_foreign"), "What answers there is no gateway of this version.",
                          "Check the address: locksmith serve prints it.", Blame::outside}, shell);
  }
  if (answer->status != 200) return unknown();
  if (shell.json) {
    fmt::print("{}", shown_lines(answer->body));
  } else {
    fmt::print("{}", page_of(*failed, use_color(shell)));
  }
  return ExitCode::healthy;
}

}  // namespace locksmith::cli
