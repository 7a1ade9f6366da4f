// What the working folder shows of the program that runs there: which SDK, in which version, and whether anything loads its
// .env file. A .env file is text; it becomes an environment only where a program, a framework or a start command loads it.
//
// Sources, November 2026: npm dotenv's, Next.js', Nuxt's, Astro's and Bun's documentation on environment files; Node's manual on
// --env-file; python-dotenv's, Flask's, pipenv's and uv's documentation; direnv-stdlib(1), the manuals of just, mise and foreman.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/survey/client.h"
#include "doctor/survey/machine.h"

namespace locksmith::doctor::survey {

enum class Loads : std::uint8_t {
  unknown,  // nothing here says
  no,       // the program's sources are here, and none of them loads it
  yes,
};

struct Project {
  Loads dotenv = Loads::unknown;
  std::string dotenv_by;                 // what loads it or may, for people: "dotenv, imported by index.js"
  std::vector<std::string> files;        // .env files that are loaded, the stronger first
  bool by_node = false;                  // node --env-file: its own parser, which keeps a byte-order mark
  bool searches_up = false;              // looks for .env in the folders above too
  ClientKind sdk = ClientKind::any;      // the SDK that is installed or asked for; any: none or several
  std::string sdk_version;
};

// Reads package.json, requirements and the sources at the top of the folder; bounded by limits::kSourcesRead. `client`: for whom
// it is asked; of `any`, what is found decides.
Project look_at_project(const Machine& machine, ClientKind client);

}  // namespace locksmith::doctor::survey
