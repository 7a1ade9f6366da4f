// The files in which Claude Code and the ant CLI keep settings and logins.
//
// Source: Claude Code's documentation (settings, authentication, env-vars) and the CLI's profile directory, November 2026.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/survey/dotenv.h"
#include "doctor/survey/survey.h"
#include "vocabulary/instant.h"

namespace locksmith::doctor::survey {

// What the readers of files need to know of the machine.
struct Machine {
  const world::Environment& environment;
  const world::Files& files;
  Instant now;

  // The content, or nullopt: a file that is not there is nothing to remark, anything else is.
  std::optional<Secret> read(const std::string& path, ByteCount limit, std::vector<Remark>& remarks) const;
  // The path as people write it: ~ for the home, relative below the working directory.
  std::string shown(const std::string& path) const;
};

struct SettingsFile {
  std::string shown;
  std::vector<Assignment> env;  // line 0
  bool has_helper = false;
};

struct StoredLogin {
  std::string source;            // "file:~/.claude/.credentials.json", "profile:default"
  Secret access_token;
  std::optional<Instant> expires_at;
  bool has_refresh_token = false;
  bool is_subscription = false;
  bool is_profile = false;
  bool is_api_key = false;       // a key that a login created and stored
};

struct ClientFiles {
  std::vector<SettingsFile> settings;         // the stronger first: managed, local, project, user
  std::vector<StoredLogin> logins;
  std::vector<std::string> declined_tails;    // the last 20 characters of keys that the user refused in Claude Code
};

ClientFiles read_client_files(const Machine& machine, std::vector<Remark>& remarks);

}  // namespace locksmith::doctor::survey
