// A log of any size in bounded memory: entries that tell of a failing Claude or HTTP call, gathered into
// distinct failures with how often, when first and when last.
//
// Lines come in one by one. What belongs together (a traceback, pretty JSON, a body behind its line) is
// joined by simple rules: an indented or closing line continues; where entries begin with a time, a line
// without one continues too. Two entries are the same failure where status, error type and meanings are the
// same. One that says nothing of its own (a bare status, "Connection error.") and mostly stands beside one that does is part
// of it. What the lines show of the program's surroundings counts for all its failures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "doctor/intake/error_owner.h"
#include "doctor/intake/log_signs.h"
#include "doctor/intake/surroundings.h"
#include "doctor/intake/timestamp.h"
#include "model/diagnosis/examine.h"
#include "model/evidence/evidence.h"
#include "vocabulary/failure.h"

namespace locksmith::doctor::intake {

struct LogGroup {
  model::evidence::Evidence evidence;  // of the first entry; its error text is the example, redacted
  bool names_claude = false;  // false: a failing HTTP call or connection of which nobody says whose it is
  std::string other_service;  // whose it is, where it is another service's: then a cause of Claude's is not to be looked for
  bool is_bare = false;  // a status or "connection error", without a word that says why
  std::uint64_t count = 0;
  std::uint64_t first_line = 0, last_line = 0;  // from 1
  std::optional<Timestamp> first, last;         // by time, not by line
};

class LogReader {
 public:
  // `latest` is now: it decides the year where a log gives none. The examiner and the owners must outlive the
  // reader.
  LogReader(const model::diagnosis::Examiner& examiner, const ErrorOwners& owners, Instant latest)
      : examiner_(examiner), owners_(owners), latest_(latest) {}

  void line(std::string_view line);
  void skipped_line();  // one that was too long to be given: it only counts
  std::vector<LogGroup>
  end();  // those that name Claude first, then the most frequent; the reader is empty afterwards

  std::uint64_t lines() const { return lines_; }
  std::uint64_t failures() const { return failures_; }
  bool overflowed() const {
    return overflowed_;
  }  // more distinct failures than limits::kLogGroups: the rest were not kept

 private:
  struct Read {
    std::int32_t group = -1;  // -1: no failure
  };

  bool continues(std::string_view line, bool stamped, bool hit) const;
  void begin(std::string_view line, bool stamped);
  void flush();
  Read examine(std::string_view text, bool claude);
  void count(LogGroup& group);
  void stand_beside(std::int32_t group);
  void join_bare();

  const model::diagnosis::Examiner& examiner_;
  const ErrorOwners& owners_;
  Instant latest_;
  std::string entry_;
  std::size_t entry_lines_ = 0;
  std::uint64_t entry_line_ = 0;  // its first line
  std::uint8_t entry_signs_ = 0;
  bool entry_stamped_ = false;
  bool in_trace_ = false;   // the line that names the exception has not come
  bool had_trace_ = false;  // another one may follow: "The above exception …"
  std::uint64_t lines_ = 0, failures_ = 0;
  bool overflowed_ = false;
  std::string last_stamped_;  // the beginning of the last line that began with a time
  std::vector<LogGroup> groups_;
  std::unordered_map<std::string, std::int32_t> by_key_;
  std::unordered_map<std::uint64_t, Read> seen_;  // by the entry's skeleton
  Surroundings around_;
  std::int32_t last_group_ = -1;  // of the failure before, which ended in last_line_
  std::uint64_t last_line_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> beside_;  // bare group << 32 | other group: how often they stood together
};

// What one of a file's first lines shows it to be other than a text log (compressed, UTF-16, binary), as a
// Failure that says how to give it: log_not_text.
Result<void> check_log_start(std::string_view start);

}  // namespace locksmith::doctor::intake
