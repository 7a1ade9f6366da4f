// The files in which Claude Code keeps settings and logins.
//
// Source: Claude Code's documentation (settings, authentication, env-vars), November 2026.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/survey/dotenv.h"
#include "doctor/survey/machine.h"
#include "vocabulary/instant.h"

namespace locksmith::doctor::survey {

struct SettingsFile {
  std::string shown;
  std::vector<Assignment> env;  // line 0
  bool has_helper = false;
  std::string model;  // "model": an id, or one of the client's own short names
};

struct StoredLogin {
  std::string source;  // "file:~/.claude/.credentials.json"
  Secret access_token;
  std::optional<Instant> expires_at;
  bool has_refresh_token = false;
  bool is_subscription = false;
  bool is_api_key = false;  // a key that a login created and stored
};

// By so many characters of its end Claude Code remembers a key that it asked about.
inline constexpr std::size_t kApprovalTail = 20;

// A file of the client's that is there and says nothing.
struct BrokenFile {
  std::string shown;
  bool unreadable = false;  // may not be read; else its syntax is wrong
};

struct ClientFiles {
  std::vector<BrokenFile> broken;
  std::vector<SettingsFile> settings;  // the stronger first: managed, local, project, user
  std::vector<StoredLogin> logins;
  std::vector<std::string>
      declined_tails;  // the last characters of keys that the user refused in Claude Code
  std::vector<std::string> approved_tails;  // … and of those that were approved
};

ClientFiles read_client_files(const Machine& machine, std::vector<Remark>& remarks);

}  // namespace locksmith::doctor::survey
