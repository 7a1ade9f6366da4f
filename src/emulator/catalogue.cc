#include "emulator/catalogue.h"

#include <algorithm>

#include "embedded/embedded.h"
#include "vocabulary/assert.h"
#include "wire/json/json.h"

namespace locksmith::emulator {
namespace {

using wire::json::Value;

std::optional<std::string> text(Value value) {
  const auto string = value.as_string();
  return string ? std::optional<std::string>(*string) : std::nullopt;
}

std::vector<std::string> texts(Value list) {
  std::vector<std::string> out;
  list.for_each_element([&out](Value element) { out.emplace_back(element.string_or("")); });
  return out;
}

Model read_model(Value value) {
  Model model;
  model.id = value["id"].string_or("");
  model.aliases = texts(value["aliases"]);
  model.display_name = value["display_name"].string_or("");
  model.line = value["line"].string_or("");
  model.created_at = value["created_at"].string_or("");
  model.lifecycle = value["lifecycle"].string_or("active");
  model.deprecated_at = text(value["deprecated_at"]);
  model.retires_at = text(value["retires_at"]);
  model.max_input_tokens = value["max_input_tokens"].as_integer();
  model.max_tokens = value["max_tokens"].as_integer();
  return model;
}

}  // namespace

const Model* Catalogue::find(std::string_view name) const {
  for (const Model& model : models) {
    if (model.id == name || std::ranges::find(model.aliases, name) != model.aliases.end()) return &model;
  }
  return nullptr;
}

Result<Catalogue> read_catalogue(std::string_view models_json, std::string_view api_json) {
  Catalogue catalogue;
  wire::json::Reader reader;
  const auto models = reader.parse(models_json);
  if (!models) return std::unexpected(models.error());
  (*models)["models"].for_each_element([&](Value value) { catalogue.models.push_back(read_model(value)); });
  const auto api = reader.parse(api_json);
  if (!api) return std::unexpected(api.error());
  catalogue.versions = texts((*api)["versions"]);
  catalogue.no_sampling_since = (*api)["no_sampling_since"].string_or("");
  catalogue.sampling_fields = texts((*api)["sampling_fields"]);
  catalogue.message_fields = texts((*api)["message_fields"]);
  if (catalogue.models.empty() || catalogue.versions.empty() || catalogue.message_fields.empty()) {
    return fail(FailureCode("data_invalid"), "The data about the API names no models, versions or fields.", {},
                Blame::ours);
  }
  return catalogue;
}

Catalogue built_in_catalogue() {
  const auto files = embedded::data_files();
  Result<Catalogue> catalogue =
      read_catalogue(embedded::find(files, "models.json"), embedded::find(files, "api.json"));
  LOCKSMITH_ASSERT(catalogue.has_value());
  return std::move(*catalogue);
}

}  // namespace locksmith::emulator
