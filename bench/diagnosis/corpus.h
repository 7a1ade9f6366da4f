// The labelled reports: evidence documents that somebody prepared, and raw inputs as they are pasted.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/evidence/evidence.h"

namespace locksmith::bench {

// How much of a report is shown.
enum class Shown {
  text,      // what the client printed, and the status
  measured,  // and what a machine can measure: headers, credentials, settings, the network
  asked,     // and what only a person knows: what else was tried, when it began, what the account shows
  raw,       // a raw input, as the program reads it
};
inline constexpr Shown kShown[] = {Shown::text, Shown::measured, Shown::asked, Shown::raw};
const char* to_words(Shown shown);

struct Report {
  std::string id, cause;
  std::set<std::string> acceptable;  // the cause included
  bool determinable = false;
  std::string repository;            // of the source: reports of one repository are alike, and stand in one fold
  bool is_raw = false;
  std::vector<model::evidence::Evidence> evidence;  // one; of a log or a recording each failure, of another service's error none
};

// Files of one report a line: {"evidence": {…}, "cause", "also_acceptable", "determinable", "source"} or {"kind": "error", "curl",
// "har" or "log", "input": "…", …}. In an input {{api-key}}, {{oauth-token}}, {{session-key}}, {{jwt}} and {{request-id}} stand for
// made-up ones. Ends the program where a file cannot be read.
std::vector<Report> read_reports(const std::vector<std::string>& paths);

// The SHA-256 of the files' bytes, in that order.
std::string digest_of(const std::vector<std::string>& paths);

// What of a document is left when only that much of it is shown.
model::evidence::Evidence shown_only(const model::evidence::Evidence& evidence, Shown shown);

// All files of this folder, in their order.
std::vector<std::string> corpus_files(const std::string& folder);

}  // namespace locksmith::bench
