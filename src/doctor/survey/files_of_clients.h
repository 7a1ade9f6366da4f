// The files in which Claude Code keeps settings and logins.
//
// Source: Claude Code 2.1.332, watched by tests/clients/claude.
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
  std::optional<Secret> helper;  // its command; empty: none, whatever weaker files say
  std::string model;  // "model": an id, or one of the client's own short names
  bool of_project = false;  // …/.claude/ of the working folder: may not set who one is
};

struct StoredLogin {
  std::string source;  // "file:~/.claude/.credentials.json"
  Secret access_token;
  std::optional<Instant> expires_at;
  bool has_refresh_token = false;
  bool is_subscription = false;
  bool is_api_key = false;  // a key that a login created and stored
  bool may_infer = false;   // its scopes have user:inference, without which it is not used
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
  std::vector<SettingsFile> settings;  // the stronger first: managed, local, project, user, state
  std::vector<StoredLogin> logins;
  std::vector<std::string>
      declined_tails;                       // the last characters of keys that the user refused in Claude Code
  std::vector<std::string> approved_tails;  // … and of those that were approved
  std::string no_start;                     // a file that is broken so that Claude Code does not start
};

// The process's variables under those that settings files set. The files must outlive it.
class SettingsOverlay : public world::Environment {
 public:
  SettingsOverlay(const world::Environment& below, const std::vector<SettingsFile>& files)
      : below_(below), files_(files) {}
  std::optional<Secret> variable(std::string_view name) const override;
  std::vector<std::string> names() const override { return below_.names(); }
  std::optional<std::string> home() const override { return below_.home(); }
  std::string working_directory() const override { return below_.working_directory(); }
  world::Os os() const override { return below_.os(); }
  std::string os_description() const override { return below_.os_description(); }
  bool in_container() const override { return below_.in_container(); }

 private:
  const world::Environment& below_;
  const std::vector<SettingsFile>& files_;
};

ClientFiles read_client_files(const Machine& machine, std::vector<Remark>& remarks);

}  // namespace locksmith::doctor::survey
