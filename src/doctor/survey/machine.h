// What the readers of files need to know of the machine, and what they found odd.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/bytes.h"
#include "vocabulary/instant.h"
#include "vocabulary/secret.h"
#include "world/environment.h"
#include "world/files.h"

namespace locksmith::doctor::survey {

struct Remark {
  std::string place;     // a path with ~ for the home, or a variable's name
  std::string sentence;  // what is odd about it, for people
};

struct Machine {
  const world::Environment& environment;
  const world::Files& files;
  Instant now;

  // The content, or nullopt: a file that is not there is nothing to remark, anything else is.
  std::optional<Secret> read(const std::string& path, ByteCount limit, std::vector<Remark>& remarks) const;
  // The path as people write it: ~ for the home, relative below the working directory.
  std::string shown(const std::string& path) const;
  // A variable's text, "" where it is not set. For what is no secret.
  std::string text_of(std::string_view variable) const;
};

}  // namespace locksmith::doctor::survey
