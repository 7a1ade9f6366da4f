// What the inputs of `locksmith diagnose` share: counting what was seen into one exit code, progress on a
// terminal, and one form of output. One file an input: evidence documents, curl commands, HAR files, logs,
// symptoms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/line_reader.h"
#include "doctor/present/cases_text.h"
#include "host/real_clock.h"
#include "model/diagnosis/examine.h"
#include "model/diagnosis/verdict.h"
#include "model/evidence/evidence.h"

namespace locksmith::cli {

struct Tally {
  std::uint64_t documents = 0, problems = 0, undetermined = 0, unreadable = 0;
  int exit_code() const;
  model::diagnosis::Verdict verdict() const;  // of all together
};

// What the user knows beside the input: --fact NAME, --fact '!NAME'; and whether they may be asked.
struct Known {
  std::vector<std::string> facts;
  bool may_ask = false;
};
void add_known(model::evidence::Evidence& evidence, const Known& known);

// Asks up to three questions on the terminal, each the one whose answer tells the most, and notes the answers. Nothing where
// nobody may be asked, and where standard input or output is no terminal: then it never waits.
void ask_on_terminal(const model::diagnosis::Examiner& examiner, model::evidence::Evidence& evidence, const Known& known, const Shell& shell);

// Counts one diagnosis and returns its verdict.
model::diagnosis::Verdict count(const model::diagnosis::Diagnosis& diagnosis, const model::evidence::Evidence& evidence, Tally& tally);

// A line on the terminal while a long input is read: how much, and how long still. Nothing where stderr is no
// terminal.
class Progress {
 public:
  Progress(const LineReader& lines, std::string_view noun);  // "documents", "lines"
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void step(std::uint64_t done);

 private:
  const LineReader& lines_;
  std::string noun_;
  host::RealClock clock_;
  Tick start_;
  bool shown_;
  bool printed_ = false;
};

// "locksmith: app.log:12: …" on stderr, and one unreadable more.
void complain(std::string_view input, std::uint64_t line, std::string_view message, Tally& tally);

// Several failures of one input: `headline` for people, one document (locksmith.diagnoses/1) for machines.
int print_cases(const std::vector<doctor::present::Case>& cases, std::string_view input,
                const std::string& headline, const Shell& shell, const Tally& tally);

// The inputs. `text` is "-" for standard input.
int diagnose_lines(const model::diagnosis::Examiner& examiner, const std::string& file, const Known& known, const Shell& shell);
int diagnose_document(const model::diagnosis::Examiner& examiner, const std::string& file,
                      const Known& known, const Shell& shell);
int diagnose_error_text(const model::diagnosis::Examiner& examiner, const std::string& text,
                        const Known& known, const Shell& shell);
int diagnose_curl(const model::diagnosis::Examiner& examiner, const std::string& text, const Known& known, const Shell& shell);
int diagnose_har(const model::diagnosis::Examiner& examiner, const std::string& file, const Known& known, const Shell& shell);
int diagnose_log(const model::diagnosis::Examiner& examiner, const std::string& file, const Known& known, const Shell& shell);
int diagnose_symptom(const std::string& name, const Shell& shell);

}  // namespace locksmith::cli
