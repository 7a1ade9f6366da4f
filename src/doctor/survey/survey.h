// The survey of a machine: every place that may hold a credential or a setting, what stands there, and which
// of it a client would use.
//
// No network here. What cannot be read is a remark, never the end of the survey. What follows from it for the
// request is outgoing.h's affair.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/survey/client.h"
#include "doctor/survey/dotenv.h"
#include "doctor/survey/machine.h"
#include "doctor/survey/project.h"
#include "model/evidence/evidence.h"
#include "vocabulary/instant.h"
#include "vocabulary/secret.h"
#include "world/environment.h"
#include "world/files.h"

namespace locksmith::doctor::survey {

enum class Origin : std::uint8_t {
  environment,
  settings,
  dotenv,
  dotenv_above,   // of a folder above the working one
  shell_file,
  custom_header,  // a credential that ANTHROPIC_CUSTOM_HEADERS puts into a request
  login,
  profile,
  helper,
  keychain
};

// One place that may hold a credential.
struct Held {
  std::string variable;  // ANTHROPIC_API_KEY, …; of a login or profile: empty
  Origin origin = Origin::environment;
  model::evidence::Credential described;  // source, state, shape, flaws, length, tail, note; never the value
  Secret value;
  std::optional<Slot> slot;  // its place in the chains; none: no official client reads it
  Loads loaded = Loads::yes;  // of a .env file: whether the program loads it
  bool declined = false;     // listed as refused in Claude Code's own state
  bool superseded = false;   // another place sets the same variable and counts instead
  bool passed_over = false;  // of profiles and federation: the client does not come to it
  bool federated = false;    // a profile or variables of Workload Identity Federation
  bool exchanged = false;    // a token is fetched with it first
  bool early = false;        // `problem` shows before a request is built
  std::string problem;       // the client fails on it and looks no further; for people
  std::string base_url;      // of a profile
  std::string workspace_id;  // of a profile
  Secret command;            // of a helper: what /bin/sh -c is given; a secret may stand in it
  bool ran = false;          // of a helper: `value` is what it printed, empty where that is no credential
  std::string custom_header; // of a custom header: which one, in lower case

  bool is_set() const { return described.state == "set"; }
  void note(std::string_view reason);  // adds to described.note
};

// A setting (base URL, proxy, CA file, …), and where it comes from.
struct Setting {
  std::string name;
  std::string value;  // redacted
  std::string source;
  Secret raw;  // as it stands there: a proxy's URL or a custom header may hold a secret
};

struct Survey {
  ClientKind client = ClientKind::any;  // as asked, or as concluded from what is there
  std::vector<Held> held;               // in the order of the client's precedence, as far as it reads them
  std::vector<Setting> settings;        // of each name the one that counts, first
  std::vector<Assignment> settings_environment;  // every "env" of Claude Code's settings files, the strongest first
  std::vector<Remark> remarks;
  std::vector<std::string> observations;
  std::optional<std::size_t> winner;   // index into held: what goes out
  std::optional<std::size_t> second;   // sent beside it (see ClientTraits::sends_two)
  std::optional<std::size_t> overriding;  // a custom header that carries a credential: it replaces the same header of the winner
  std::optional<std::size_t> stopped;  // index into held: the client fails on it, so nothing wins
  Header header = Header::x_api_key;
  Project project;        // what the working folder shows of the program
  std::string client_version;  // of the client that is installed here; empty: not found
  std::string started_by;      // "sudo", "cron", "systemd", …, as its parents show; empty: a person's shell, or not known
  std::string broken_file;      // "file:PATH" of a file of the client's that is there and says nothing; empty: none
  std::string provider_switch;  // the variable that sends the client to another provider; empty: none does
  std::string provider;         // … and to which: "bedrock"
  std::string os;
  std::string os_description;
  std::string no_start;                  // a broken file without which the client does not start; its place
  std::string where;                     // "process 4711"; empty: this shell

  const Setting* setting(std::string_view name) const;
  // The first of these that is set and not empty, or nullptr.
  const Setting* first_of(std::span<const std::string_view> names) const;
};

// A credential's shape, flaws, length and end, never its value.
model::evidence::Credential describe_value(std::string source, std::string_view value);

// Reads the machine. `now` judges end dates. Bounded by limits::kConfigFile and kTextFile.
Survey take(const world::Environment& environment, const world::Files& files, Instant now, ClientKind client);

// Fills credentials, settings, os, client and observations of a document.
void describe(const Survey& survey, model::evidence::Evidence& evidence);

}  // namespace locksmith::doctor::survey
