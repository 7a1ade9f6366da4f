// The parts of a systemd unit that make its environment, as systemd.exec(5) and systemd.syntax(7) have them
// (version 252).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace locksmith::doctor::elsewhere {

struct UnitFile {
  struct EnvironmentFile {
    std::string path;
    bool may_be_missing = false;  // written with a - before it
  };
  std::vector<std::string> environment;            // NAME=value, in order
  std::vector<EnvironmentFile> environment_files;  // their values come after, and so replace these
  std::vector<std::string> passed;                 // PassEnvironment: taken from the service manager
  std::vector<std::string> unset;
  std::vector<std::string> credentials;  // LoadCredential, SetCredential: names only
  std::string user;
  std::string folder;
};

// Reads one file on top of what is there: an empty assignment forgets the earlier ones, as a drop-in may do.
// Values of Environment= are secrets as much as any: the caller wipes or keeps them accordingly.
void read_unit_file(std::string_view text, UnitFile& unit);

// Words as systemd splits them: quotes of both kinds, C escapes. An open quote ends at the end of the text.
std::vector<std::string> split_words(std::string_view text);

// The lines of an EnvironmentFile: NAME=value, quotes removed, a backslash at the end continues. In order.
std::vector<std::string> read_environment_file(std::string_view text);

}  // namespace locksmith::doctor::elsewhere
