#include "knowledge/api.h"

#include <algorithm>

#include "embedded/embedded.h"
#include "wire/json/json.h"

namespace locksmith::knowledge {
namespace {

std::vector<std::string> texts(wire::json::Value list) {
  std::vector<std::string> out;
  list.for_each_element([&](wire::json::Value one) {
    if (const auto text = one.as_string()) out.emplace_back(*text);
  });
  return out;
}

bool holds(const std::vector<std::string>& list, std::string_view name) { return std::ranges::find(list, name) != list.end(); }

}  // namespace

bool Api::has_version(std::string_view version) const { return holds(versions, version); }

bool Api::has_path(std::string_view path) const {
  return std::ranges::any_of(paths, [&](const std::string& known) {
    if (!path.starts_with(known)) return false;
    return path.size() == known.size() || (path[known.size()] == '/' && path.size() > known.size() + 1);
  });
}

bool Api::is_retired(std::string_view model) const { return holds(retired_models, model); }

Result<Api> read_api(std::string_view api_json, std::string_view models_json) {
  if (api_json.empty()) api_json = embedded::find(embedded::data_files(), "api.json");
  if (models_json.empty()) models_json = embedded::find(embedded::data_files(), "models.json");
  Api api;
  wire::json::Reader reader;
  const auto root = reader.parse(api_json);
  if (!root) return std::unexpected(root.error());
  api.versions = texts((*root)["versions"]);
  api.no_sampling_since = (*root)["no_sampling_since"].string_or("");
  api.sampling_fields = texts((*root)["sampling_fields"]);
  api.paths = texts((*root)["paths"]);
  wire::json::Reader models_reader;
  const auto models = models_reader.parse(models_json);
  if (!models) return std::unexpected(models.error());
  api.retired_models = texts((*models)["formerly"]);
  (*models)["models"].for_each_element([&](wire::json::Value model) {
    if (model["lifecycle"].string_or("") == "retired") api.retired_models.emplace_back(model["id"].string_or(""));
  });
  if (api.versions.empty() || api.paths.empty()) {
    return fail(FailureCode("data_file_invalid"), "The api file cannot be used: it names no versions or no paths.",
                "Compare it with data/api.json of the source, or leave it out.", Blame::user);
  }
  return api;
}

}  // namespace locksmith::knowledge
