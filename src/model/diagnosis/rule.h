// Rules as data: what each needs, what it concludes, how strongly, and the sentence that says why.
//
// `needs` is a list of facts, all of which must hold: words separated by spaces; "a|b" is either, "!a" is not known to hold.
// `concludes` names one cause code, or several separated by spaces. People write the strength; what it weighs among the others
// was fitted to labelled reports (weights.h), with the strength's sign, and a rule that the reports never show keeps its
// strength's own weight. A cause that is not listed does not compile; every fact is checked when an Examiner is made (asserted), so a typo fails
// every test.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/diagnosis/cause_name.h"

namespace locksmith::model::diagnosis {

enum class Strength : std::uint8_t {
  proves,     // the fact by itself settles it
  strong,     // explains it nearly always
  hint,       // makes it more likely
  against,    // makes it less likely
  // For what an examination measured itself, each by doing the one thing that the fact speaks of (rules_measured.cc): it stands
  // above what can be concluded from words.
  settles,
  rules_out,
};

struct Rule {
  std::string_view name;       // unique, snake_case: what reports and tests call it
  std::string_view needs;
  CauseNames concludes;
  Strength strength;
  std::string_view because;    // one sentence in the user's terms, no full stop
};

// One table a side (see Side in cause.h). Adding a rule is one row in one of them, and its test.
std::span<const Rule> credential_rules();    // rules_credential.cc: keys, logins, headers
std::span<const Rule> environment_rules();   // rules_environment.cc: what the process has and which source wins
std::span<const Rule> network_rules();       // rules_network.cc: from the name look-up to the edge
std::span<const Rule> account_rules();       // rules_account.cc: credit, limits, organizations
std::span<const Rule> request_rules();       // rules_request.cc: endpoint, version, model, body, browser
std::span<const Rule> measured_rules();      // rules_measured.cc: what the examination itself measured
std::span<const Rule> intermediary_rules();  // rules_intermediary.cc: gateways, clients, streams, the platform

}  // namespace locksmith::model::diagnosis
