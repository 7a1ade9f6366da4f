// Where the settings of `locksmith serve` come from. One name in three places: flag --some-name, variable
// LOCKSMITH_SOME_NAME, key some_name of a TOML file. A flag wins over a variable, a variable over the file, the file over the
// default. Whatever is wrong is said with its place ("locksmith.toml:12", "LOCKSMITH_WORKERS") and the nearest right name.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/serve_options.h"
#include "vocabulary/failure.h"
#include "world/environment.h"
#include "world/files.h"

namespace locksmith::cli {

struct ServeSetting {
  std::string_view name;  // as in the file; with - for _ after --, in capitals after LOCKSMITH_
  std::variant<std::string ServeOptions::*, std::int64_t ServeOptions::*, double ServeOptions::*, Duration ServeOptions::*,
               std::vector<std::string> ServeOptions::*, bool ServeOptions::*>
      member;
  double most = 0;             // of a number; the least is 0
  std::string_view type_name;  // for --help
  std::string_view help;

  std::string flag() const;
  std::string variable() const;
};

std::span<const ServeSetting> serve_settings();

// What the command line said. `config` empty: LOCKSMITH_CONFIG, and without it no file.
struct ServeFlags {
  std::string config;
  std::map<std::string, std::string> values;  // by ServeSetting::name
};

// Reads the file and the variables anew at each call; no credential is read. Failure codes: toml_invalid,
// configuration_unreadable, configuration_key_unknown, configuration_value_wrong, configuration_holds_secret, url_invalid,
// listen_address_invalid, store_url_invalid.
Result<ServeOptions> read_serve_options(const ServeFlags& flags, const world::Environment& environment, const world::Files& files);

// The file that is read, empty where there is none.
std::string configuration_file(const ServeFlags& flags, const world::Environment& environment);

}  // namespace locksmith::cli
