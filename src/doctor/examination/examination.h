// The doctor's examination: survey, probes, evidence, verdict.
//
// Probes return observations, never opinions; one that fails or hangs is itself an observation. All of it ends within
// limits::kExamination. A credential goes only to the endpoint to which the client itself would send it.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "doctor/survey/outgoing.h"
#include "doctor/survey/survey.h"
#include "model/diagnosis/examine.h"
#include "model/diagnosis/verdict.h"
#include "model/evidence/evidence.h"
#include "upstream/exchange.h"
#include "world/loop.h"

namespace locksmith::doctor::examination {

struct Options {
  std::optional<std::string> base_url;  // instead of what the environment names
  std::optional<std::string> model;
  std::string smallest_model;           // asked for where nobody named a model and the endpoint lists none
  const std::atomic<bool>* interrupted = nullptr;  // once true, what is known by then is the result; null: nobody interrupts
  bool offline = false;                 // no network at all
  std::string offline_because = "--offline";
  bool deep = false;                    // also requests that cost tokens
  const model::diagnosis::Examiner* examiner = nullptr;  // plans the isolation tests; null: none are made
  std::vector<std::string> status_pages;  // asked in turn where something failed; empty: none
  std::optional<Secret> admin_key;        // looks the key up in the Admin API; never sent anywhere else
  std::optional<std::string> echo;        // the emulator behind the gateway in question, asked directly what arrived
  std::string bundled_roots;              // a folder with the certificates that clients bring along; empty: not known here
  std::string hosts_file;                 // the content of /etc/hosts, or empty
  std::string resolv_conf;                // the content of /etc/resolv.conf, or empty: no nameserver is asked directly
};

enum class Outcome : std::uint8_t { passed, failed, skipped };

// One thing that was tried, for people: "DNS", "GET /v1/models", …
struct Tried {
  std::string what;
  Outcome outcome = Outcome::skipped;
  std::string detail;  // what was seen, or why it was skipped; no secret
  Duration took{};
  std::string changed; // of an isolation test: the one thing that differs from the request that failed
};

using model::diagnosis::Verdict;

struct Examination {
  survey::Survey survey;
  survey::Outgoing outgoing;  // what the client itself would send
  std::vector<Tried> tried;
  model::evidence::Evidence evidence;
  bool works = false;  // every request that was made was answered as it should be
  std::string condition;  // not empty: it works only if this holds, which was not seen; for people, behind "if"
  std::string missing;    // not empty: what would have to be known to decide, for people
  std::string missing_flag;  // … and the flag with which another run learns it; empty: none does
  std::string organization_id, workspace_id;  // as the API's answers name them
};

// Runs the loop until the examination is over. `progress`, where given, is told each step as it ends.
Examination examine(world::Loop& loop, survey::Survey survey, const Options& options,
                    const std::function<void(const Tried&)>& progress = {});

}  // namespace locksmith::doctor::examination
