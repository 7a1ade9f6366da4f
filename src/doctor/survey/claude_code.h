// Claude Code fills two headers, each on its own, and leaves out what other clients would use.
//
//   x-api-key      ANTHROPIC_API_KEY, else the helper's output, else the key that a login created and stored
//   Authorization  ANTHROPIC_AUTH_TOKEN, else the helper's output
//
// Only where none of the three is there it looks for a login: CLAUDE_CODE_OAUTH_TOKEN, the stored login, the stored
// key, the active profile; the first alone goes out. A profile that is named, and federation of any kind, hide the
// stored login. CLAUDE_CODE_SIMPLE leaves all but the two variables out.
//
// Source: Claude Code 2.1.332 with -p; tests/clients/claude watches the real program in many environments.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "doctor/survey/survey.h"

namespace locksmith::doctor::survey {

// 1, true, yes and on, in any case; everything else is off.
bool is_switched_on(std::string_view value);

// Marks what Claude Code passes over, and says why. Before the entries are put in order.
void pass_over(Survey& survey);

// Fills survey.winner, second, stopped and header. The entries are in order, and superseded ones are marked.
void choose_two_headers(Survey& survey);

// Why it sends nothing to the API's address, whatever it holds.
enum class NoStart : std::uint8_t { no, settings, proxy };
struct Obstacle {
  NoStart what = NoStart::no;
  std::string why;  // for people
};
Obstacle obstacle(const Survey& survey);
// Why a proxy that is a URL is of no use to it, for people, or "".
std::string unspoken_proxy(const Survey& survey);

// Whether Authorization is its own: then a custom header does not replace it.
bool fills_bearer(const Survey& survey);

// Claude Code's own names for "the newest of this line", with or without "[1m]" (its documentation on model configuration): which
// model they are is its affair.
bool is_short_name(std::string_view model);

// The provider that a switch among the settings turns on ("bedrock"), and the switch; nullopt: none.
struct ProviderSwitch {
  std::string_view variable;
  std::string_view provider;
};
std::optional<ProviderSwitch> provider_switch(const Survey& survey);

}  // namespace locksmith::doctor::survey
