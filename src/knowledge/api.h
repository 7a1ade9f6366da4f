// What the API takes, as far as a request can be judged before it is sent: data/api.json and data/models.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/failure.h"

namespace locksmith::knowledge {

struct Api {
  std::vector<std::string> versions;         // of anthropic-version
  std::string no_sampling_since;             // the version that refuses the sampling fields
  std::vector<std::string> sampling_fields;  // "temperature", …
  std::vector<std::string> paths;            // beginnings of the paths that exist: "/v1/messages"
  std::vector<std::string> retired_models;   // ids that the API no longer serves

  bool has_version(std::string_view version) const;
  bool has_path(std::string_view path) const;  // in lower case, without the query
  bool is_retired(std::string_view model) const;
};

// The embedded files where a text is empty. Failure codes: json_invalid, data_file_invalid.
Result<Api> read_api(std::string_view api_json = {}, std::string_view models_json = {});

}  // namespace locksmith::knowledge
