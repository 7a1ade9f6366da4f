// locksmith explain: the page of a cause.
#include <fmt/core.h>

#include <memory>

#include "cli/command.h"
#include "cli/explain_failure.h"
#include "doctor/present/page.h"
#include "embedded/embedded.h"
#include "model/diagnosis/cause.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

using doctor::present::Ink;
using doctor::present::Page;
using model::diagnosis::CauseCode;

// The part of a page that belongs to a finer code: its "### " section.
std::string_view section_of(std::string_view page, std::string_view code) {
  const std::string heading = "### " + std::string(code) + ":";
  const std::size_t start = page.find(heading);
  if (start == std::string_view::npos) return {};
  const std::size_t next_section = page.find("\n##", start + heading.size());
  return page.substr(start, next_section == std::string_view::npos ? next_section : next_section + 1 - start);
}

void print_markdown(std::string_view text, bool color) {
  Page page({.color = color, .width = 80});
  bool fenced = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("```")) {
      fenced = !fenced;
      continue;
    }
    if (fenced) {
      page.text("    ").ink(Ink::cyan, line).line();
    } else if (line.starts_with("#")) {
      page.ink(Ink::bold, line.substr(line.find_first_not_of("# "))).line();
    } else {
      page.line(line);
    }
  }
  fmt::print("{}", page.take());
}

int list(const Shell& shell) {
  if (shell.json) {
    std::string out;
    wire::json::Writer writer(out, true);
    writer.begin_object().member("schema", "locksmith.causes/1").key("causes").begin_array();
    for (const CauseCode& code : model::diagnosis::cause_codes()) {
      writer.begin_object().member("code", code.name).member("title", code.title).end_object();
    }
    writer.end_array().end_object();
    fmt::print("{}\n", out);
    return ExitCode::healthy;
  }
  Page page({.color = use_color(shell), .width = 80});
  for (const CauseCode& code : model::diagnosis::cause_codes()) {
    if (code.is_finer()) {
      page.text("  ").ink(Ink::dim, code.name.substr(code.cause().size())).text("  ").text(code.title).line();
    } else {
      page.ink(Ink::bold, code.name).text("  ").text(code.title).line();
    }
  }
  page.line().line("One of them in full: locksmith explain NAME, for example locksmith explain key_malformed.quoted");
  fmt::print("{}", page.take());
  return ExitCode::healthy;
}

int unknown(const std::string& name, const Shell& shell) {
  std::string_view room[3];
  std::string nearest;
  for (const std::string_view near : model::diagnosis::nearest_causes(name, room)) {
    nearest += nearest.empty() ? "" : ", ";
    nearest += near;
  }
  return report(Failure{FailureCode("cause_unknown"), "There is no cause of that name.", (nearest.empty() ? "" : "Did you mean " + nearest + "? ") + "All of them: locksmith explain",
                        Blame::user}, shell);
}

int explain(const std::string& name, const Shell& shell) {
  if (name.empty()) return list(shell);
  const CauseCode* code = model::diagnosis::find_cause(name);
  if (code == nullptr) return unknown(name, shell);
  const std::string_view page = embedded::find(embedded::cause_pages(), std::string(code->cause()) + ".md");
  const std::string_view text = code->is_finer() ? section_of(page, code->name) : page;
  if (shell.json) {
    std::string out;
    wire::json::Writer writer(out, true);
    writer.begin_object().member("schema", "locksmith.explain/1").member("code", code->name).member("title", code->title);
    writer.member("markdown", text).end_object();
    fmt::print("{}\n", out);
    return ExitCode::healthy;
  }
  print_markdown(text, use_color(shell));
  if (code->is_finer()) fmt::print("\nThe whole page: locksmith explain {}\n", code->cause());
  return ExitCode::healthy;
}

}  // namespace

void add_explain(const Command& root, Shell& shell) {
  auto name = std::make_shared<std::string>();
  auto admin = std::make_shared<std::string>();
  const Command command = root.command("explain", "What a cause means, how to confirm it, how to fix it; or why one request failed");
  command.option("CAUSE", *name,
                      "Such as key_malformed or key_malformed.quoted; or the id of a failure, from the answer's x-locksmith-id; "
                      "without it, the list");
  command.option("--admin", *admin, "For an id: the gateway's admin address; else LOCKSMITH_ADMIN, else 127.0.0.1:8786").takes("IP:PORT|URL");
  command.footer("Examples:\n  locksmith explain wrong_endpoint.doubled_v1\n  locksmith explain ID     (lkf_…, what an answer says in x-locksmith-id)");
  command.run([name, admin, &shell] {
    shell.exit_code = name->starts_with("lkf_") ? explain_failure(*name, *admin, shell) : explain(*name, shell);
  });
}

}  // namespace locksmith::cli
