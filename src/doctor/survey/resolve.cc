#include "doctor/survey/resolve.h"

#include <algorithm>

#include "doctor/survey/claude_code.h"

namespace locksmith::doctor::survey {
namespace {

// Why a client does not read an entry.
std::string unread_reason(const Held& held, ClientKind client) {
  if (!held.slot) return "no official client reads this name";
  const std::string who(name(client));
  switch (held.origin) {
    case Origin::shell_file:
      return "counts only in a shell that has read this file";
    case Origin::dotenv:
      return held.loaded == Loads::no && traits(client).dotenv != Dotenv::none ? "nothing here loads this file" : who + " reads no .env file";
    case Origin::dotenv_above:
      return "it stands in a folder above, from which nothing is loaded";
    case Origin::custom_header:
      return who + " reads no custom headers";
    case Origin::settings:
    case Origin::helper:
    case Origin::login:
    case Origin::keychain:
      return "only Claude Code reads it";
    case Origin::profile:
      return who + " reads no profiles";
    case Origin::environment:
      break;
  }
  return held.slot == Slot::login_variable ? "only Claude Code reads it" : who + " does not read it";
}

// The stronger place is the smaller number: settings files replace the process's variables, a .env file fills
// only what is not there.
int weakness(const Held& held) {
  if (held.origin == Origin::dotenv && held.loaded == Loads::unknown) return 3;
  return held.origin == Origin::settings ? 0 : held.origin == Origin::environment ? 1 : 2;
}

int rank(const Held& held, ClientKind client) {
  if (!is_read(held, client)) return 1000;
  const auto order = traits(client).order;
  const auto place = std::ranges::find(order, *held.slot) - order.begin();
  return static_cast<int>(place) * 10 + weakness(held);
}

// Two places for one variable make one variable; the list is in order by now.
void supersede(Survey& survey) {
  for (std::size_t i = 0; i < survey.held.size(); ++i) {
    Held& weaker = survey.held[i];
    if (weaker.variable.empty() || !is_read(weaker, survey.client)) continue;
    const auto end = survey.held.begin() + static_cast<std::ptrdiff_t>(i);
    const auto stronger = std::find_if(survey.held.begin(), end,
                                       [&](const Held& other) { return other.variable == weaker.variable; });
    if (stronger == end) continue;
    weaker.superseded = true;
    if (weaker.origin != Origin::dotenv || stronger->origin != Origin::environment) {
      weaker.note(stronger->described.source + " sets the same variable and counts instead");
    } else if (stronger->described.state == "empty") {
      weaker.note("the environment has the variable, though empty, and a .env file does not replace it");
    } else {
      weaker.note("the environment has the variable, and a .env file does not replace it");
    }
  }
}

void choose(Survey& survey) {
  const bool two = traits(survey.client).sends_two;
  for (std::size_t i = 0; i < survey.held.size(); ++i) {
    const Held& held = survey.held[i];
    if (!is_read(held, survey.client) || held.superseded || held.passed_over) continue;
    if (!survey.winner) {
      if (!held.problem.empty()) {
        survey.stopped = i;
        return;
      }
      if (held.is_set()) survey.winner = i;
      continue;
    }
    const Held& winner = survey.held[*survey.winner];
    const bool variables = !held.variable.empty() && !winner.variable.empty() && held.slot != winner.slot;
    if (two && !survey.second && held.is_set() && variables) survey.second = i;
  }
}

// Custom headers are set last, so that theirs goes out.
void override_by_custom_header(Survey& survey) {
  for (std::size_t i = 0; i < survey.held.size(); ++i) {
    const Held& held = survey.held[i];
    const bool beaten = held.custom_header == "authorization" && fills_bearer(survey);
    if (held.origin == Origin::custom_header && held.is_set() && !beaten) survey.overriding = i;
  }
}

bool same_header(const Held& custom, Header header) {
  return header == Header::both || (custom.custom_header == "x-api-key") == (header == Header::x_api_key);
}

void explain(Survey& survey) {
  for (std::size_t i = 0; i < survey.held.size(); ++i) {
    Held& held = survey.held[i];
    if (i == survey.overriding) {
      held.described.used = true;
      continue;
    }
    const bool sent = i == survey.winner || i == survey.second;
    if (i == survey.winner && survey.overriding && same_header(survey.held[*survey.overriding], survey.header)) {
      held.described.used = false;
      held.note("ANTHROPIC_CUSTOM_HEADERS replaces it");
      continue;
    }
    const bool read = is_read(held, survey.client);
    if (held.declined) {
      held.note("refused in Claude Code's list of keys (customApiKeyResponses): an interactive session leaves it out, "
                "`claude -p` sends it");
    }
    if (held.is_set() && read) held.described.used = sent;
    if (!held.problem.empty()) held.note(held.problem);
    if (sent || held.superseded || held.passed_over || i == survey.stopped) continue;
    if (!read) {
      held.note(unread_reason(held, survey.client));
    } else if (held.described.state == "empty") {
      held.note("counts as not set");
    } else if (survey.winner) {
      const Held& winner = survey.held[*survey.winner];
      held.note((winner.variable.empty() ? winner.described.source : winner.variable) + " comes first");
    } else if (survey.stopped) {
      held.note(survey.held[*survey.stopped].described.source + " comes first, and the client fails on it");
    }
  }
}

Header header_of(const Held& winner, const ClientTraits& t) {
  switch (winner.slot.value_or(Slot::key)) {
    case Slot::helper:
      return Header::both;
    case Slot::token:
      return Header::bearer;
    case Slot::profile:
      return Header::bearer_oauth;
    case Slot::login_variable:
    case Slot::login:
    case Slot::stored_key:
      if (winner.described.shape == "api-key") break;
      return winner.described.shape == "oauth-token" ? Header::bearer_oauth : Header::bearer;
    case Slot::key:
      break;
  }
  return t.key_as_bearer ? Header::bearer : Header::x_api_key;
}

}  // namespace

bool is_read(const Held& held, ClientKind client) {
  const ClientTraits& t = traits(client);
  if (!held.slot || !t.reads(*held.slot)) return false;
  switch (held.origin) {
    case Origin::settings:
      return t.reads_settings;
    case Origin::dotenv:  // programs load it; the clients themselves do not
      return t.dotenv != Dotenv::none && held.slot != Slot::login_variable && held.loaded != Loads::no;
    case Origin::dotenv_above:
      return false;
    case Origin::shell_file:
      return false;  // counts only through the process that read it
    default:
      return true;
  }
}

void resolve(Survey& survey) {
  std::ranges::stable_sort(survey.held, {}, [&](const Held& held) { return rank(held, survey.client); });
  supersede(survey);
  const ClientTraits& t = traits(survey.client);
  if (t.two_headers) {
    choose_two_headers(survey);
  } else {
    choose(survey);
    if (survey.winner) survey.header = header_of(survey.held[*survey.winner], t);
  }
  override_by_custom_header(survey);
  explain(survey);
}

}  // namespace locksmith::doctor::survey
