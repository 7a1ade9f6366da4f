// Rules as data: what each needs, what it concludes, how much it weighs, and the sentence that says why.
//
// `needs` is a list of facts, all of which must hold: words separated by spaces; "a|b" is either, "!a" is not known to hold.
// `concludes` names one cause code, or several separated by spaces. Points add up per cause:
//   90 and more   proven: the fact by itself settles it
//   30 to 89      likely
//   1 to 29       a hint
//   below zero    speaks against
// What was measured may weigh more, either way (rules_measured.cc): a test that was made outweighs what an error's words make likely.
// Every name in a rule is checked when an Examiner is made (asserted), so a typo fails every test.
#pragma once

#include <span>
#include <string_view>

namespace locksmith::model::diagnosis {

struct Rule {
  std::string_view name;       // unique, snake_case: what reports and tests call it
  std::string_view needs;
  std::string_view concludes;
  int points;
  std::string_view because;    // one sentence in the user's terms, no full stop
};

inline constexpr int kProvenPoints = 90;
inline constexpr int kLikelyPoints = 30;

// One table a side (see Side in cause.h). Adding a rule is one row in one of them, and its test.
std::span<const Rule> credential_rules();    // rules_credential.cc: keys, logins, headers
std::span<const Rule> environment_rules();   // rules_environment.cc: what the process has and which source wins
std::span<const Rule> network_rules();       // rules_network.cc: from the name look-up to the edge
std::span<const Rule> account_rules();       // rules_account.cc: credit, limits, organizations
std::span<const Rule> request_rules();       // rules_request.cc: endpoint, version, model, body, browser
std::span<const Rule> measured_rules();      // rules_measured.cc: what the examination itself measured
std::span<const Rule> intermediary_rules();  // rules_intermediary.cc: gateways, clients, streams, the platform

}  // namespace locksmith::model::diagnosis
