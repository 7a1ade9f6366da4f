// What the API is made of, read from the dated files under data/: models, versions, fields.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/failure.h"

namespace locksmith::emulator {

struct Model {
  std::string id;
  std::vector<std::string> aliases;
  std::string display_name;
  std::string line;
  std::string created_at;
  std::string lifecycle;  // active, deprecated, retired
  std::optional<std::string> deprecated_at;
  std::optional<std::string> retires_at;
  std::optional<std::int64_t> max_input_tokens;
  std::optional<std::int64_t> max_tokens;
};

struct Catalogue {
  std::vector<Model> models;  // newest first
  std::vector<std::string> versions;
  std::string no_sampling_since;  // the version that refuses the next
  std::vector<std::string> sampling_fields;
  std::vector<std::string> message_fields;

  const Model* find(std::string_view id_or_alias) const;
};

// Failure codes: data_invalid.
Result<Catalogue> read_catalogue(std::string_view models_json, std::string_view api_json);
// The files that travel in the binary.
Catalogue built_in_catalogue();

}  // namespace locksmith::emulator
