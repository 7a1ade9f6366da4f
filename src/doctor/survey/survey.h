// The survey of a machine: every place that may hold a credential or a setting, what stands there, and what would go out.
//
// No network here. What cannot be read is a remark, never the end of the survey.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/survey/client.h"
#include "model/evidence/evidence.h"
#include "vocabulary/instant.h"
#include "vocabulary/secret.h"
#include "world/environment.h"
#include "world/files.h"

namespace locksmith::doctor::survey {

enum class Origin : std::uint8_t { environment, settings, dotenv, shell_file, login, profile, helper };

// One place that may hold a credential.
struct Held {
  std::string variable;               // ANTHROPIC_API_KEY, …; of a login or profile: empty
  Origin origin = Origin::environment;
  model::evidence::Credential described;  // source, state, shape, flaws, length, tail; never the value
  Secret value;
  bool declined = false;              // listed as refused in Claude Code's own state
};

// A setting that is no secret (base URL, proxy, CA file), and where it comes from.
struct Setting {
  std::string name;
  std::string value;
  std::string source;
};

struct Remark {
  std::string place;     // a path with ~ for the home, or a variable's name
  std::string sentence;  // what is odd about it, for people
};

struct Survey {
  ClientKind client = ClientKind::any;   // as asked, or as concluded from what is there
  std::vector<Held> held;                // in the order of the client's precedence, as far as it reads them
  std::vector<Setting> settings;         // of each name the one that counts, first
  std::vector<Remark> remarks;
  std::vector<std::string> observations;
  std::optional<std::size_t> winner;     // index into held: what goes out
  std::optional<std::size_t> second;     // sent beside it (see ClientTraits::sends_two)
  Header header = Header::x_api_key;
  std::string os;
  std::string os_description;

  const Setting* setting(std::string_view name) const;
};

// Reads the machine. `now` judges end dates. Bounded by limits::kConfigFile and kTextFile.
Survey take(const world::Environment& environment, const world::Files& files, Instant now, ClientKind client);

// Fills credentials, settings, os, client and observations of a document.
void describe(const Survey& survey, model::evidence::Evidence& evidence);

}  // namespace locksmith::doctor::survey
