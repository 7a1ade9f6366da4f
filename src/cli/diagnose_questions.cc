// Three answers are worth more than all rules: what locksmith diagnose asks a person in front of a terminal.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "cli/diagnose_inputs.h"
#include "cli/tell.h"
#include "vocabulary/text.h"

namespace locksmith::cli {
namespace {

constexpr std::size_t kQuestions = 3;

enum class Answer { yes, no, unknown, end };

Answer read_answer() {
  char line[64];
  if (std::fgets(line, sizeof line, stdin) == nullptr) return Answer::end;
  std::string answer = lower_case(line);
  while (!answer.empty() && (answer.back() == '\n' || answer.back() == '\r' || answer.back() == ' ')) answer.pop_back();
  if (answer == "y" || answer == "yes") return Answer::yes;
  if (answer == "n" || answer == "no") return Answer::no;
  return answer == "q" || answer == "quit" ? Answer::end : Answer::unknown;
}

}  // namespace

void add_known(model::evidence::Evidence& evidence, const Known& known) {
  for (const std::string& fact : known.facts) {
    if (std::ranges::find(evidence.observations, fact) == evidence.observations.end()) evidence.observations.push_back(fact);
  }
}

void ask_on_terminal(const model::diagnosis::Examiner& examiner, model::evidence::Evidence& evidence, const Known& known, const Shell& shell) {
  if (!known.may_ask || shell.json || isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1) return;
  std::vector<std::string> asked;
  for (std::size_t number = 1; number <= kQuestions; ++number) {
    const auto diagnosis = examiner.examine(evidence, model::diagnosis::Depth::causes);
    if (diagnosis.findings.empty() || diagnosis.findings[0].certainty == model::diagnosis::Certainty::proven) return;
    const auto test = examiner.next_test(evidence, asked);
    if (!test) return;
    if (number == 1) tell("So far: {} ({}). What you know tells more:\n", diagnosis.findings[0].code->title, to_words(diagnosis.findings[0].certainty));
    tell("  {}? [y, n, Enter: don't know, q: no more] ", test->question);
    const Answer answer = read_answer();
    if (answer == Answer::end) {
      tell("\n");
      return;
    }
    asked.emplace_back(test->fact);
    if (answer == Answer::yes) evidence.observations.emplace_back(test->fact);
    if (answer == Answer::no) evidence.observations.push_back("!" + std::string(test->fact));
  }
  tell("\n");
}

}  // namespace locksmith::cli
