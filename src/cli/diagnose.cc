// locksmith diagnose: from what the user has to the cause.
#include <fmt/core.h>

#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/diagnose_inputs.h"
#include "cli/tell.h"
#include "knowledge/knowledge.h"
#include "model/credential/credential.h"

namespace locksmith::cli {
namespace {

struct Options {
  std::string file, error_text, curl, har, log, symptom;
  std::vector<std::string> facts;
  bool jsonl = false, no_questions = false;
  std::optional<Command> command;
};

Result<void> check_facts(const model::diagnosis::Examiner& examiner, const std::vector<std::string>& facts) {
  for (const std::string& fact : facts) {
    const std::string_view name = std::string_view(fact).substr(fact.starts_with('!') ? 1 : 0);
    if (examiner.is_fact(name)) continue;
    std::string near;
    for (const std::string_view known : examiner.nearest_facts(name)) near += (near.empty() ? "" : ", ") + std::string(known);
    return fail(FailureCode("fact_unknown"), "There is no fact " + model::credential::redact(name.substr(0, 60)) + ".",
                "Near it are: " + near + ". docs/evidence.md has the list.", Blame::user);
  }
  return {};
}

int diagnose(const Options& options, const Shell& shell) {
  const auto given = [&](const char* name) { return options.command->given(name); };
  if (given("--symptom")) return diagnose_symptom(options.symptom, shell);
  const auto made = knowledge::make_examiner();
  if (!made) return report(made.error(), shell);
  const model::diagnosis::Examiner& examiner = **made;
  if (const auto checked = check_facts(examiner, options.facts); !checked) return report(checked.error(), shell);
  const Known known{options.facts, !options.no_questions};
  if (given("--error")) return diagnose_error_text(examiner, options.error_text, known, shell);
  if (given("--curl")) return diagnose_curl(examiner, options.curl, known, shell);
  if (given("--har")) return diagnose_har(examiner, options.har, known, shell);
  if (given("--log")) return diagnose_log(examiner, options.log, known, shell);
  return options.jsonl ? diagnose_lines(examiner, options.file, known, shell)
                       : diagnose_document(examiner, options.file, known, shell);
}

}  // namespace

void add_diagnose(const Command& root, Shell& shell) {
  auto options = std::make_shared<Options>();
  const Command command = root.command(
      "diagnose", "Name the cause from what you have: an error, a curl command, a log, a HAR file");
  options->command.emplace(command);
  command.option("FILE", options->file,
                      "An evidence document (docs/evidence.md); - reads standard input");
  command.flag("--jsonl", options->jsonl, "FILE has one document a line; one line of output each");
  command.option("--error", options->error_text, "The error exactly as it was printed");
  command.option(
      "--curl", options->curl,
      "A curl command as you would paste it; nothing is sent; - reads it from standard input");
  command.option("--har", options->har,
                      "A browser's recording (HAR): what failed of the calls to Claude");
  command.option(
      "--log", options->log,
      "A log of any size: its distinct failures, first and last time; - reads standard input");
  command.option("--symptom", options->symptom,
                      "What a Claude app shows, by name; list shows the names");
  command.option("--fact", options->facts,
                 "What you know beside it, repeated: works.curl (it holds), '!works.curl' (it was tried and does not)")
      .one_each();
  command.flag("--no-questions", options->no_questions, "Ask nothing; without it up to three questions follow on a terminal");
  command.footer(
      "Examples:\n"
      "  locksmith diagnose --error '401 authentication_error: invalid x-api-key'\n"
      "  locksmith diagnose --curl - < command.txt\n"
      "  locksmith diagnose --error '401 invalid x-api-key' --fact works.curl\n"
      "  locksmith diagnose --log /var/log/app.log\n"
      "  locksmith diagnose --har page.har\n"
      "  locksmith diagnose --symptom list\n"
      "  locksmith diagnose --jsonl --json failures.jsonl\n"
      "Exit codes: 0 nothing found, 1 a cause was named, 2 unreadable input, 3 undetermined");
  command.run([options, &shell] {
    std::size_t inputs = 0;
    for (const char* name : {"FILE", "--error", "--curl", "--har", "--log", "--symptom"}) {
      inputs += options->command->given(name) ? 1U : 0U;
    }
    const bool lines_of_nothing = options->jsonl && !options->command->given("FILE");
    if (inputs != 1 || lines_of_nothing) {
      tell("locksmith: diagnose needs {} input: a FILE, -, --error, --curl, --har, --log or --symptom{}.\n",
           inputs > 1 ? "only one" : "one", lines_of_nothing ? "; --jsonl goes with a FILE" : "");
      tell("  See: locksmith diagnose --help\n");
      shell.exit_code = ExitCode::wrong_use;
      return;
    }
    shell.exit_code = diagnose(*options, shell);
  });
}

}  // namespace locksmith::cli
